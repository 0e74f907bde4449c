// README.md: its table of the rules.
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.h"
#include "docgen/generate.h"
#include "meshcheck/rule.h"

namespace meshcheck::docgen {

std::string refresh_readme(const std::string& readme) {
  static constexpr std::string_view kBegin = "<!-- written by the target `docs` -->\n";
  static constexpr std::string_view kEnd = "\n</details>";
  const std::size_t begin = readme.find(kBegin);
  const std::size_t end = readme.find(kEnd, begin);
  if (begin == std::string::npos || end == std::string::npos) {
    throw std::runtime_error("README.md has no table of rules between its marks");
  }
  std::vector<const Rule*> rules;
  for (const Rule& rule : all_rules()) rules.push_back(&rule);
  return readme.substr(0, begin + kBegin.size()) +
         fmt::format("<summary>All {} rules</summary>\n\n", rules.size()) +
         cli::rules_table(rules) + readme.substr(end);
}

}  // namespace meshcheck::docgen
