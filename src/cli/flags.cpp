#include "cli/flags.h"

#include <cctype>

#include <fmt/format.h>

namespace meshcheck::cli {
namespace {

// --fail-on → MESHCHECK_FAIL_ON
std::string environment_name(const std::string& flag) {
  std::string name = "MESHCHECK_";
  for (const char c : flag) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

CLI::Option* with_environment(CLI::Option* option) {
  const auto names = option->get_lnames();
  return names.empty() ? option : option->envname(environment_name(names.front()));
}

}  // namespace

void add_list(CLI::App& app, const std::string& flag, std::vector<std::string>& target,
              const std::string& description, const std::string& type) {
  refuse_empty(with_environment(app.add_option(flag, target, description)->type_name(type)))
      ->delimiter(',')
      ->expected(1)
      ->allow_extra_args(false)  // the next word is a PATH, not another value
      ->take_all();
}

void add_repeatable(CLI::App& app, const std::string& flag, std::vector<std::string>& target,
                    const std::string& description, const std::string& type) {
  refuse_empty(with_environment(app.add_option(flag, target, description)->type_name(type)))
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
}

void add_text(CLI::App& app, const std::string& flag, std::string& target,
              const std::string& description, const std::string& type) {
  refuse_empty(with_environment(app.add_option(flag, target, description)->type_name(type)));
}

void add_flag(CLI::App& app, const std::string& flag, bool& target,
              const std::string& description) {
  with_environment(app.add_flag(flag, target, description));
}

void add_choice(CLI::App& app, const std::string& flag, std::string& target,
                const std::string& description, const std::string& type,
                std::span<const std::string_view> words) {
  target = words.front();
  add_text(app, flag, target, fmt::format("{}: {}", description, list_words(words)), type);
  offer_words(app.get_options().back(), words);
}

CLI::Option* refuse_empty(CLI::Option* option) {
  const auto check = [](const std::string& value) {
    return value.empty() ? std::string(kEmptyValue) : std::string();
  };
  return option->check(check);
}

// A validator that accepts everything: its description is where CLI11 keeps a note on values.
CLI::Option* offer_words(CLI::Option* option, std::span<const std::string_view> words) {
  const auto accept = [](std::string&) { return std::string(); };
  return option->check(CLI::Validator(accept, fmt::format("{}", fmt::join(words, "|"))));
}

std::string list_words(std::span<const std::string_view> words) {
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) list += i + 1 == words.size() ? " or " : ", ";
    list += words[i];
    if (i == 0) list += " (default)";
  }
  return list;
}

}  // namespace meshcheck::cli
