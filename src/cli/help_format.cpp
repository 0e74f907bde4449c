#include "cli/help_format.h"

#include <string_view>
#include <utility>

namespace meshcheck::cli {

HelpFormat::HelpFormat() { label("SUBCOMMAND", "COMMAND"); }

std::string HelpFormat::make_group(std::string group, bool is_positional,
                                   std::vector<const CLI::Option*> options) const {
  // CLI11 parts the groups after the first by two blank lines.
  const bool first = is_positional || group == "Options";
  const std::string text =
      CLI::Formatter::make_group(std::move(group), is_positional, std::move(options));
  return first || text.empty() ? text : text.substr(1);
}

std::string HelpFormat::make_option_opts(const CLI::Option* option) const {
  constexpr std::string_view kBegin = " (Env:";
  std::string text = CLI::Formatter::make_option_opts(option);
  const std::size_t begin = text.find(kBegin);
  if (begin != std::string::npos) text.erase(begin, text.find(')', begin) + 1 - begin);
  return text;
}

}  // namespace meshcheck::cli
