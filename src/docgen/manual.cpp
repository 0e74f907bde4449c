// man/meshcheck.1: its synopsis, the flags of each command and their variables. What a person wrote
// about a flag is kept; a flag that nobody wrote about says what --help says.
#include <set>

#include <fmt/format.h>

#include "cli/interface.h"
#include "docgen/generate.h"
#include "docgen/page.h"
#include "meshcheck/ascii.h"

namespace meshcheck::docgen {
namespace {

using cli::ArgumentInfo;
using cli::CommandInfo;

// FORMAT[=FILE] → `Ar format Ns Op = Ns Ar file`.
std::string value_of(const ArgumentInfo& flag) {
  if (flag.value.empty()) return "";
  const std::string value = lower(flag.value);
  if (value == "rule,...") return " Ar rules";
  const std::size_t optional = value.find("[=");
  if (optional == std::string::npos) return " Ar " + value;
  return fmt::format(" Ar {} Ns Op = Ns Ar {}", value.substr(0, optional),
                     value.substr(optional + 2, value.size() - optional - 3));
}

// `Fl f`, `Fl -filename`.
std::string flag_name(const std::string& spelling) { return spelling.substr(1); }

bool is_short_switch(const ArgumentInfo& flag) {
  return flag.value.empty() && !flag.spellings.front().starts_with("--");
}

void add_synopsis(const CommandInfo& command, Lines& out) {
  out.emplace_back(".Nm");
  out.push_back(".Cm " + command.name);
  std::string switches;
  for (const ArgumentInfo& flag : command.flags) {
    if (is_short_switch(flag)) switches += flag_name(flag.spellings.front());
  }
  if (!switches.empty()) out.push_back(".Op Fl " + switches);
  for (const ArgumentInfo& flag : command.flags) {
    if (is_short_switch(flag)) continue;
    out.push_back(fmt::format(".Op Fl {}{}", flag_name(flag.spellings.front()), value_of(flag)));
  }
  for (const ArgumentInfo& positional : command.positionals) {
    const std::string name = "Ar " + lower(positional.value);
    out.push_back((positional.required ? "." : ".Op ") + name +
                  (positional.repeatable ? " ..." : ""));
  }
}

Lines synopsis(const std::vector<CommandInfo>& commands) {
  Lines out = {".\\\" This section is written by the target `docs`."};
  for (const CommandInfo& command : commands) {
    if (!command.name.empty() && command.commands.empty()) add_synopsis(command, out);
  }
  for (const char* line : {".Nm", ".Fl V | -version", ".Nm", ".Op Ar command", ".Fl h | -help"}) {
    out.emplace_back(line);
  }
  return out;
}

Item item_of(const ArgumentInfo& flag) {
  std::string names;
  for (const std::string& spelling : flag.spellings) {
    names += fmt::format("{} {}", names.empty() ? "" : " ,", flag_name(spelling));
  }
  return {fmt::format(".It Fl{}{}", names, value_of(flag)), {sentence(flag.description)}};
}

// The long spelling: `.It Fl f , -filename Ar path` → "-filename".
std::string long_name(const std::string& tag) {
  const std::size_t dash = tag.find(" -");
  if (dash == std::string::npos) return tag;
  return tag.substr(dash + 1, tag.find(' ', dash + 1) - dash - 1);
}

std::string variable(const std::string& tag) { return tag; }

// What one command explains is not explained again for the next.
std::string identity(const ArgumentInfo& flag) { return flag.spellings.back() + flag.description; }

void refresh_flags(Lines& page, const std::vector<CommandInfo>& commands) {
  std::set<std::string> explained;
  for (const CommandInfo& command : commands) {
    std::vector<Item> wanted;
    for (const ArgumentInfo& flag : command.flags) {
      if (command.name.empty() || !explained.insert(identity(flag)).second) continue;
      wanted.push_back(item_of(flag));
    }
    if (wanted.empty()) continue;
    const Range list = list_in(page, section(page, ".Ss meshcheck " + command.name));
    replace(page, list, merged_items(page, list, wanted, &long_name));
  }
}

void refresh_variables(Lines& page, const std::vector<CommandInfo>& commands) {
  std::set<std::string> seen;
  std::vector<Item> wanted;
  for (const CommandInfo& command : commands) {
    for (const ArgumentInfo& flag : command.flags) {
      if (flag.variable.empty() || !seen.insert(flag.variable).second) continue;
      wanted.push_back({".It Ev " + flag.variable, {".Fl " + flag_name(flag.spellings.back())}});
    }
  }
  const Range list = list_in(page, section(page, ".Sh ENVIRONMENT"));
  replace(page, list, merged_items(page, list, wanted, &variable));
}

}  // namespace

std::string refresh_manual(const std::string& text) {
  const std::vector<CommandInfo> commands = cli::describe_interface();
  Lines page = lines_of(text);
  replace(page, section(page, ".Sh SYNOPSIS"), synopsis(commands));
  refresh_flags(page, commands);
  refresh_variables(page, commands);
  return text_of(page);
}

}  // namespace meshcheck::docgen
