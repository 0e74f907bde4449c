// How `--help` is laid out: at most 80 columns, a flag's text in a column of its own.
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
  // What stands for the value, and no more: the text lists the words, the footer names the rule of
  // the variables.
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
  std::string make_subcommand(const CLI::App* command) const override;
};

}  // namespace meshcheck::cli
