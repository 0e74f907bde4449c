// The fields of one document with the places of their keys.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "meshcheck/document.h"

namespace meshcheck::cli {

struct ObjectPath {
  std::string path;  // "/spec/containers[cart]/image": items by their names, else by nothing
  Node value;
  std::uint64_t offset = 0;  // of the key, or of an item that has none, in the source
};

// In written order.
std::vector<ObjectPath> object_paths(Node root);

// True where both say the same of one field, however it is quoted. What containers hold is not
// compared.
bool says_the_same(const ObjectPath& a, const ObjectPath& b);

}  // namespace meshcheck::cli
