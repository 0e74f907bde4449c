// How `--help` is laid out: at most 80 columns, one line a flag.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace meshcheck::cli {

class HelpFormat : public CLI::Formatter {
 public:
  HelpFormat();
  // Every flag has its variable by one rule, which the footer says once.
  std::string make_option_opts(const CLI::Option* option) const override;
};

}  // namespace meshcheck::cli
