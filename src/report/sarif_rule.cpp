#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/cut.h"
#include "report/sarif_parts.h"

namespace meshcheck::report {
namespace {

// GitHub's limits for a rule.
constexpr std::size_t kLongestDescription = 1024;
constexpr std::size_t kMostTags = 20;

std::string_view problem_severity(Severity severity) {
  switch (severity) {
    case Severity::info: return "recommendation";
    case Severity::warning: return "warning";
    case Severity::error: return "error";
  }
  return {};
}

// The scores that GitHub shows as low, medium and high.
std::string_view security_severity(Severity severity) {
  switch (severity) {
    case Severity::info: return "3.0";
    case Severity::warning: return "5.0";
    case Severity::error: return "8.0";
  }
  return {};
}

std::string help_text(const RuleText& rule) {
  std::string out = rule.why.empty() ? sarif_sentence(rule.title) : sarif_sentence(rule.why);
  if (!rule.fix.empty()) out += "\n\nFix: " + sarif_sentence(rule.fix);
  for (const std::string& reference : rule.references) out += "\n" + reference;
  return out;
}

std::string help_markdown(const RuleText& rule) {
  std::string out = fmt::format("# {} {}\n\n{}", rule.id, rule.name,
                                sarif_sentence(rule.why.empty() ? rule.title : rule.why));
  if (!rule.fix.empty()) out += "\n\n## Fix\n\n" + sarif_sentence(rule.fix);
  if (!rule.references.empty()) out += "\n\n## References\n";
  for (const std::string& reference : rule.references) out += fmt::format("\n- <{}>", reference);
  return out + "\n";
}

Json properties(const RuleText& rule) {
  Json tags = Json::array();
  for (const std::string& tag : rule.tags) {
    if (tags.size() < kMostTags) tags.push_back(tag);
  }
  Json out = {{"tags", std::move(tags)}, {"problem.severity", problem_severity(rule.severity)}};
  if (!rule.precision.empty()) out["precision"] = rule.precision;
  // This makes it a security alert, so only what is about security has it.
  if (std::ranges::find(rule.tags, "security") != rule.tags.end()) {
    out["security-severity"] = security_severity(rule.severity);
  }
  return out;
}

}  // namespace

std::string_view sarif_level(Severity severity) {
  switch (severity) {
    case Severity::info: return "note";
    case Severity::warning: return "warning";
    case Severity::error: return "error";
  }
  return "none";
}

std::string sarif_sentence(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  const bool ends =
      !text.empty() && (text.back() == '.' || text.back() == '!' || text.back() == '?');
  return fmt::format("{}{}", text, ends ? "" : ".");
}

Json sarif_rule(const RuleText& rule) {
  Json out = {
      {"id", rule.id},
      {"name", rule.name},
      {"shortDescription", {{"text", at_most(sarif_sentence(rule.title), kLongestDescription)}}},
      {"fullDescription",
       {{"text",
         at_most(sarif_sentence(rule.why.empty() ? rule.title : rule.why), kLongestDescription)}}},
      {"help", {{"text", help_text(rule)}, {"markdown", help_markdown(rule)}}},
      {"defaultConfiguration", {{"level", sarif_level(rule.severity)}}},
      {"properties", properties(rule)}};
  if (!rule.references.empty()) out["helpUri"] = rule.references.front();
  return out;
}

}  // namespace meshcheck::report
