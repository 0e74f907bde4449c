// The command line: everything that prints, exits or reads the environment starts here.
#pragma once

#include <atomic>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace meshcheck::cli {

// The process's surroundings as values, so that tests can give their own.
struct Surroundings {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  int width = 0;  // columns of the terminal; 0 where there is none
  std::function<std::optional<std::string>(const char*)> environment;
  std::string program = "meshcheck";  // as the user calls it; "kubectl meshcheck" for the plug-in
  std::vector<std::string> variables = {};  // the environment as a whole, NAME=value each
  bool in_is_terminal = false;
  bool err_is_terminal = false;
  // From the call on an interrupt sets the answer and no longer ends the process; a second one
  // does.
  std::function<const std::atomic<bool>*()> catch_interrupt = {};
  // From the call on it does what it usually does; one that came meanwhile does it now.
  std::function<void()> release_interrupt = {};
};

// Runs one command; the answer is the process's exit status (meshcheck/report.h, Exit).
int run(const std::vector<std::string>& args, const Surroundings& surroundings);

}  // namespace meshcheck::cli
