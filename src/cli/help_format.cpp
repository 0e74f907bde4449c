#include "cli/help_format.h"

#include <string_view>

namespace meshcheck::cli {

HelpFormat::HelpFormat() {
  label("SUBCOMMAND", "COMMAND");
  label("Subcommands", "Commands");
}

std::string HelpFormat::make_option_opts(const CLI::Option* option) const {
  constexpr std::string_view kBegin = " (Env:";
  std::string text = CLI::Formatter::make_option_opts(option);
  const std::size_t begin = text.find(kBegin);
  if (begin != std::string::npos) text.erase(begin, text.find(')', begin) + 1 - begin);
  return text;
}

}  // namespace meshcheck::cli
