#include "input/duplicates.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace meshcheck {

std::vector<DuplicateKey> find_duplicate_keys(TreeBuilder& tree) {
  std::vector<DuplicateKey> found;
  std::vector<std::pair<std::string_view, std::uint32_t>> keys;
  const auto& nodes = tree.nodes();
  const auto next = [&](std::uint32_t value) {
    const auto kind = static_cast<NodeKind>(nodes[value].kind);
    const bool container = kind == NodeKind::mapping || kind == NodeKind::sequence;
    return container ? nodes[value].a : value + 1;
  };
  for (const std::uint32_t mapping : tree.repeated()) {
    keys.clear();
    for (auto key = mapping + 1; key < nodes[mapping].a; key = next(key + 1)) {
      keys.emplace_back(tree.text(nodes[key]), key);
    }
    std::ranges::sort(keys);
    for (std::size_t i = 1, first = 0; i < keys.size(); ++i) {
      if (keys[i].first != keys[first].first) {
        first = i;
      } else {
        found.push_back({keys[i].second, keys[first].second});
      }
    }
  }
  std::ranges::sort(found, {}, &DuplicateKey::key);
  return found;
}

}  // namespace meshcheck
