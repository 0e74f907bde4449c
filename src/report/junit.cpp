// JUnit's XML, as Jenkins and GitLab read it: a suite for each of the points, a case for each
// finding and for each rule that found nothing or was not evaluated. As for a point, errors and
// warnings fail; an info passes, and says so in its output.
#include <algorithm>
#include <cstddef>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "report/formats.h"
#include "report/place.h"
#include "report/remedy.h"
#include "report/standing.h"
#include "report/summary.h"
#include "report/terminal.h"
#include "report/xml.h"

namespace meshcheck::report {
namespace {

struct Counts {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;

  void add(const Counts& other) {
    tests += other.tests;
    failures += other.failures;
    errors += other.errors;
    skipped += other.skipped;
  }
  std::string attributes() const {
    return xml_attribute("tests", tests) + xml_attribute("failures", failures) +
           xml_attribute("errors", errors) + xml_attribute("skipped", skipped);
  }
};

// GitLab knows a case by its suite, class and name, and shows two of the same as one.
class Suite {
 public:
  explicit Suite(std::string name) : name_(std::move(name)) {}

  void pass(const std::string& of, const std::string& name) { add(of, name, nullptr, ""); }

  void skip(const std::string& of, const std::string& name, const Location* where,
            std::string_view reason) {
    ++counts_.skipped;
    add(of, name, where, fmt::format("      <skipped{}/>\n", xml_attribute("message", reason)));
  }

  void error(const std::string& of, const std::string& name, std::string_view type,
             std::string_view message) {
    ++counts_.errors;
    add(of, name, nullptr,
        fmt::format("      <error{}{}/>\n", xml_attribute("type", type),
                    xml_attribute("message", message)));
  }

  void fail(const std::string& of, const std::string& name, const Finding& finding) {
    ++counts_.failures;
    add(of, name, location_of(finding),
        fmt::format("      <failure{}{}>{}</failure>\n",
                    xml_attribute("type", to_string(finding.severity)),
                    xml_attribute("message", finding.message), body_of(finding)));
  }

  void pass(const std::string& of, const std::string& name, const Finding& finding) {
    add(of, name, location_of(finding),
        fmt::format("      <system-out>{}: {}\n{}</system-out>\n", to_string(finding.severity),
                    xml_text(finding.message), body_of(finding)));
  }

  const Counts& counts() const { return counts_; }

  void write(std::ostream& out) const {
    out << "  <testsuite" << xml_attribute("name", name_) << counts_.attributes()
        << " time=\"0\">\n"
        << cases_ << "  </testsuite>\n";
  }

 private:
  static const Location* location_of(const Finding& finding) {
    return finding.location ? &*finding.location : nullptr;
  }

  static std::string body_of(const Finding& finding) {
    std::string body = xml_text(place(finding));
    for (const std::string& line : related_lines(finding)) body += "\n" + xml_text(line);
    if (!finding.fix) return body;
    for (const std::string& line : remedy_lines(*finding.fix)) body += "\n" + xml_text(line);
    return body;
  }

  void add(const std::string& of, std::string name, const Location* where,
           std::string_view inside) {
    ++counts_.tests;
    const int times = ++names_[{of, name}];
    if (times > 1) name += fmt::format(" ({})", times);
    std::string attributes = xml_attribute("classname", of) + xml_attribute("name", name);
    if (where != nullptr) attributes += xml_attribute("file", where->file);
    if (where != nullptr && where->line != 0) attributes += xml_attribute("line", where->line);
    attributes += " time=\"0\"";
    cases_ += inside.empty()
                  ? fmt::format("    <testcase{}/>\n", attributes)
                  : fmt::format("    <testcase{}>\n{}    </testcase>\n", attributes, inside);
  }

  std::string name_;
  std::string cases_;
  Counts counts_;
  std::map<std::pair<std::string, std::string>, int> names_;
};

void add_finding(Suite& suite, const Finding& finding) {
  std::string name = fmt::format("{} {}", finding.rule, name_of(finding.object));
  if (!finding.field.empty()) name += " " + finding.field;
  const std::string of =
      finding.location ? finding.location->file : "cluster/" + qualified_name(finding.object);
  if (accepted(finding)) {
    std::string reason = finding.state == FindingState::baselined ? "baselined" : "suppressed";
    if (!finding.justification.empty()) reason += ": " + finding.justification;
    suite.skip(of, name, finding.location ? &*finding.location : nullptr, reason);
  } else if (finding.severity == Severity::info) {
    suite.pass(of, name, finding);
  } else {
    suite.fail(of, name, finding);
  }
}

// A rule of which there is no finding to tell.
void add_rule(Suite& suite, const Report& report, const RuleText& rule) {
  const std::string name = fmt::format("{} {}", rule.id, rule.name);
  std::vector<std::string_view> reasons;
  for (const NotEvaluated& entry : report.not_evaluated) {
    if (entry.rule == rule.id && !entry.partly) reasons.emplace_back(entry.reason);
  }
  if (reasons.empty()) {
    suite.pass("meshcheck", name);
  } else {
    suite.skip("meshcheck", name, nullptr,
               fmt::format("not evaluated: {}", fmt::join(reasons, "; ")));
  }
}

// The point whose suite it is in; 0 for all that is of none, as codes of istioctl analyze are.
int suite_at(const RuleText& rule) { return rule.point > 8 ? 0 : rule.point; }

// Those that a finding is told of, its own or one that was joined to another's: they did not pass.
std::set<std::string_view> rules_told(const Report& report, const ReportStyle& style) {
  std::set<std::string_view> rules;
  for (const Finding& finding : report.findings) {
    if (!told(finding, style)) continue;
    rules.insert(finding.rule);
    for (const std::string_view rule : joined_rules(finding)) rules.insert(rule);
  }
  return rules;
}

Suite suite_of(const Report& report, const ReportStyle& style, int point, std::string title) {
  Suite suite(std::move(title));
  for (const Finding& finding : report.findings) {
    const RuleText* rule = find_rule_text(report, finding.rule);
    if (!told(finding, style) || (rule == nullptr ? 0 : suite_at(*rule)) != point) continue;
    add_finding(suite, finding);
  }
  const std::set<std::string_view> found = rules_told(report, style);
  for (const RuleText& rule : report.rules) {
    if (suite_at(rule) == point && !found.contains(rule.id)) add_rule(suite, report, rule);
  }
  if (point != 0) return suite;
  for (const Error& error : report.errors) {
    suite.error("meshcheck", "read " + (error.source.empty() ? "the input" : error.source),
                "not-read", error.message);
  }
  if (report.stale != 0 && report.stale_allowed) {
    suite.skip("meshcheck", "baseline", nullptr, stale_sentence(report));
  } else if (report.stale != 0) {
    suite.error("meshcheck", "baseline", "stale", stale_sentence(report));
  }
  return suite;
}

}  // namespace

void write_junit(const Report& report, const ReportStyle& style, std::ostream& out) {
  std::vector<Suite> suites;
  for (const Point& point : report.points) {
    suites.push_back(suite_of(report, style, point.number, point.title));
  }
  suites.push_back(suite_of(report, style, 0, "Beside the points"));
  Counts all;
  for (const Suite& suite : suites) all.add(suite.counts());
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"meshcheck\""
      << all.attributes() << " time=\"0\">\n";
  for (const Suite& suite : suites) {
    if (suite.counts().tests != 0) suite.write(out);
  }
  out << "</testsuites>\n";
}

}  // namespace meshcheck::report
