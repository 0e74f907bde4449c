// Reads the files that say what a running mesh or another tool said: --proxy-status, --metrics,
// --versions, --istioctl-analyze.
#pragma once

#include <cstddef>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "input/istioctl_analyze.h"
#include "meshcheck/observations.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

// One of those files is the standard input.
bool saved_on_stdin(const InputOptions& options);
// The standard input can be read once.
std::optional<Error> check_saved(const InputOptions& options,
                                 const std::vector<std::string>& paths);

struct Saved {
  std::size_t files = 0;  // those that were read
  std::vector<AnalyzerMessage> messages;
  bool analyzed = false;
  std::vector<Error> errors;
};
Saved read_saved(const InputOptions& options, std::string_view stdin_text, Observations& observed);

// istream::read keeps a failing descriptor's exception to itself; stream iterators do not.
bool read_all(std::istream& in, std::string& text);

}  // namespace meshcheck::cli
