// Zsh describes what it offers; its _arguments reads flags from specifications.
#include <fmt/format.h>

#include "cli/completion.h"

namespace meshcheck::cli {
namespace {

// In single quotes, with what _arguments or _describe would take for its own marks escaped.
std::string quoted(std::string_view text, std::string_view marks) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    if (c == '\\' || marks.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string description(std::string_view text) { return quoted(text, "[]:"); }

std::string function_name(const std::string& command) {
  std::string name = "_meshcheck_command_" + command;
  for (char& c : name) c = c == ' ' ? '_' : c;
  return name;
}

std::string action(const ArgumentInfo& argument) {
  switch (offer_of(argument)) {
    case Offer::nothing: return "( )";
    case Offer::words: return fmt::format("({})", fmt::join(argument.words, " "));
    case Offer::reports: return "_meshcheck_reports";
    case Offer::files: return "_files";
    case Offer::rule: return "_meshcheck_rules";
    case Offer::rules: return "_meshcheck_selection";
  }
  return "";
}

// One specification a spelling: '(-n --default-namespace)-n+[…]:NAME: '.
std::string flag_specs(const ArgumentInfo& flag) {
  std::string out;
  for (const std::string& spelling : flag.spellings) {
    std::string spec = flag.repeatable ? "*" : "";
    if (!flag.repeatable && flag.spellings.size() > 1) {
      spec = fmt::format("({})", fmt::join(flag.spellings, " "));
    }
    spec += spelling;
    if (!flag.value.empty()) spec += spelling.starts_with("--") ? "=" : "+";
    spec += fmt::format("[{}]", description(flag.description));
    if (!flag.value.empty()) spec += fmt::format(":{}:{}", quoted(flag.value, ":"), action(flag));
    out += fmt::format("    '{}' \\\n", spec);
  }
  return out;
}

std::string command_function(const CommandInfo& command) {
  std::string out =
      fmt::format("\n{}() {{\n  _arguments -s -S : \\\n", function_name(command.name));
  for (const ArgumentInfo& flag : command.flags) out += flag_specs(flag);
  for (const ArgumentInfo& positional : command.positionals) {
    out += fmt::format("    '{}:{}:{}' \\\n", positional.repeatable ? "*" : "", positional.value,
                       action(positional));
  }
  return out + "    '(- *)'{-h,--help}'[Print the help and end]'\n}\n";
}

std::string array_of(const std::vector<Candidate>& candidates) {
  std::string out;
  for (const Candidate& candidate : candidates) {
    out += fmt::format("    '{}:{}'\n", quoted(candidate.word, ":"),
                       quoted(candidate.description, ""));
  }
  return out;
}

// Completes the command, then leaves the rest to its function.
std::string chooser(Commands all, const CommandInfo& command) {
  std::vector<Candidate> candidates;
  std::string cases;
  for (const std::string& name : command.commands) {
    const std::string path = command.name.empty() ? name : command.name + ' ' + name;
    for (const CommandInfo& other : all) {
      if (other.name == path) candidates.push_back({name, other.description});
    }
    cases += fmt::format("    {}) {} ;;\n", name, function_name(path));
  }
  std::string flags;
  for (const ArgumentInfo& flag : command.flags) flags += flag_specs(flag);
  const std::string name = command.name.empty() ? "_meshcheck" : function_name(command.name);
  return fmt::format(
      "\n{}() {{\n"
      "  if (( CURRENT == 2 )); then\n"
      "    if [[ $PREFIX == -* ]]; then\n"
      "      _arguments -s : \\\n{}    '(- *)'{{-h,--help}}'[Print the help and end]'\n"
      "      return\n"
      "    fi\n"
      "    local -a commands=(\n{}    )\n"
      "    _describe -t commands command commands\n"
      "    return\n"
      "  fi\n"
      "  local command=$words[2]\n"
      "  shift words\n"
      "  (( CURRENT-- ))\n"
      "  case $command in\n{}  esac\n}}\n",
      name, flags, array_of(candidates), cases);
}

std::string reports_function(Commands commands) {
  for (const CommandInfo& command : commands) {
    for (const ArgumentInfo& flag : command.flags) {
      if (offer_of(flag) != Offer::reports) continue;
      return fmt::format(
          "\n_meshcheck_reports() {{\n  if compset -P '*='; then\n    _files\n    return\n  fi\n"
          "  local -a formats=({})\n  _describe -t formats format formats\n}}\n",
          fmt::join(flag.words, " "));
    }
  }
  return "";
}

}  // namespace

std::string zsh_completion(Commands commands) {
  std::string out = fmt::format(
      "#compdef meshcheck kubectl-meshcheck\n"
      "# Completions of meshcheck for zsh, written by `meshcheck completion zsh`.\n\n"
      "_meshcheck_rules() {{\n  local -a rules=(\n{}  )\n"
      "  _describe -t rules rule rules\n}}\n\n"
      "_meshcheck_selection() {{\n  compset -P '*,'\n  local -a groups=(\n{}  )\n"
      "  _describe -t groups 'rules by group' groups\n  _meshcheck_rules\n}}\n",
      array_of(rule_candidates()), array_of(selection_candidates()));
  out += reports_function(commands);
  for (const CommandInfo& command : commands) {
    out += command.commands.empty() ? command_function(command) : chooser(commands, command);
  }
  // Autoloaded from $fpath the file is the function; sourced it has to say whom it completes.
  return out +
         "\nif [[ $funcstack[1] == _meshcheck ]]; then\n  _meshcheck \"$@\"\nelse\n"
         "  compdef _meshcheck meshcheck kubectl-meshcheck\nfi\n";
}

}  // namespace meshcheck::cli
