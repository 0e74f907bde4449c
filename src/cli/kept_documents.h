// The documents of one text, split once and each parsed once, as it is asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/object_paths.h"
#include "input/arena.h"
#include "input/split.h"
#include "input/text_lines.h"
#include "meshcheck/document.h"

namespace meshcheck::cli {

struct KeptDocument {
  const Document* document = nullptr;  // null where it is no YAML
  std::span<const TextLine> lines;
  std::vector<ObjectPath> paths;

  // The line that a field's key stands on.
  const TextLine* line_of(const ObjectPath& path) const;
  const TextLine* line_at(std::uint32_t number) const;

  std::string_view kind() const;
  std::string_view name() const;
};

class KeptDocuments {
 public:
  // `text` outlives it.
  KeptDocuments(const std::string& name, std::string_view text);
  KeptDocuments(const KeptDocuments&) = delete;
  KeptDocuments& operator=(const KeptDocuments&) = delete;
  ~KeptDocuments() = default;

  std::size_t size() const { return chunks_.size(); }
  const KeptDocument& at(std::size_t index);
  // The document that holds the line, null where none does.
  const KeptDocument* holding(std::uint32_t line);

 private:
  Source source_;
  Arena arena_;
  std::vector<TextLine> lines_;
  std::vector<Chunk> chunks_;
  std::map<std::size_t, KeptDocument> kept_;
};

}  // namespace meshcheck::cli
