#include "cli/help_format.h"

#include <algorithm>
#include <utility>

#include "cli/wrap.h"

namespace meshcheck::cli {
namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kColumn = 30;         // where the text of a flag begins
constexpr std::size_t kCommandColumn = 14;  // and that of a command

}  // namespace

HelpFormat::HelpFormat() {
  label("SUBCOMMAND", "COMMAND");
  column_width(kColumn);
}

std::string HelpFormat::make_group(std::string group, bool is_positional,
                                   std::vector<const CLI::Option*> options) const {
  // CLI11 parts the groups after the first by two blank lines.
  const bool first = is_positional || group == "Options";
  const std::string text =
      CLI::Formatter::make_group(std::move(group), is_positional, std::move(options));
  return first || text.empty() ? text : text.substr(1);
}

std::string HelpFormat::make_option_opts(const CLI::Option* option) const {
  const std::string type = option->get_type_name();
  const std::string value = type.substr(0, type.find(':'));  // see flags.cpp
  if (option->get_type_size() == 0 || value.empty()) return "";
  return ' ' + value;
}

std::string HelpFormat::make_option_desc(const CLI::Option* option) const {
  return wrap(option->get_description(), kWidth - kColumn);  // the formatter indents what follows
}

std::string HelpFormat::make_subcommand(const CLI::App* command) const {
  const std::string name = "  " + command->get_name();
  return name + std::string(kCommandColumn - std::min(name.size(), kCommandColumn - 1), ' ') +
         wrap(command->get_description(), kWidth - kCommandColumn, kCommandColumn) + '\n';
}

}  // namespace meshcheck::cli
