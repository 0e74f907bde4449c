// What the text format says of findings that do not count: who accepted them and why.
#include <algorithm>
#include <ostream>
#include <string>

#include <fmt/format.h>

#include "report/place.h"
#include "report/terminal.h"
#include "report/text_parts.h"

namespace meshcheck::report {
namespace {

void write_list(const Report& report, FindingState state, std::string_view title, const Ink& ink,
                std::ostream& out) {
  if (std::ranges::find(report.findings, state, &Finding::state) == report.findings.end()) return;
  out << ink.paint(Colour::bold, title) << '\n';
  for (const Finding& finding : report.findings) {
    if (finding.state != state) continue;
    const std::string reason =
        finding.justification.empty() ? "" : fmt::format(" ({})", finding.justification);
    out << fmt::format("  {}: {} [{}]", place(finding), printable(finding.message),
                       printable(finding.rule))
        << ink.paint(Colour::dim, printable(reason)) << '\n';
  }
  out << '\n';
}

}  // namespace

void write_accepted(const Report& report, const Ink& ink, std::ostream& out) {
  write_list(report, FindingState::suppressed, "Suppressed", ink, out);
  write_list(report, FindingState::baselined, "In the baseline", ink, out);
}

void write_gone(const Report& report, const Ink& ink, std::ostream& out) {
  const auto is_fixed = [](const Finding& finding) { return finding.state == FindingState::fixed; };
  if (std::ranges::none_of(report.findings, is_fixed)) return;
  out << ink.paint(Colour::bold, "Of the baseline, and gone") << '\n';
  for (const Finding& finding : report.findings) {
    if (!is_fixed(finding)) continue;
    const std::string field = finding.field.empty() ? "" : " " + finding.field;
    out << fmt::format("  {}: {} {}{}: {}\n", place(finding), printable(finding.rule),
                       name_of(finding.object), printable(field), printable(finding.message));
  }
  out << '\n';
}

}  // namespace meshcheck::report
