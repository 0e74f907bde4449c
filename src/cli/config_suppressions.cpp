// The section of the configuration file that accepts single findings.
#include "cli/config_keys.h"
#include "cli/config_sections.h"

namespace meshcheck::cli {
namespace {

// A rule that does not exist is no error but a finding, as it is in a comment: a configuration that
// serves several versions of meshcheck must not stop one of them.
void read_suppression(ConfigReader& reader, Node item, Config& config) {
  const auto spelt = reader.keys(item, "a suppression", config_key("suppressions").keys);
  if (!spelt) return;
  Suppression said;
  CoveredNames names;
  if (const Node rule = item["rule"]) {
    said.rules.push_back(reader.text(rule, "`rule`").value_or(""));
  } else if (*spelt) {
    reader.refuse(item, "a suppression names no rule", "add `rule: MC201`");
  }
  const auto text = [&](const char* key, std::string& target) {
    if (const Node value = item[key]) {
      target = reader.text(value, std::string("`") + key + "`").value_or("");
    }
  };
  text("kind", names.kind);
  text("namespace", names.name_space);
  text("name", names.name);
  // An empty reason is as good as none, which is said as a finding.
  said.reason = item["reason"].text();
  if (const Node until = item["until"]) {
    if (reader.day(until, "`until`")) said.until = until.text();
  }
  said.where = item.location();
  said.object = {"", "File", "", said.where.file, ""};
  said.covers = std::move(names);
  config.suppressions.push_back(std::move(said));
}

}  // namespace

void read_suppressions(ConfigReader& reader, Node section, Config& config) {
  reader.items(section, "`suppressions`",
               [&](Node item) { read_suppression(reader, item, config); });
}

}  // namespace meshcheck::cli
