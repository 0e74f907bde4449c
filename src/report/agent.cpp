// Plain text for language models and scripts that mend what was found: a block a finding, with its
// place, message and remedy; nothing twice, no source lines, no layout. Whatever comes from the
// input is on a line of its own block, so that no name can forge another.
#include <algorithm>
#include <cstddef>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "report/formats.h"
#include "report/place.h"
#include "report/remedy.h"
#include "report/standing.h"
#include "report/summary.h"
#include "report/terminal.h"

namespace meshcheck::report {
namespace {

constexpr std::size_t kShownReasons = 5;

class AgentWriter {
 public:
  AgentWriter(const Report& report, std::ostream& out) : report_(report), out_(out) {}

  void write() {
    out_ << fmt::format("meshcheck: {}; exit {}\n", summary_line(report_),
                        static_cast<int>(report_.exit_code));
    for (const Error& error : report_.errors) {
      out_ << fmt::format("not read: {}\n", printable(error.message));
    }
    for (const Finding& finding : report_.findings) {
      if (stands(finding)) block(finding);
    }
    out_ << '\n';
    points();
    not_evaluated();
  }

 private:
  void block(const Finding& finding) {
    out_ << fmt::format("\n{} {} {}", to_string(finding.severity), printable(finding.rule),
                        place(finding));
    // What has no place in a file is named by its object and field already.
    if (finding.location) {
      out_ << ' ' << name_of(finding.object);
      if (!finding.field.empty()) out_ << ' ' << printable(finding.field);
    }
    if (!finding.mesh.empty()) out_ << " in mesh " << printable(finding.mesh);
    out_ << '\n' << log_line(printable(finding.message)) << '\n';
    for (const std::string& line : related_lines(finding)) out_ << line << '\n';
    if (finding.fix) remedy(finding, *finding.fix);
  }

  void remedy(const Finding& finding, const Fix& fix) {
    const auto [first, added] =
        remedies_.try_emplace({fix.description, fix.patch, fix.values},
                              fmt::format("{} {}", printable(finding.rule), place(finding)));
    if (!added) {
      out_ << fmt::format("fix: as of {}\n", first->second);
      return;
    }
    for (const std::string& line : remedy_lines(fix)) out_ << line << '\n';
  }

  void points() {
    out_ << "points:";
    for (const Point& point : report_.points) {
      out_ << fmt::format("{} {} {}", point.number == 1 ? "" : ",", point.number,
                          to_string(point.status));
    }
    out_ << '\n';
  }

  void not_evaluated() {
    const std::vector<ReasonGroup> groups = by_reason(report_, true);
    std::size_t rest = rules_not_evaluated(report_, true);
    for (std::size_t i = 0; i < std::min(groups.size(), kShownReasons); ++i) {
      out_ << fmt::format("not evaluated: {}: {}\n", ranges_of(groups[i].rules),
                          printable(groups[i].reason));
      rest -= std::min(rest, groups[i].rules.size());
    }
    if (groups.size() > kShownReasons && rest != 0) {
      out_ << fmt::format("not evaluated: {}\n", counted(rest, "more rule"));
    }
  }

  const Report& report_;
  std::ostream& out_;
  std::map<std::tuple<std::string, std::string, std::string>, std::string> remedies_;
};

}  // namespace

void write_agent(const Report& report, const ReportStyle& /*style*/, std::ostream& out) {
  AgentWriter(report, out).write();
}

}  // namespace meshcheck::report
