// `inspect --documents`: every document of every file as one line of JSON.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "input/load.h"
#include "meshcheck/result.h"

namespace meshcheck {

// Calls `write` with the lines of one file after the other. What could not be read is returned.
std::vector<Error> write_document_lines(std::span<const std::string> paths,
                                        const LoadOptions& options,
                                        const std::function<void(std::string_view)>& write);

}  // namespace meshcheck
