// Where reports go: standard output, or files that appear whole or not at all.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "cli/run.h"
#include "meshcheck/report.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

struct Output {
  const ReportFormat* format = nullptr;
  std::string file;  // empty: standard output
};

// From `-o FORMAT[=FILE]`; none given: text to standard output. Two for standard output are
// refused.
Result<std::vector<Output>> parse_outputs(const std::vector<std::string>& words);

// What is wrong with the format of a command that prints no report; nothing where it is one of
// `formats`.
std::optional<Error> check_format(const std::string& format,
                                  std::span<const std::string_view> formats);

// `--color`, then NO_COLOR, CLICOLOR_FORCE and FORCE_COLOR, TERM=dumb, then whether it is a
// terminal.
Result<bool> wants_colour(const std::string& choice, const Surroundings& surroundings);

// Writes to a temporary file beside `path` and renames it, so that no reader ever sees half of it.
// A file that is there keeps its mode, and one that is a link stays one.
std::optional<Error> write_whole(const std::string& path, std::string_view text);

}  // namespace meshcheck::cli
