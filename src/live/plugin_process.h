// Runs a credential plugin and takes what it prints.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace meshcheck::live {

struct PluginCommand {
  std::string program;                 // a path
  std::vector<std::string> arguments;  // the name it is called by first
  std::vector<std::string> environment;
  bool keeps_stdin = false;                        // else it has nothing to read
  std::optional<std::chrono::milliseconds> limit;  // none: a person may be typing a password
  std::size_t most = std::size_t{1} << 20U;        // bytes of output
};

struct PluginRun {
  enum class End : std::uint8_t {
    exited,      // `status` is its exit status
    signalled,   // `status` is the signal
    timed_out,   // it was ended for that
    too_large,   // the same
    unstartable  // `status` is the errno
  };
  End end = End::unstartable;
  int status = 0;
  std::string out;  // holds a secret
};

// Without a shell, and with no descriptor but the three standard ones. What it says on the standard
// error goes where ours goes: people read prompts there. It stays in our process group, so that
// Ctrl-C reaches it.
PluginRun run_plugin(const PluginCommand& command);

}  // namespace meshcheck::live
