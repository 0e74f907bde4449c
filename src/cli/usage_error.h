// What is wrong with a command line, in our words.
#pragma once

#include <string_view>

#include <CLI/CLI.hpp>

#include "meshcheck/result.h"

namespace meshcheck::cli {

// CLI11's error made ours: what is wrong, and what to type next.
Error usage_error(const CLI::ParseError& error, const CLI::App& app);

// Of `--config=` and `--config ""`.
Error empty_value(std::string_view flag);

}  // namespace meshcheck::cli
