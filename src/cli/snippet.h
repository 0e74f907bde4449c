// YAML text read for a moment: a file as it stands between two changes, or what a fix suggests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "input/arena.h"
#include "meshcheck/document.h"

namespace meshcheck::cli {

// Stays where it is: documents point into it.
class Snippet {
 public:
  // `name` decides the format, as for files.
  explicit Snippet(std::string text, std::string name = "snippet.yaml");
  Snippet(const Snippet&) = delete;
  Snippet& operator=(const Snippet&) = delete;
  Snippet(Snippet&&) = delete;
  Snippet& operator=(Snippet&&) = delete;
  ~Snippet() = default;

  const std::string& text() const { return text_; }
  // The roots of all documents that can be read.
  std::vector<Node> roots() const;
  // The root of the document with the number, as documents of files are numbered; missing where it
  // cannot be read.
  Node root(std::uint32_t number) const;
  // What cannot be read is no smaller than before where this is no larger.
  std::size_t unreadable() const { return unreadable_; }

 private:
  std::string text_;
  Source source_;
  Arena arena_;
  std::vector<const Document*> documents_;
  std::size_t unreadable_ = 0;
};

}  // namespace meshcheck::cli
