#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

#include "cli/run.h"

namespace {

// Set by a signal, of this number; the second one ends the process as usual.
std::atomic<bool> stop = false;
std::atomic<int> caught = 0;
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

const std::atomic<bool>* catch_interrupt() {
  struct sigaction action = {};
  action.sa_handler = [](int number) {
    caught = number;
    stop = true;
  };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int number : {SIGINT, SIGTERM}) ::sigaction(number, &action, nullptr);
  // What is read from now on includes credentials: they must not lie in a core. One byte is too
  // little for a file and, as nothing else, stops one that is piped to a program too (linux:
  // fs/coredump.c).
  const rlimit none{1, 1};
  ::setrlimit(RLIMIT_CORE, &none);
  return &stop;
}

void release_interrupt() {
  for (const int number : {SIGINT, SIGTERM}) ::signal(number, SIG_DFL);
  if (const int number = caught; number != 0) ::raise(number);
}

std::vector<std::string> all_variables() {
  std::vector<std::string> all;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    all.emplace_back(*variable);
  }
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  // A reader or a server that goes away is an error to be told, not a silent end.
  ::signal(SIGPIPE, SIG_IGN);
  std::ios::sync_with_stdio(false);
  winsize window{};
  const bool terminal = ::isatty(STDOUT_FILENO) != 0;
  const bool sized = terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0;
  const auto environment = [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  // kubectl runs the plug-in `kubectl meshcheck` by this name (krew.sigs.k8s.io).
  const bool plugin = std::string_view(argc > 0 ? argv[0] : "").ends_with("kubectl-meshcheck");
  return meshcheck::cli::run(
      {argv + std::min(argc, 1), argv + argc},
      {std::cin, std::cout, std::cerr, terminal, sized ? window.ws_col : 0, environment,
       plugin ? "kubectl meshcheck" : "meshcheck", all_variables(), ::isatty(STDIN_FILENO) != 0,
       ::isatty(STDERR_FILENO) != 0, catch_interrupt, release_interrupt});
}
