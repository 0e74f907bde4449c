// Fish takes one `complete` a flag, under a condition that says behind which command.
#include <fmt/format.h>

#include "cli/completion.h"

namespace meshcheck::cli {
namespace {

constexpr std::string_view kChosen = R"(
# Whether the words before the cursor choose this command.
function __meshcheck_in
    set -l words (commandline -opc)
    set -l chosen "$words[2]"
    if test "$chosen" = config; and set -q words[3]
        set chosen "config $words[3]"
    end
    test "$chosen" = "$argv[1]"
end

)";

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + '\'';
}

std::string function_of(const char* name, const std::vector<Candidate>& candidates) {
  std::string out = fmt::format("\nfunction {}\n", name);
  for (const Candidate& candidate : candidates) {
    out += fmt::format("    printf '%s\\t%s\\n' {} {}\n", quoted(candidate.word),
                       quoted(candidate.description));
  }
  return out + "end\n";
}

std::string offer(const ArgumentInfo& argument) {
  switch (offer_of(argument)) {
    case Offer::nothing: return " -x";
    case Offer::words:
    case Offer::reports: return fmt::format(" -x -a '{}'", fmt::join(argument.words, " "));
    case Offer::files: return " -r -F";
    case Offer::rule: return " -x -a '(__meshcheck_rules)'";
    case Offer::rules: return " -x -a '(__fish_complete_list , __meshcheck_selection)'";
  }
  return "";
}

std::string line_of(const std::string& command, const std::string& rest) {
  return fmt::format("complete -c meshcheck -n \"__meshcheck_in '{}'\"{}\n", command, rest);
}

std::string flag_line(const std::string& command, const ArgumentInfo& flag) {
  std::string rest;
  for (const std::string& spelling : flag.spellings) {
    const bool is_long = spelling.starts_with("--");
    rest += fmt::format(" -{} {}", is_long ? 'l' : 's', spelling.substr(is_long ? 2 : 1));
  }
  if (!flag.value.empty()) rest += offer(flag);
  return line_of(command, rest + " -d " + quoted(flag.description));
}

std::string lines_of(Commands all, const CommandInfo& command) {
  std::string out;
  for (const std::string& name : command.commands) {
    const std::string path = command.name.empty() ? name : command.name + ' ' + name;
    for (const CommandInfo& other : all) {
      if (other.name != path) continue;
      out += line_of(command.name, fmt::format(" -a {} -d {}", name, quoted(other.description)));
    }
  }
  for (const ArgumentInfo& flag : command.flags) out += flag_line(command.name, flag);
  for (const ArgumentInfo& positional : command.positionals) {
    switch (offer_of(positional)) {
      case Offer::files: out += line_of(command.name, " -F"); break;
      case Offer::nothing: break;
      default: out += line_of(command.name, offer(positional).substr(3)); break;
    }
  }
  return out + line_of(command.name, " -s h -l help -d 'Print the help and end'");
}

}  // namespace

std::string fish_completion(Commands commands) {
  std::vector<Candidate> selection = selection_candidates();
  for (Candidate& candidate : rule_candidates()) selection.push_back(std::move(candidate));
  std::string out =
      "# Completions of meshcheck for fish, written by `meshcheck completion fish`.\n" +
      function_of("__meshcheck_rules", rule_candidates()) +
      function_of("__meshcheck_selection", selection) + std::string(kChosen) +
      "complete -c meshcheck -f\n";
  for (const CommandInfo& command : commands) out += lines_of(commands, command);
  return out;
}

}  // namespace meshcheck::cli
