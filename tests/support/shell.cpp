#include "support/shell.h"

#include <array>
#include <cstdio>
#include <stdexcept>
#include <sys/wait.h>

#include "support/golden.h"

namespace meshcheck::test {

ShellRan shell(const std::string& command) {
  const std::string root = source_folder().string();
  const std::string line = "MESHCHECK=" + shell_word(binary().string()) +
                           "; ROOT=" + shell_word(root) +
                           "; DATA=" + shell_word(root + "/testdata") + "; " + command;
  std::FILE* pipe = ::popen(line.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("no shell");
  ShellRan ran;
  std::array<char, 4096> buffer{};
  for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    ran.out.append(buffer.data(), n);
  }
  const int status = ::pclose(pipe);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ran;
}

std::string shell_word(std::string_view text) {
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

}  // namespace meshcheck::test
