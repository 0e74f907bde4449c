// Bash offers words without descriptions, and parts what is typed at `=`.
#include <algorithm>

#include <fmt/format.h>

#include "cli/completion.h"

namespace meshcheck::cli {
namespace {

// Without mapfile, which the bash of macOS lacks.
constexpr std::string_view kFunction = R"(
_meshcheck() {
  local cur=${COMP_WORDS[COMP_CWORD]} before='' command='' flag offer='' words='' flags=''
  COMPREPLY=()
  if ((COMP_CWORD > 1)); then command=${COMP_WORDS[1]}; fi
  if [[ $command == config ]] && ((COMP_CWORD > 2)); then command="config ${COMP_WORDS[2]}"; fi

  flag=${COMP_WORDS[COMP_CWORD-1]}
  if [[ $cur == '=' ]]; then
    before='=' cur=''
  elif [[ $flag == '=' ]]; then
    before='=' flag=${COMP_WORDS[COMP_CWORD-2]}
  fi
  if [[ $before == '=' && $flag != -* ]]; then
    offer=files  # of -o FORMAT=FILE
  else
    _meshcheck_value "$command" "$flag"
  fi
  if [[ -z $offer ]]; then
    [[ $before == '=' ]] && return
    _meshcheck_command "$command"
    [[ $cur == -* ]] && offer=words words=$flags
  fi

  local IFS=$' \t\n'
  case $offer in
    files)
      IFS=$'\n'
      compopt -o filenames 2>/dev/null
      COMPREPLY=($(compgen -f -- "$cur"))
      ;;
    words) COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
    rule) COMPREPLY=($(compgen -W "$_meshcheck_rules" -- "$cur")) ;;
    rules)
      [[ $cur == *,* ]] && before="${cur%,*}," || before=''
      COMPREPLY=($(compgen -P "$before" -W "$_meshcheck_selection $_meshcheck_rules" -- "${cur##*,}"))
      ;;
  esac
}

complete -F _meshcheck meshcheck kubectl-meshcheck
)";

std::string list_of(const std::vector<Candidate>& candidates) {
  std::string words;
  for (const Candidate& candidate : candidates) words += ' ' + candidate.word;
  return words.substr(1);
}

std::string offer(const ArgumentInfo& argument) {
  switch (offer_of(argument)) {
    case Offer::nothing: return "offer=nothing";
    case Offer::words:
    case Offer::reports:
      return fmt::format("offer=words words='{}'", fmt::join(argument.words, " "));
    case Offer::files: return "offer=files";
    case Offer::rule: return "offer=rule";
    case Offer::rules: return "offer=rules";
  }
  return "";
}

// Sets `offer` where a flag is to be followed by a value.
std::string value_function(Commands commands) {
  std::string out = "\n_meshcheck_value() {\n  case \"$1 $2\" in\n";
  for (const CommandInfo& command : commands) {
    for (const ArgumentInfo& flag : command.flags) {
      if (flag.value.empty()) continue;
      std::string patterns;
      for (const std::string& spelling : flag.spellings) {
        patterns += fmt::format("{}'{} {}'", patterns.empty() ? "" : " | ", command.name, spelling);
      }
      out += fmt::format("    {}) {} ;;\n", patterns, offer(flag));
    }
  }
  return out + "  esac\n}\n";
}

// Sets `flags`, and `offer` for a word that is none.
std::string command_function(Commands commands) {
  std::string out = "\n_meshcheck_command() {\n  flags='-h --help'\n  case $1 in\n";
  for (const CommandInfo& command : commands) {
    std::string flags;
    for (const ArgumentInfo& flag : command.flags) {
      flags += fmt::format(" {}", fmt::join(flag.spellings, " "));
    }
    std::string what = "offer=nothing";
    if (!command.commands.empty()) {
      what = fmt::format("offer=words words='{}'", fmt::join(command.commands, " "));
    } else if (!command.positionals.empty()) {
      what = offer(command.positionals.front());
    }
    out += fmt::format("    '{}') flags+='{}' {} ;;\n", command.name, flags, what);
  }
  return out + "  esac\n}\n";
}

}  // namespace

std::string bash_completion(Commands commands) {
  return fmt::format(
             "# Completions of meshcheck for bash, written by `meshcheck completion bash`.\n\n"
             "_meshcheck_rules='{}'\n_meshcheck_selection='{}'\n",
             list_of(rule_candidates()), list_of(selection_candidates())) +
         value_function(commands) + command_function(commands) + std::string(kFunction);
}

}  // namespace meshcheck::cli
