// Lines of a .gitignore file, and behind an empty line the path to be judged. Where a pattern has
// nothing but `*` and `?`, fnmatch(3) answers the same.
#include <cstddef>
#include <cstdint>
#include <fnmatch.h>
#include <string>
#include <string_view>

#include "input/gitignore.h"
#include "walk.h"

namespace {

using namespace meshcheck;

// More stars cost fnmatch() ages.
bool is_simple(std::string_view pattern) {
  std::size_t stars = 0;
  for (const char c : pattern) {
    if (c <= ' ' || c > '~' || std::string_view("\\[]!#").find(c) != std::string_view::npos) {
      return false;
    }
    stars += c == '*' ? 1 : 0;
  }
  return !pattern.empty() && pattern.size() < 200 && stars < 4 &&
         pattern.find("**") == std::string_view::npos && !pattern.ends_with('/');
}

void compare(std::string_view pattern, std::string_view path) {
  if (!is_simple(pattern) || path.size() > 200) return;
  const auto read = IgnorePattern::parse(pattern);
  if (!read) return;
  const bool anchored = pattern.find('/') != std::string_view::npos;
  if (pattern.starts_with('/')) pattern.remove_prefix(1);
  if (!anchored) path = path.substr(path.rfind('/') + 1);
  const int answer =
      ::fnmatch(std::string(pattern).c_str(), std::string(path).c_str(), FNM_PATHNAME);
  fuzz::require(read->matches(path, false) == (answer == 0), "fnmatch() says the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const std::size_t empty = text.find("\n\n");
  if (empty == std::string_view::npos) return 0;
  const std::string_view lines = text.substr(0, empty);
  const std::string_view path = text.substr(empty + 2, 300);
  const IgnoreFile file(lines);
  const auto as_file = file.ignores(path, false);
  const auto as_folder = file.ignores(path, true);
  fuzz::require(!as_file || as_folder, "what says something of a file says so of a folder");
  if (path.find('\0') == std::string_view::npos) {
    compare(lines.substr(0, lines.find('\n')), path);
  }
  return 0;
}
