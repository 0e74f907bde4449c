// The way from a document's root to a node, so that the same place can be found in another text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "meshcheck/document.h"

namespace meshcheck {

struct Step {
  enum class Kind : std::uint8_t { key, item, embedded };
  Kind kind = Kind::key;
  std::string key;
  std::size_t item = 0;
};
using Path = std::vector<Step>;

// The way to the node from the root of its file's document; through the text that embeds it.
Path path_to(Node node);
// What stands at the end of the way; missing where there is no such way.
Node follow(Node root, std::span<const Step> path);

// Whether `after` is `before` with `want` laid over the node at `path`, and nothing else.
bool is_merge_at(Node before, std::span<const Step> path, Node want, Node after);

}  // namespace meshcheck
