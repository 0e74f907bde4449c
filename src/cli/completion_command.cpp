#include <algorithm>
#include <map>
#include <ostream>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/completion.h"
#include "engine/points.h"
#include "engine/select.h"
#include "meshcheck/rule.h"

namespace meshcheck::cli {

Offer offer_of(const ArgumentInfo& argument) {
  if (argument.value.ends_with("[=FILE]")) return Offer::reports;
  if (!argument.words.empty()) return Offer::words;
  if (argument.value == "FILE" || argument.value == "PATH") return Offer::files;
  if (argument.value == "RULE") return Offer::rule;
  if (argument.value == "RULE,...") return Offer::rules;
  return Offer::nothing;
}

std::vector<Candidate> rule_candidates() {
  std::vector<Candidate> out;
  for (const Rule& rule : all_rules()) {
    out.push_back({std::string(rule.info.id), std::string(rule.info.title)});
  }
  for (const Rule& rule : all_rules()) {
    out.push_back({std::string(rule.info.name), std::string(rule.info.id)});
  }
  return out;
}

std::vector<Candidate> selection_candidates() {
  std::vector<Candidate> out = {{"ALL", "every rule"}};
  std::map<std::string, int> tags;
  std::map<std::string, int> points;
  for (const Rule& rule : all_rules()) {
    for (const std::string_view tag : rule.info.tags) ++tags[std::string(tag)];
    points.emplace(rule.info.id.substr(0, 3), rule.info.point);
  }
  for (const auto& [prefix, point] : points) {
    out.push_back({prefix, std::string(point_title(point))});
  }
  for (const auto& [tag, count] : tags) {
    out.push_back({tag, fmt::format("{} rule{}", count, count == 1 ? "" : "s")});
  }
  return out;
}

Exit completion(const CompletionOptions& options, const Surroundings& surroundings) {
  const auto commands = describe_interface();
  if (options.shell == "bash") {
    surroundings.out << bash_completion(commands);
  } else if (options.shell == "zsh") {
    surroundings.out << zsh_completion(commands);
  } else if (options.shell == "fish") {
    surroundings.out << fish_completion(commands);
  } else {
    const std::string near =
        nearest(options.shell, std::vector<std::string>(kShells.begin(), kShells.end()));
    say(fail("", fmt::format("there are no completions for `{}`", options.shell),
             near.empty() ? fmt::format("the shells are {}", fmt::join(kShells, ", "))
                          : fmt::format("did you mean `{}`?", near)),
        surroundings.err);
    return Exit::usage;
  }
  return Exit::clean;
}

}  // namespace meshcheck::cli
