// Writes a node anew, in the syntax and with the indentation of the text it goes into.
#pragma once

#include <cstdint>
#include <string>

#include "meshcheck/document.h"

namespace meshcheck {

struct Layout {
  std::uint64_t step = 2;       // columns that a mapping below a key is further in
  std::uint64_t list_step = 2;  // the same of a list's dashes
  bool json = false;            // every string in double quotes
  std::string_view line_break = "\n";
};

// As the document does it where it first does it.
Layout layout_of(Node root);

// The node as block YAML, each line with `indentation` before it and a line break before each: for
// behind `key:`. Keys with null are left out, so that of a mapping nothing may be left; `node` is a
// mapping or sequence with children.
std::string block_lines(Node node, std::uint64_t indentation, const Layout& layout);

// One entry or item as such lines.
std::string entry_lines(const Entry& entry, std::uint64_t indentation, const Layout& layout);
std::string item_lines(Node item, std::uint64_t indentation, const Layout& layout);

// The node on one line: a scalar, `{a: 1}`, `[a, b]`.
std::string flow_text(Node node, const Layout& layout);
std::string key_text(Node key, const Layout& layout);

}  // namespace meshcheck
