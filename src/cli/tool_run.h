// Runs another program and takes what it prints, within limits.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshcheck::cli {

struct ToolLimits {
  std::chrono::milliseconds time = std::chrono::seconds(60);
  std::size_t output = 64U << 20U;            // bytes; more is no manifest anybody wrote
  std::size_t complaint = 64U << 10U;         // bytes kept of what it says on the standard error
  const std::atomic<bool>* cancel = nullptr;  // set by a signal: it is ended within a second
};

struct ToolRun {
  enum class End : std::uint8_t {
    exited,      // `status` is its exit status
    signalled,   // `status` is the signal that ended it
    timed_out,   // it was ended for that, with all that it had started
    cancelled,   // the same
    too_large,   // the same
    unstartable  // `status` is the errno
  };
  End end = End::unstartable;
  int status = 0;
  std::string out;
  std::string err;
};

// The file that the shell would run for `name`: the first one in the folders of `path` (the value
// of PATH) that may be executed.
std::optional<std::string> find_tool(std::string_view name, std::string_view path);

// Runs `program` (a path) with `arguments`, without a shell and with nothing to read; it inherits
// the environment and the current folder.
ToolRun run_tool(const std::string& program, const std::vector<std::string>& arguments,
                 const ToolLimits& limits);

}  // namespace meshcheck::cli
