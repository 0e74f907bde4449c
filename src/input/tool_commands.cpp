#include "input/tool_commands.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "input/text_lines.h"
#include "meshcheck/ascii.h"

namespace meshcheck {
namespace {

constexpr std::string_view kTool = "istioctl";

// How a manager writes the version behind the tool's name, and what it does without one.
struct Manager {
  std::string_view command;
  std::string_view before;  // of the version: "@", " " or a flag
  bool newest = false;      // without a version the newest, not what a file says
};
constexpr std::array<Manager, 10> kManagers = {{
    {"asdf install", " "},
    {"asdf global", " "},
    {"asdf local", " "},
    {"asdf set", " "},
    {"mise use", "@"},
    {"mise install", "@"},
    {"brew install", "@", true},
    {"scoop install", "@", true},
    {"choco install", "--version", true},
    {"arkade get", "--version", true},
}};

// A command begins the line, or follows what ends another one or begins a step.
bool may_begin(std::string_view before) {
  before = trimmed(before);
  constexpr std::array<std::string_view, 14> kOpeners = {
      "&&", "||", ";", "{", "(", "then", "do", "else", "sudo", "RUN", "run:", "-", "@", "script:"};
  return before.empty() || std::ranges::any_of(kOpeners, [&](std::string_view opener) {
           return before.ends_with(opener) &&
                  (before.size() == opener.size() || opener.size() < 4 ||
                   before[before.size() - opener.size() - 1] == ' ');
         });
}

// The next word of a command, or nothing at its end.
std::string_view next_word(std::string_view& rest) {
  const std::size_t begin = rest.find_first_not_of(" \t");
  if (begin == kNone) return {};
  rest.remove_prefix(begin);
  const std::size_t end = std::min(rest.find_first_of(" \t;&|\"'#)"), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  return word;
}

std::optional<InstallCommand> read(const Manager& manager, std::string_view rest) {
  InstallCommand found{manager.command, {}, manager.newest};
  for (std::string_view word = next_word(rest); !word.empty(); word = next_word(rest)) {
    const bool flag = !found.mark.empty() && manager.before.starts_with('-') &&
                      word.substr(0, word.find('=')) == manager.before;
    if (flag) {
      const std::size_t equals = word.find('=');
      found.mark = equals == kNone ? next_word(rest) : word.substr(equals + 1);
      found.latest = false;
      return found;
    }
    if (word == kTool) {
      found.mark = word;
      if (manager.before != " ") continue;
      found.mark = next_word(rest);
      break;
    }
    if (manager.before == "@" && word.starts_with(kTool) &&
        word.substr(kTool.size()).starts_with('@')) {
      return InstallCommand{manager.command, word.substr(kTool.size() + 1), false};
    }
  }
  if (found.mark.empty() || (found.mark == kTool && !manager.newest)) return std::nullopt;
  return found;
}

}  // namespace

std::optional<InstallCommand> find_install(std::string_view line) {
  if (line.find(kTool) == kNone) return std::nullopt;
  for (const Manager& manager : kManagers) {
    const std::size_t at = line.find(manager.command);
    if (at == kNone || !may_begin(line.substr(0, at))) continue;
    const std::string_view rest = line.substr(at + manager.command.size());
    if (!rest.starts_with(' ')) continue;
    if (const auto found = read(manager, rest)) return found;
  }
  return std::nullopt;
}

}  // namespace meshcheck
