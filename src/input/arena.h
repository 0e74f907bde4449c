// Memory for what documents point to: grows in chunks that never move, freed as a whole. One arena
// a worker; not thread-safe.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "input/tree_builder.h"
#include "meshcheck/document.h"

namespace meshcheck {

class Arena {
 public:
  Arena() = default;
  ~Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  Arena(Arena&&) noexcept = default;
  Arena& operator=(Arena&&) noexcept = default;

  // Copies that live as long as the arena, exactly as large as what they copy.
  const RawNode* copy(std::span<const RawNode> nodes);
  const char* copy(std::string_view bytes);

  // Values that documents need beside nodes; their addresses stay.
  Document& new_document() { return documents_.emplace_back(); }
  Source& new_source() { return sources_.emplace_back(); }

  // Where the document being read is built, before it is copied.
  TreeBuilder& builder() { return builder_; }

  std::size_t bytes() const { return bytes_; }

 private:
  std::byte* take(std::size_t size);

  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::byte* free_ = nullptr;
  std::size_t left_ = 0;
  std::size_t bytes_ = 0;
  std::deque<Document> documents_;
  std::deque<Source> sources_;
  TreeBuilder builder_;
};

}  // namespace meshcheck
