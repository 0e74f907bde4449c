// man/meshcheck.yaml.5: its keys and the rules' parameters. What a person wrote about a key is
// kept.
#include <fmt/format.h>

#include "cli/config_keys.h"
#include "docgen/generate.h"
#include "docgen/page.h"
#include "meshcheck/rule.h"

namespace meshcheck::docgen {
namespace {

std::string tag(const std::string& line) { return line; }

Lines parameters() {
  Lines out = {".\\\" This section is written by the target `docs`.", ".Bl -tag -width Ds"};
  for (const Rule& rule : all_rules()) {
    if (rule.info.parameters.empty()) continue;
    out.push_back(fmt::format(".It Li {} Pq {}", rule.info.id, rule.info.name));
    out.emplace_back(".Bl -tag -width Ds -compact");
    for (const ParameterInfo& parameter : rule.info.parameters) {
      out.push_back(fmt::format(".It Ic {}", parameter.name));
      out.push_back(sentence(std::string(parameter.description)));
      out.push_back(fmt::format(
          "{}, default: {}.",
          parameter.type == ParameterType::integer ? "An integer"
                                                   : fmt::format("A {}", to_string(parameter.type)),
          parameter.default_value.empty() ? "none" : parameter.default_value));
    }
    out.emplace_back(".El");
  }
  out.emplace_back(".El");
  return out;
}

}  // namespace

std::string refresh_config_manual(const std::string& text) {
  Lines page = lines_of(text);
  std::vector<Item> wanted;
  for (const cli::KeyInfo& key : cli::config_keys()) {
    wanted.push_back(
        {fmt::format(".It Ic {}", key.name), {sentence(std::string(key.description))}});
  }
  const Range keys = list_in(page, section(page, ".Sh KEYS"));
  replace(page, keys, merged_items(page, keys, wanted, &tag));
  replace(page, section(page, ".Sh PARAMETERS"), parameters());
  return text_of(page);
}

}  // namespace meshcheck::docgen
