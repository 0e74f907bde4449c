// The fields of one document by the lines that their keys stand on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "meshcheck/document.h"

namespace meshcheck::cli {

struct ObjectPath {
  std::string path;  // "/spec/containers[cart]/image": items by their names, else by nothing
  Node value;
  std::uint32_t line = 0;
};

// In written order.
std::vector<ObjectPath> object_paths(Node root);

// True where both say the same of one field, however it is quoted. What containers hold is not
// compared.
bool says_the_same(const ObjectPath& a, const ObjectPath& b);

}  // namespace meshcheck::cli
