// What is kept of a CustomResourceDefinition: its schema is larger than everything else in a
// cluster.
#pragma once

#include <string>
#include <string_view>

#include "meshcheck/document.h"

namespace meshcheck::live {

// Appends one line: name, labels, group, names and versions.
void append_definition(Node root, std::string_view api_version, std::string& out);

}  // namespace meshcheck::live
