// How `--help` is laid out: at most 80 columns, one line a flag.
#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace meshcheck::cli {

class HelpFormat : public CLI::Formatter {
 public:
  HelpFormat();
  // One blank line between groups.
  std::string make_group(std::string group, bool is_positional,
                         std::vector<const CLI::Option*> options) const override;
  // Every flag has its variable by one rule, which the footer says once.
  std::string make_option_opts(const CLI::Option* option) const override;
};

}  // namespace meshcheck::cli
