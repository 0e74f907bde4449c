// What a person reads: each finding with its source line and remedy, then where the mesh stands.
#include <algorithm>
#include <cstddef>
#include <map>
#include <ostream>
#include <string_view>

#include <fmt/format.h>

#include "report/formats.h"
#include "report/standing.h"
#include "report/summary.h"
#include "report/terminal.h"
#include "report/text_parts.h"

namespace meshcheck::report {
namespace {

// Of one rule: a folder of charts has hundreds of templates, and they would bury what matters.
constexpr std::size_t kMostInfos = 3;
constexpr int kNarrowest = 40;
constexpr int kWidest = 120;  // prose wider than this is hard to read

std::string_view code(Colour colour) {
  switch (colour) {
    case Colour::bold: return "1";
    case Colour::dim: return "2";
    case Colour::red: return "1;31";
    case Colour::yellow: return "1;33";
    case Colour::blue: return "1;34";
    case Colour::green: return "32";
    case Colour::cyan: return "1;36";
  }
  return "0";
}

void write_findings(const Report& report, const Ink& ink, std::ostream& out) {
  std::map<std::string_view, std::size_t> infos;
  for (const Finding& finding : report.findings) {
    if (!stands(finding)) continue;
    const bool more = finding.severity == Severity::info && ++infos[finding.rule] > kMostInfos;
    if (!more || ink.verbose()) write_finding(report, finding, ink, out);
  }
  if (ink.verbose()) return;
  for (const auto& [rule, count] : infos) {
    if (count <= kMostInfos) continue;
    out << fmt::format("{}: {}, listed with -v\n\n",
                       ink.paint(colour_of(Severity::info), fmt::format("info[{}]", rule)),
                       counted(count - kMostInfos, "more place"));
  }
}

}  // namespace

Colour colour_of(Severity severity) {
  switch (severity) {
    case Severity::info: return Colour::cyan;
    case Severity::warning: return Colour::yellow;
    case Severity::error: return Colour::red;
  }
  return Colour::bold;
}

std::string Ink::paint(Colour colour, std::string_view text) const {
  if (!style_.colour || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code(colour), text);
}

std::string Ink::link(std::string_view url, std::string_view text) const {
  if (!style_.links || url.empty()) return std::string(text);
  return fmt::format("\x1b]8;;{}\x1b\\{}\x1b]8;;\x1b\\", printable(url), text);
}

std::size_t Ink::width() const {
  return static_cast<std::size_t>(std::clamp(style_.width, kNarrowest, kWidest));
}

void write_text(const Report& report, const ReportStyle& style, std::ostream& out) {
  const Ink ink(style);
  write_findings(report, ink, out);
  if (style.verbose) write_accepted(report, ink, out);
  write_gone(report, ink, out);
  if (style.statistics) write_statistics(report, ink, out);
  if (style.quiet) return;
  // Where nothing was read, two dozen lines of "not evaluated" would bury the reason.
  const bool nothing_read = report.inputs.resources == 0 && !report.errors.empty();
  if (!nothing_read || style.verbose) {
    write_points(report, ink, out);
    write_not_evaluated(report, ink, out);
  }
  write_summary(report, ink, out);
}

}  // namespace meshcheck::report
