// The flags of `baseline`.
#include "cli/flags.h"
#include "cli/options_groups.h"

namespace meshcheck::cli {

void add_baseline(CLI::App& app, BaselineOptions& baseline) {
  app.option_defaults()->group("Input");
  offer_words(app.add_option("ACTION", baseline.action,
                             "write: accept; check: is it up to date; prune: drop what is gone")
                  ->required()
                  ->type_name(""),
              kBaselineActions);
  add_judgement(app, baseline.audit);
  app.option_defaults()->group("Accepted findings");
  add_text(app, "--baseline", baseline.audit.input.baseline,
           "The file [default: meshcheck-baseline.json]", "FILE");
  add_flag(app, "--allow-stale-baseline", baseline.audit.allow_stale_baseline,
           "check: it may accept what is gone");
  // No variables: they are said of one occasion.
  refuse_empty(app.add_option("--ttl", baseline.ttl, "write: accept for 30d or 6w"))
      ->type_name("TIME");
  refuse_empty(app.add_option("--reason", baseline.reason, "write: why it is accepted"))
      ->type_name("TEXT");
  app.option_defaults()->group("Exit status");
  add_flag(app, "--allow-incomplete", baseline.audit.allow_incomplete,
           "Go on even where something could not be read");
  app.footer(
      "Examples:\n"
      "  meshcheck baseline write deploy/\n"
      "  meshcheck audit --baseline meshcheck-baseline.json deploy/\n"
      "  meshcheck baseline prune deploy/\n\n"
      "It exits with 0, 1 where `check` finds entries that are stale or expired, 2 for\n"
      "a wrong flag or a file that is no baseline, 3 where something was not read or\n"
      "written.");
}

}  // namespace meshcheck::cli
