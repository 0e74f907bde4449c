// What must hold of every tree, whatever bytes it was read from.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "document/place.h"
#include "input/parse.h"
#include "meshcheck/document.h"

namespace meshcheck::fuzz {

// Small enough that an alias bomb of a few bytes costs nothing.
inline constexpr ParseLimits kLimits{.depth = 512, .nodes = 20'000};

inline void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

// The sanitizer sees a view that leaves its text.
inline std::uint64_t touch(std::string_view text) {
  std::uint64_t sum = 0;
  for (const char byte : text) sum += static_cast<unsigned char>(byte);
  return sum;
}

// Looks at the node and all below it; returns how many there are.
inline std::uint32_t walk(Node node, std::uint32_t lines, std::uint64_t& sum) {
  const Document& document = *node.document();
  require(node.offset() <= document.source->text.size(), "a node lies in its source");
  const Location location = node.location();
  require(location.line >= 1 && location.line <= lines, "a line is one of the file's");
  require(location.column >= 1, "columns count from 1");
  require(location.end_line > location.line ||
              (location.end_line == location.line && location.end_column >= location.column),
          "a mark does not end before it begins");
  require(location.line == node.line(), "line() and location() agree");
  sum += touch(node.text()) + static_cast<std::uint64_t>(node.type());
  sum += static_cast<std::uint64_t>(node.integer().value_or(0)) + node.boolean().value_or(false);
  std::uint32_t count = 1;
  std::size_t children = 0;
  for (const Entry entry : node.entries()) {
    ++children;
    require(node[entry.key.text()] || entry.key.is_mapping() || entry.key.is_sequence() ||
                entry.key.is_null(),
            "a key that stands there is found");
    count += walk(entry.key, lines, sum) + walk(entry.value, lines, sum);
  }
  for (const Node item : node.items()) {
    require(node.at(children) == item, "at() and items() agree");
    ++children;
    count += walk(item, lines, sum);
  }
  require(children == node.size(), "size() counts the children");
  if (const Node inner = node.embedded()) {
    const std::uint32_t inner_count = walk(inner, lines, sum);
    require(inner_count == inner.document()->node_count, "an embedded tree holds all its nodes");
  }
  return count;
}

// What must hold of parse()'s answer.
inline void check(const Source& source, const Parsed& parsed) {
  const std::uint32_t lines = count_lines(source.text) + 1;
  using Outcome = Parsed::Outcome;
  require(parsed.document != nullptr, "there is always a document");
  if (parsed.outcome == Outcome::tree) {
    std::uint64_t sum = 0;
    const std::uint32_t nodes = walk(parsed.document->root(), lines, sum);
    require(nodes == parsed.document->node_count, "every node is below the root");
    for (const DuplicateKey& duplicate : parsed.duplicates) {
      require(duplicate.key < nodes && duplicate.first < duplicate.key, "duplicates are nodes");
    }
  }
  if (parsed.outcome == Outcome::error) {
    require(parsed.document->node_count == 0, "an error leaves no nodes");
    require(!parsed.message.empty(), "an error says what is wrong");
    require(parsed.line >= 1 && parsed.line <= lines && parsed.column >= 1, "and where");
  }
}

}  // namespace meshcheck::fuzz
