// How a flag is stated: once, with its spellings, what it takes, what it says in --help, and its
// variable. Completions and the manual are written from what is stated here (cli/interface.h).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

namespace meshcheck::cli {

// What CLI11 is told of an empty value (usage_error.h makes a sentence of it).
inline constexpr std::string_view kEmptyValue = "the value is empty";

// Each may also come from the environment: --fail-on as MESHCHECK_FAIL_ON. `type` stands for the
// value in help texts; FILE, PATH, RULE and "RULE,..." also say what a shell offers for it. An
// empty variable is as good as none.
void add_text(CLI::App& app, const std::string& flag, std::string& target,
              const std::string& description, const std::string& type);
void add_flag(CLI::App& app, const std::string& flag, bool& target, const std::string& description);
// Values apart by commas, and repeatable.
void add_list(CLI::App& app, const std::string& flag, std::vector<std::string>& target,
              const std::string& description, const std::string& type);
// One value each time, and repeatable.
void add_repeatable(CLI::App& app, const std::string& flag, std::vector<std::string>& target,
                    const std::string& description, const std::string& type);
// One of `words`, the first of which is the default; --help lists them behind the description. The
// command checks what was given, so that it can say what was meant.
void add_choice(CLI::App& app, const std::string& flag, std::string& target,
                const std::string& description, const std::string& type,
                std::span<const std::string_view> words);

// Refuses an empty value, which add_text(), add_list() and add_repeatable() do: it is of a shell's
// variable that is not set, and not what was meant.
CLI::Option* refuse_empty(CLI::Option* option);
// What add_choice() does for a flag that was added in another way.
CLI::Option* offer_words(CLI::Option* option, std::span<const std::string_view> words);
// "a (default), b or c", as --help has it.
std::string list_words(std::span<const std::string_view> words);

}  // namespace meshcheck::cli
