#include "cli/object_paths.h"

namespace meshcheck::cli {
namespace {

void add(Node node, const std::string& path, std::vector<ObjectPath>& out) {
  for (const Entry& entry : node.entries()) {
    std::string own = path + "/" + std::string(entry.key.text());
    out.push_back({own, entry.value, entry.key.offset()});
    add(entry.value, own, out);
  }
  for (const Node item : node.items()) {
    const std::string own = path + "[" + std::string(item["name"].text()) + "]";
    if (!item.is_mapping()) out.push_back({own, item, item.offset()});
    add(item, own, out);
  }
}

}  // namespace

std::vector<ObjectPath> object_paths(Node root) {
  std::vector<ObjectPath> out;
  add(root, {}, out);
  return out;
}

bool says_the_same(const ObjectPath& a, const ObjectPath& b) {
  return a.path == b.path && a.value.kind() == b.value.kind() && a.value.text() == b.value.text();
}

}  // namespace meshcheck::cli
