// A document's nodes by where they stand, for questions that begin with a byte of the source.
#pragma once

#include <cstdint>
#include <vector>

#include "meshcheck/document.h"

namespace meshcheck {

class Outline {
 public:
  explicit Outline(const Document& document);

  struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };

  // The byte lies in the text of a quoted or block scalar.
  bool in_text(std::uint64_t offset) const;
  bool before_first_node(std::uint64_t offset) const;
  // The entry or item that begins first at or after `offset`, with all below it, up to what follows
  // it. False where nothing begins there any more.
  bool next(std::uint64_t offset, Range& range) const;

 private:
  enum class Role : std::uint8_t { root, key, value, item };
  // Nodes that stand where they are written: copies made for aliases and merge keys do not.
  struct Mark {
    std::uint64_t offset;
    std::uint32_t node;
    Role role;
  };
  void walk(std::uint32_t node, Role role);
  std::uint32_t after(std::uint32_t node) const;  // the number of the first node not below it

  const Document& document_;
  std::vector<Mark> marks_;   // in the order of both offset and node
  std::vector<Range> texts_;  // in order
};

}  // namespace meshcheck
