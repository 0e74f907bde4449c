// The flags of `audit`.
#include <vector>

#include <fmt/format.h>

#include "cli/flags.h"
#include "cli/options_groups.h"
#include "meshcheck/report.h"

namespace meshcheck::cli {
namespace {

void add_reports(CLI::App& app, AuditOptions& audit) {
  app.option_defaults()->group("Report");
  std::vector<std::string_view> formats;
  for (const ReportFormat& format : report_formats()) formats.push_back(format.name);
  add_repeatable(app, "-o,--output", audit.outputs,
                 fmt::format("Report as {}; repeatable", list_words(formats)), "FORMAT[=FILE]");
  offer_words(app.get_options().back(), formats);
  add_text(app, "--sarif-category", audit.sarif_category,
           "Tells reports on one repository apart [default: the folder]", "NAME");
  add_choice(app, "--color", audit.colour, "Colour", "WHEN", kColours);
  add_flag(app, "-q,--quiet", audit.quiet, "Findings only");
  add_flag(app, "-v,--verbose", audit.verbose, "Say also which rules were not evaluated, and why");
  add_flag(app, "--statistics", audit.statistics, "Count the findings of each rule");
}

void add_fixes(CLI::App& app, AuditOptions& audit) {
  app.option_defaults()->group("Fix");
  add_flag(app, "--fix", audit.fix, "Mend in the files what can be mended safely");
  add_flag(app, "--diff", audit.diff, "Print what --fix would change, and change nothing");
  add_flag(app, "--unsafe-fixes", audit.unsafe_fixes,
           "Also what may change traffic, access or logs");
}

}  // namespace

void add_judgement(CLI::App& app, AuditOptions& audit) {
  add_input(app, audit.input);
  app.option_defaults()->group("Input");
  add_list(app, "--proxy-status", audit.input.proxy_status,
           "What istioctl proxy-status or /debug/syncz printed", "FILE");
  add_list(app, "--metrics", audit.input.metrics, "What istiod's /metrics answered", "FILE");
  add_list(app, "--istioctl-analyze", audit.input.istioctl_analyze,
           "What istioctl analyze printed: its messages become findings", "FILE");
  add_live(app, audit.input.live);
  app.option_defaults()->group("Configuration");
  add_text(app, "--now", audit.now, "The date to judge by [default: today]", "DATE");
  add_selection(app, audit.selection);
  app.option_defaults()->group("Accepted findings");
  add_flag(app, "--no-suppressions", audit.no_suppressions,
           "Honour no comment, annotation or entry");
  add_flag(app, "--disallow-annotation-suppressions", audit.disallow_annotation_suppressions,
           "Honour those of meshcheck.yaml only");
}

void add_audit(CLI::App& app, AuditOptions& audit) {
  add_judgement(app, audit);
  add_flag(app, "--include-suppressed", audit.include_suppressed,
           "Machine formats tell what is accepted too");
  add_text(app, "--baseline", audit.input.baseline, "Findings that FILE accepts do not count",
           "FILE");
  add_flag(app, "--allow-stale-baseline", audit.allow_stale_baseline, "It may accept what is gone");
  add_reports(app, audit);
  add_fixes(app, audit);
  app.option_defaults()->group("Exit status");
  add_choice(app, "--fail-on", audit.fail_on, "Exit 1 from", "SEVERITY", kFailOn);
  add_flag(app, "--exit-zero", audit.exit_zero, "Exit 0 even with findings");
  add_flag(app, "--allow-incomplete", audit.allow_incomplete,
           "Exit 0 even where something could not be read");
  app.footer(
      "Examples:\n"
      "  meshcheck audit deploy/\n"
      "  helm template istiod istio/istiod -f values.yaml | meshcheck audit -\n"
      "  meshcheck audit -o concise -o sarif=meshcheck.sarif deploy/\n"
      "  istioctl proxy-status -o json | meshcheck audit --proxy-status -\n\n"
      "It exits with 0 where clean, 1 with findings, 2 for a wrong flag or setting, 3\n"
      "where something was not read, 4 for a defect of meshcheck.\n"
      "Each flag may be set in the environment: --fail-on as MESHCHECK_FAIL_ON.");
}

}  // namespace meshcheck::cli
