// GitHub's workflow commands: a step that prints them annotates the lines of a pull request
// (docs.github.com: "Workflow commands for GitHub Actions").
#include <array>
#include <ostream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/cut.h"
#include "report/formats.h"
#include "report/place.h"
#include "report/repository_path.h"
#include "report/standing.h"
#include "report/summary.h"
#include "report/terminal.h"

namespace meshcheck::report {
namespace {

// What a step may annotate of each kind; the runner drops the rest without a word
// (github.com/orgs/community/discussions/26680).
constexpr std::size_t kMostOfAKind = 10;
constexpr std::size_t kLongestMessage = 4096;

std::string_view command(Severity severity) {
  switch (severity) {
    case Severity::info: return "notice";
    case Severity::warning: return "warning";
    case Severity::error: return "error";
  }
  return {};
}

std::string escaped(std::string_view text, std::string_view also) {
  std::string out;
  for (const char c : text) {
    const bool reserved =
        c == '%' || c == '\r' || c == '\n' || also.find(c) != std::string_view::npos;
    if (reserved) {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

std::string escaped_data(std::string_view text) { return escaped(text, ""); }
std::string escaped_property(std::string_view text) { return escaped(text, ":,"); }

std::string region(const Location& where) {
  if (where.line == 0) return {};
  std::string out = fmt::format(",line={}", where.line);
  if (where.column == 0) return out;
  // Columns count only where a region is on one line.
  if (where.end_line != where.line || where.end_column == 0) {
    return out + fmt::format(",col={}", where.column);
  }
  return out + fmt::format(",endLine={},col={},endColumn={}", where.end_line, where.column,
                           where.end_column);
}

std::string annotation(const Finding& finding, const ReportStyle& style) {
  std::string where;
  if (finding.location) {
    if (const auto path = repository_path(finding.location->file, style)) {
      where =
          fmt::format("file={}{},", escaped_property(printable(*path)), region(*finding.location));
    }
  }
  // The log shows the message alone, so it names the place once more.
  std::string message = fmt::format("{}: {}", place(finding), printable(finding.message));
  if (const auto joined = joined_rules(finding); !joined.empty()) {
    message += "\nalso " + printable(fmt::format("{}", fmt::join(joined, ", ")));
  }
  if (finding.fix && !finding.fix->description.empty()) {
    message += "\n" + printable(finding.fix->description);
  }
  return fmt::format(
      "::{} {}title={}::{}\n", command(finding.severity), where,
      escaped_property(fmt::format("{} {}", printable(finding.rule), printable(finding.name))),
      escaped_data(at_most(std::move(message), kLongestMessage)));
}

// Of what was not read nothing is known: the gravest that there is to say.
void annotate_errors(const Report& report, std::ostream& out) {
  if (report.errors.empty()) return;
  std::string message;
  for (const Error& error : report.errors) {
    message += (message.empty() ? "" : "\n") + printable(error.message);
  }
  out << fmt::format(
      "::error title={}::{}\n",
      escaped_property("meshcheck: " + counted(report.errors.size(), "input") + " not read"),
      escaped_data(at_most(std::move(message), kLongestMessage)));
}

// Where it does not fail the run, it is a hint.
void annotate_stale(const Report& report, std::ostream& out) {
  if (report.stale == 0) return;
  out << fmt::format("::{} title={}::{}\n", report.stale_allowed ? "notice" : "error",
                     escaped_property("meshcheck: stale baseline"),
                     escaped_data(stale_sentence(report)));
}

}  // namespace

void write_github(const Report& report, const ReportStyle& style, std::ostream& out) {
  annotate_errors(report, out);
  annotate_stale(report, out);
  std::array<std::size_t, 3> room = {kMostOfAKind, kMostOfAKind, kMostOfAKind};
  if (!report.errors.empty()) --room[static_cast<std::size_t>(Severity::error)];
  if (report.stale != 0) {
    --room[static_cast<std::size_t>(report.stale_allowed ? Severity::info : Severity::error)];
  }
  std::vector<const Finding*> rest;
  for (const Finding* finding : gravest_first(report)) {
    std::size_t& left = room[static_cast<std::size_t>(finding->severity)];
    if (left == 0) {
      rest.push_back(finding);
    } else {
      --left;
      out << annotation(*finding, style);
    }
  }
  if (!rest.empty()) {
    out << fmt::format(
        "::group::{} not annotated: GitHub shows {} errors, {} warnings and {} notices of a step\n",
        counted(rest.size(), "more finding"), kMostOfAKind, kMostOfAKind, kMostOfAKind);
    for (const Finding* finding : rest) {
      out << fmt::format("{}[{}]: {}: {}\n", to_string(finding->severity), printable(finding->rule),
                         place(*finding), printable(finding->message));
    }
    out << "::endgroup::\n";
  }
  out << summary_line(report) << '\n';
}

}  // namespace meshcheck::report
