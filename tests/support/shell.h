// Runs programs as processes, for what in-process tests cannot see.
#pragma once

#include <string>
#include <string_view>

namespace meshcheck::test {

struct ShellRan {
  int status = 0;
  std::string out;
};

// Runs a command of sh in which $MESHCHECK is the binary, $DATA is testdata/ and $ROOT the project.
ShellRan shell(const std::string& command);

// The text as one word of sh.
std::string shell_word(std::string_view text);

}  // namespace meshcheck::test
