#include "cli/unparsed.h"

#include <algorithm>

#include <fmt/format.h>

namespace meshcheck::cli {
namespace {

constexpr std::string_view kUnparsable = "MC001";

bool is_selected(const Selection& selection) {
  const auto decisions = decide_rules(selection);
  return decisions && std::ranges::any_of(*decisions, [](const RuleDecision& decision) {
           return decision.rule->info.id == kUnparsable && decision.selected;
         });
}

// Left out by what was selected instead, and by no word that ignores it.
bool is_unwatched(Selection selection) {
  if (is_selected(selection)) return false;
  selection.select.clear();
  selection.configured_select.clear();
  return is_selected(selection);
}

}  // namespace

std::vector<Error> unparsed_unseen(std::span<const Finding> findings, const Selection& selection,
                                   const std::function<bool(const Finding&)>& ignored) {
  std::vector<Error> errors;
  for (const Finding& finding : findings) {
    if (finding.rule != kUnparsable || !finding.location) continue;
    if (errors.empty() && !is_unwatched(selection)) return errors;
    if (ignored && ignored(finding)) continue;
    Error error = fail(finding.location->file, fmt::format("cannot be parsed: {}", finding.message),
                       "mend it, or leave it out by name: --ignore MC001");
    error.location = finding.location;
    errors.push_back(std::move(error));
  }
  return errors;
}

}  // namespace meshcheck::cli
