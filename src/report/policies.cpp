#include "report/policies.h"

#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "report/terminal.h"

namespace meshcheck {
namespace {

using Json = nlohmann::ordered_json;
using Outcome = Decision::Outcome;

std::string name_of(const AuthorizationPolicy& policy) {
  return fmt::format("{}/{}", policy.name_space, policy.name);
}

std::string place(Node node) {
  const Location where = node.location();
  return fmt::format("{}:{}", where.file, where.line);
}

// The rule that matters, else the policy's name.
std::string place(const PolicyVerdict& verdict) {
  return place(verdict.rule != nullptr ? verdict.rule->node : verdict.policy->object->anchor());
}

std::string_view word(Match match) {
  switch (match) {
    case Match::no: return "no";
    case Match::yes: return "yes";
    case Match::unknown: return "unknown";
  }
  return "";
}

std::string_view word(Outcome outcome) {
  switch (outcome) {
    case Outcome::allowed: return "allowed";
    case Outcome::denied: return "denied";
    case Outcome::unknown: return "cannot-tell";
  }
  return "";
}

std::string said(const PolicyVerdict& verdict) {
  switch (verdict.match) {
    case Match::no:
      return verdict.policy->rules.empty() ? "never matches: it has no rules" : "does not match";
    case Match::yes: return "matches";
    case Match::unknown:
      return fmt::format("cannot tell: depends on {}", fmt::join(verdict.depends_on, ", "));
  }
  return {};
}

// Names are what others wrote.
void add_line(std::string& out, std::string_view text) {
  out += report::log_line(report::printable(text)) + '\n';
}

void add_list(std::string& out, std::string_view title, const std::vector<PolicyVerdict>& verdicts,
              bool with_action) {
  if (verdicts.empty()) return;
  out += fmt::format("  {}\n", title);
  for (const PolicyVerdict& verdict : verdicts) {
    const std::string action =
        with_action ? fmt::format("{} ", to_string(verdict.policy->action)) : std::string();
    add_line(out, fmt::format("    {}{} ({}): {}", action, name_of(*verdict.policy), place(verdict),
                              said(verdict)));
  }
}

std::string_view sentence(Outcome outcome) {
  switch (outcome) {
    case Outcome::allowed: return "allowed";
    case Outcome::denied: return "denied";
    case Outcome::unknown: return "cannot tell";
  }
  return "";
}

std::string conclusion(const Decision& decision) {
  std::string text = fmt::format("  => {}: {}", sentence(decision.outcome), decision.reason);
  if (!decision.decided_by) return text;
  const PolicyVerdict& by = *decision.decided_by;
  text += fmt::format(", {} ({})", name_of(*by.policy), place(by));
  if (!by.depends_on.empty())
    text += fmt::format("; it depends on {}", fmt::join(by.depends_on, ", "));
  return text;
}

std::string_view recorded_title(Sight sight) {
  return sight == Sight::ztunnel ? "Not enforced by ztunnel (CUSTOM, AUDIT, dry runs)"
                                 : "Recorded only (AUDIT, dry runs)";
}

// What the policies of a workload say nothing about.
std::string_view caveat(const Decision& decision) {
  switch (decision.target->plane) {
    case DataPlane::none: return "  It has no proxy: nothing enforces these policies.\n";
    case DataPlane::unknown:
      return "  Whether it has a proxy is not in the input; this is what one would do.\n";
    case DataPlane::ztunnel:
      return "  ztunnel judges connections: rules on requests need a waypoint and targetRefs.\n";
    default: break;
  }
  if (decision.sight == Sight::connections) {
    return "  The port is declared as no HTTP: rules on requests are not judged there.\n";
  }
  return "";
}

Json entry(const PolicyVerdict& verdict) {
  return {{"namespace", verdict.policy->name_space},
          {"name", verdict.policy->name},
          {"action", to_string(verdict.policy->action)},
          {"dryRun", verdict.policy->dry_run},
          {"matches", word(verdict.match)},
          {"dependsOn", verdict.depends_on},
          {"place", place(verdict)}};
}

Json entries(const std::vector<PolicyVerdict>& verdicts) {
  Json list = Json::array();
  for (const PolicyVerdict& verdict : verdicts) list.push_back(entry(verdict));
  return list;
}

Json waypoints(const Decision& decision) {
  Json list = Json::array();
  for (const PolicyTarget* waypoint : decision.waypoints) list.push_back(waypoint->id());
  return list;
}

}  // namespace

std::string policies_text(std::span<const Decision> decisions) {
  std::string out;
  for (const Decision& decision : decisions) {
    if (!out.empty()) out += '\n';
    add_line(out, fmt::format("{} ({})", decision.target->id(), to_string(decision.target->plane)));
    out += caveat(decision);
    for (const PolicyTarget* waypoint : decision.waypoints) {
      add_line(out, fmt::format("  Who calls its Service comes through the waypoint, which decides "
                                "first: --policies {}/{}",
                                waypoint->name_space, waypoint->name));
    }
    add_list(out, "CUSTOM", decision.custom, false);
    add_list(out, "DENY", decision.deny, false);
    add_list(out, "ALLOW", decision.allow, false);
    add_list(out, recorded_title(decision.sight), decision.recorded, true);
    add_line(out, conclusion(decision));
  }
  return out;
}

std::string policies_json(std::span<const Decision> decisions) {
  Json list = Json::array();
  for (const Decision& decision : decisions) {
    list.push_back(
        {{"workload", decision.target->id()},
         {"dataPlane", to_string(decision.target->plane)},
         {"waypoints", waypoints(decision)},
         {"custom", entries(decision.custom)},
         {"deny", entries(decision.deny)},
         {"allow", entries(decision.allow)},
         {"recorded", entries(decision.recorded)},
         {"outcome", word(decision.outcome)},
         {"reason", decision.reason},
         {"decidedBy", decision.decided_by ? entry(*decision.decided_by) : Json(nullptr)}});
  }
  return list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

}  // namespace meshcheck
