#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>
#include <vector>

#include "cli/run.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  winsize window{};
  const bool terminal = ::isatty(STDOUT_FILENO) != 0;
  const bool sized = terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0;
  const auto environment = [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  return meshcheck::cli::run({argv + 1, argv + argc}, {std::cin, std::cout, std::cerr, terminal,
                                                       sized ? window.ws_col : 0, environment});
}
