// Text cut to a limit of a platform.
#pragma once

#include <cstddef>
#include <string>

namespace meshcheck::report {

// At most `bytes` of UTF-8, the last three being "..." where something was cut off.
std::string at_most(std::string text, std::size_t bytes);

}  // namespace meshcheck::report
