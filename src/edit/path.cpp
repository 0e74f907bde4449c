#include "edit/path.h"

#include <algorithm>

#include "edit/lists.h"

namespace meshcheck {
namespace {

// Whether the subtree of `node` holds the index: it ends where its next sibling begins.
bool descend(Node& at, std::uint32_t index, Path& path) {
  Node found;
  Step step;
  for (const Entry entry : at.entries()) {
    if (entry.value.index() > index) break;
    found = entry.value;
    step = {Step::Kind::key, std::string(entry.key.text()), 0};
  }
  std::size_t number = 0;
  for (const Node item : at.items()) {
    if (item.index() > index) break;
    found = item;
    step = {Step::Kind::item, {}, number++};
  }
  if (!found) return false;
  at = found;
  path.push_back(std::move(step));
  return true;
}

}  // namespace

Path path_to(Node node) {
  const Document& document = *node.document();
  Path path;
  if (document.host != nullptr) {
    path = path_to(Node(document.host, document.host_node));
    path.push_back({Step::Kind::embedded, {}, 0});
  }
  Node at = document.root();
  while (at.index() != node.index() && descend(at, node.index(), path)) {
  }
  return path;
}

Node follow(Node root, std::span<const Step> path) {
  for (const Step& step : path) {
    switch (step.kind) {
      case Step::Kind::key: root = root[std::string_view(step.key)]; break;
      case Step::Kind::item: root = root.at(step.item); break;
      case Step::Kind::embedded: root = root.embedded(); break;
    }
  }
  return root;
}

bool is_merge_at(Node before, std::span<const Step> path, Node want, Node after) {
  if (path.empty()) return is_merge_of(before, want, after);
  if (before.kind() != after.kind()) return false;
  const Step& step = path.front();
  const auto rest = path.subspan(1);
  if (step.kind == Step::Kind::embedded) {
    return is_merge_at(before.embedded(), rest, want, after.embedded());
  }
  if (before.size() != after.size()) return false;
  if (step.kind == Step::Kind::key) {
    return std::ranges::all_of(before.entries(), [&](const Entry& entry) {
      const std::string_view key = entry.key.text();
      if (!after[key]) return false;
      return key == step.key ? is_merge_at(before[key], rest, want, after[key])
                             : equal(before[key], after[key]);
    });
  }
  for (std::size_t i = 0; i < before.size(); ++i) {
    const bool good = i == step.item ? is_merge_at(before.at(i), rest, want, after.at(i))
                                     : equal(before.at(i), after.at(i));
    if (!good) return false;
  }
  return true;
}

}  // namespace meshcheck
