// Adds a document at the end of a YAML file.
#pragma once

#include <string>
#include <string_view>

namespace meshcheck {

// The file with `document`, whose lines end in "\n", behind a separator line of its own; with the
// line ends that the file has.
std::string append_document(std::string_view file, std::string_view document);

}  // namespace meshcheck
