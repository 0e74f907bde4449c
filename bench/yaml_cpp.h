// The reader to compare with: yaml-cpp's event interface, building the nodes that ours builds.
#pragma once

#include <cstddef>
#include <string_view>

namespace meshcheck::bench {

// Returns the number of nodes.
std::size_t read_with_yaml_cpp(std::string_view text);

}  // namespace meshcheck::bench
