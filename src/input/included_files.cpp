#include "input/included_files.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "meshcheck/ascii.h"

namespace meshcheck {
namespace {

// Whether a command may begin behind it.
bool ends_opening(std::string_view before) {
  before = trimmed(before);
  if (before.empty() || before == "-" || before == "- \"" || before == "- '") return true;
  return std::ranges::any_of(std::array{"&&", ";", "RUN", "run:", "script:", "@", "then", "{", "("},
                             [&](const char* end) { return before.ends_with(end); });
}

// Settings of a shell or of a language, in which nobody keeps the version of Istio.
bool is_environment(std::string_view file) {
  return std::ranges::any_of(
      std::array{"activate", "bashrc", "profile", "zshrc", "nvm.sh", ".cargo/env", "completion"},
      [&](const char* name) { return file.find(name) != std::string_view::npos; });
}

// `source versions.sh`, `[ -f .env ] && . ./.env`
bool sources(std::string_view line) {
  for (const std::string_view word : {"source ", ". "}) {
    for (std::size_t at = line.find(word); at != std::string_view::npos;
         at = line.find(word, at + 1)) {
      const std::string_view file = trimmed(line.substr(at + word.size()));
      if (!file.empty() && ends_opening(line.substr(0, at)) && !is_environment(file)) return true;
    }
  }
  return false;
}

bool includes(std::string_view line) {
  return line.starts_with("include:") || line.starts_with("include ") ||
         line.starts_with("-include ") || line.starts_with("sinclude ");
}

}  // namespace

bool reads_other_file(std::span<const TextLine> lines) {
  return std::ranges::any_of(lines, [](const TextLine& line) {
    return !trimmed(line.text).starts_with('#') && (includes(line.text) || sources(line.text));
  });
}

}  // namespace meshcheck
