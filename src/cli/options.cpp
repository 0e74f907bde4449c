#include "cli/options.h"

#include <algorithm>
#include <cctype>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/help_format.h"

namespace meshcheck::cli {
namespace {

// --fail-on → MESHCHECK_FAIL_ON
std::string environment_name(const std::string& flag) {
  std::string name = "MESHCHECK_";
  for (const char c : flag) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

CLI::Option* with_environment(CLI::Option* option) {
  const auto names = option->get_lnames();
  return names.empty() ? option : option->envname(environment_name(names.front()));
}

void add_list(CLI::App& app, const std::string& flag, std::vector<std::string>& target,
              const std::string& description, const std::string& type) {
  with_environment(app.add_option(flag, target, description)->type_name(type))
      ->delimiter(',')
      ->expected(1)
      ->allow_extra_args(false)  // the next word is a PATH, not another value
      ->take_all();
}

void add_text(CLI::App& app, const std::string& flag, std::string& target,
              const std::string& description, const std::string& type) {
  with_environment(app.add_option(flag, target, description)->type_name(type));
}

void add_flag(CLI::App& app, const std::string& flag, bool& target,
              const std::string& description) {
  with_environment(app.add_flag(flag, target, description));
}

void add_input(CLI::App& app, InputOptions& input) {
  app.option_defaults()->group("Input");
  app.add_option("PATH", input.paths, "Files, folders, - for standard input [default: .]")
      ->type_name("");
  app.add_option("-f,--filename", input.filenames, "The same as PATH, as kubectl spells it")
      ->type_name("PATH")
      ->envname("MESHCHECK_FILENAME")
      ->expected(1)
      ->allow_extra_args(false)  // the next word is a PATH, not another value
      ->take_all();
  add_list(app, "--values", input.values, "Helm values of istiod; later ones lie on top", "FILE");
  add_list(app, "--versions", input.versions, "What istioctl version printed", "FILE");
  add_text(app, "--istio-version", input.istio_version,
           "Istio's version where the input does not say it", "VERSION");
  add_text(app, "--kube-version", input.kube_version, "Kubernetes' version, else from Nodes",
           "VERSION");
  add_text(app, "--stdin-filename", input.stdin_filename, "What to call the standard input",
           "NAME");
  add_text(app, "-n,--default-namespace", input.default_namespace,
           "Namespace of objects that name none", "NAME");
  add_flag(app, "--complete", input.complete, "What is not in the input does not exist");
  add_flag(app, "--parse-all", input.parse_all, "Parse also the kinds that no rule reads");
  app.option_defaults()->group("Configuration");
  add_text(app, "--config", input.config, "Read FILE, not the nearest meshcheck.yaml", "FILE");
  add_flag(app, "--isolated", input.isolated, "Read no configuration file");
  add_list(app, "--rps", input.rates, "Requests per second of a workload; repeatable", "NS/NAME=N");
  add_text(app, "--node-allocatable", input.node_allocatable,
           "Nodes, as cpu=4,memory=16Gi,count=10", "NODE");
}

void add_selection(CLI::App& app, Selection& selection) {
  app.option_defaults()->group("Rules");
  add_list(app, "--select", selection.select, "Rules by ID, prefix, name or tag [default: ALL]",
           "RULE,...");
  add_list(app, "--extend-select", selection.extend_select, "Rules beside the selected",
           "RULE,...");
  add_list(app, "--ignore", selection.ignore, "Rules not to run", "RULE,...");
}

// Flags of every command that judges what it reads.
void add_judgement(CLI::App& app, AuditOptions& audit) {
  add_input(app, audit.input);
  app.option_defaults()->group("Input");
  add_list(app, "--proxy-status", audit.input.proxy_status,
           "What istioctl proxy-status or /debug/syncz printed", "FILE");
  add_list(app, "--metrics", audit.input.metrics, "What istiod's /metrics answered", "FILE");
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
  app.option_defaults()->group("Report");
  app.add_option("-o,--output", audit.outputs, "text (default), concise, json, sarif; repeatable")
      ->type_name("FORMAT[=FILE]")
      ->envname("MESHCHECK_OUTPUT")
      ->expected(1)
      ->allow_extra_args(false)  // the next word is a PATH, not another value
      ->take_all();
  add_text(app, "--color", audit.colour, "auto (default), always or never", "WHEN");
  add_flag(app, "-q,--quiet", audit.quiet, "Findings only");
  add_flag(app, "-v,--verbose", audit.verbose, "Say also which rules were not evaluated, and why");
  add_flag(app, "--statistics", audit.statistics, "Count the findings of each rule");
  app.option_defaults()->group("Exit status");
  add_text(app, "--fail-on", audit.fail_on, "Exit 1 from: error (default), warning, info, never",
           "SEVERITY");
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

void add_baseline(CLI::App& app, BaselineOptions& options) {
  app.option_defaults()->group("Input");
  app.add_option("ACTION", options.action,
                 "write: accept what is found; check: is it up to date; prune: drop what is gone")
      ->required()
      ->type_name("");
  add_judgement(app, options.audit);
  app.option_defaults()->group("Accepted findings");
  add_text(app, "--baseline", options.audit.input.baseline,
           "The file [default: meshcheck-baseline.json]", "FILE");
  add_flag(app, "--allow-stale-baseline", options.audit.allow_stale_baseline,
           "check: it may accept what is gone");
  // No variables: they are said of one occasion.
  app.add_option("--ttl", options.ttl, "write: accept for so many days or weeks, as 30d or 6w")
      ->type_name("TIME");
  app.add_option("--reason", options.reason, "write: why it is accepted")->type_name("TEXT");
  app.option_defaults()->group("Exit status");
  add_flag(app, "--allow-incomplete", options.audit.allow_incomplete,
           "Go on even where something could not be read");
  app.footer(
      "Examples:\n"
      "  meshcheck baseline write deploy/\n"
      "  meshcheck audit --baseline meshcheck-baseline.json deploy/\n"
      "  meshcheck baseline prune deploy/\n\n"
      "It exits with 0, 1 where `check` finds entries that are stale or expired, 2 for a\n"
      "wrong flag or a file that is no baseline, 3 where something was not read or\n"
      "written.");
}

// MESHCHECK_OUTPUT names formats of reports, so the variable is left to `audit`.
void add_table_or_json(CLI::App& app, std::string& output) {
  app.option_defaults()->group("Options");
  app.add_option("-o,--output", output, "table (default) or json")->type_name("FORMAT");
}

std::vector<std::string> flags_of(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
    for (const std::string& name : option->get_snames()) flags.push_back("-" + name);
  }
  return flags;
}

std::string suggestion(const std::string& near, const std::string& hint) {
  return near.empty() ? hint : fmt::format("did you mean `{}`? {}", near, hint);
}

Error unknown_flag(const std::string& flag, const CLI::App& command) {
  const std::vector<std::string> known = flags_of(command);
  if (std::ranges::find(known, flag) != known.end()) {
    return fail("", fmt::format("`{}` stands before the command", flag),
                fmt::format("write it behind: meshcheck {} {} …", command.get_name(), flag));
  }
  std::string near = nearest(flag, known);
  for (const std::string& other : known) {  // ruff's --output-format
    if (near.empty() && other.starts_with("--") && flag.starts_with(other + "-")) near = other;
  }
  return fail(
      "", fmt::format("there is no flag `{}`", flag),
      suggestion(near, fmt::format("`meshcheck {} --help` lists the flags", command.get_name())));
}

Error unknown_command(const std::string& word, const CLI::App& app) {
  const std::string list = "`meshcheck --help` lists the commands";
  const std::string message = fmt::format("there is no command `{}`", word);
  if (word == "help")
    return fail("", message, list + ", `meshcheck audit --help` the flags of one");
  std::vector<std::string> known;
  for (const CLI::App* sub : app.get_subcommands({})) known.push_back(sub->get_name());
  const std::string near = nearest(word, known);
  return fail("", message,
              near.empty() ? fmt::format("{}; to audit files: meshcheck audit {}", list, word)
                           : suggestion(near, list));
}

// A word that is no flag, command or path of the command line; `command` is what it has chosen.
Error unexpected(const std::string& word, const CLI::App& app, const CLI::App& command) {
  const std::string flag = word.substr(0, word.find('='));
  const bool chosen = &command != &app;
  if (word.starts_with('-') && chosen) return unknown_flag(flag, command);
  if (word == "help" || (!chosen && !word.starts_with('-'))) return unknown_command(word, app);
  if (chosen) {
    return fail("", fmt::format("`{}` is one word too many", word),
                fmt::format("`meshcheck {} --help` lists the flags", command.get_name()));
  }
  return fail("", fmt::format("there is no flag `{}`", flag),
              suggestion(nearest(flag, flags_of(app)),
                         "`meshcheck --help` lists the commands; to audit files: meshcheck audit "
                         "PATH"));
}

void add_request(CLI::App& inspect, InspectOptions& options) {
  add_text(inspect, "--policies", options.policies, "What may call a workload: policies in order",
           "NS/WORKLOAD");
  add_text(inspect, "--from", options.from, "Its caller, cluster.local/ns/NS/sa/NAME or none",
           "PRINCIPAL");
  // A Service called meshcheck puts MESHCHECK_PORT into the environment of every pod beside it
  // (kubernetes.io: concepts/services-networking/service, "Environment variables").
  inspect.add_option("--port", options.port, "The port of the workload that is called")
      ->type_name("N");
  add_text(inspect, "--path", options.path, "The path that is asked for", "PATH");
  add_text(inspect, "--method", options.method, "The method of the request", "METHOD");
}

// CLI11's words, made ours: what is wrong, and what to type next.
Error usage_error(const CLI::ParseError& error, const CLI::App& app) {
  const CLI::App* command = &app;
  for (const CLI::App* sub : app.get_subcommands()) command = sub;
  const std::vector<std::string> rest = app.remaining(true);
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError) && !rest.empty()) {
    return unexpected(rest.front(), app, *command);
  }
  std::string message = error.what();
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ArgumentMismatch)) {
    message = message.substr(0, message.find(':')) + " needs a value";
  }
  // "RULE is required" begins with a name.
  const bool sentence =
      message.size() > 1 && std::islower(static_cast<unsigned char>(message[1])) != 0;
  if (sentence) message[0] = static_cast<char>(std::tolower(message[0]));
  while (message.ends_with('\n') || message.ends_with('.')) message.pop_back();
  return fail("", message,
              command == &app
                  ? "`meshcheck --help` lists the commands; to audit files: meshcheck audit PATH"
                  : fmt::format("`meshcheck {} --help` lists the flags", command->get_name()));
}

}  // namespace

Result<CommandLine> parse_command_line(const std::vector<std::string>& args) {
  CommandLine line;
  CLI::App app("Finds what takes an Istio mesh down before it does.", "meshcheck");
  app.formatter(std::make_shared<HelpFormat>());
  app.require_subcommand(0, 1);
  app.set_help_flag("-h,--help", "Print this and end");
  bool version_flag = false;
  app.add_flag("-V,--version", version_flag, "Print the version and end");

  CLI::App* audit =
      app.add_subcommand("audit", "Find what is wrong in manifests, values, installs");
  add_audit(*audit, line.audit);
  CLI::App* baseline =
      app.add_subcommand("baseline", "Accept today's findings; only new ones fail");
  add_baseline(*baseline, line.baseline);
  CLI::App* explain = app.add_subcommand("explain", "Say what a rule finds, why, and the fix");
  explain->add_option("RULE", line.explain.rule, "ID or name")->required()->type_name("");
  CLI::App* rules = app.add_subcommand("rules", "List the rules");
  add_selection(*rules, line.rules.selection);
  add_table_or_json(*rules, line.rules.output);
  CLI::App* inspect = app.add_subcommand("inspect", "Show the mesh as meshcheck sees it");
  add_input(*inspect, line.inspect.input);
  add_table_or_json(*inspect, line.inspect.output);
  add_flag(*inspect, "--documents", line.inspect.documents,
           "Print each document as one line of JSON instead");
  add_request(*inspect, line.inspect);
  CLI::App* version = app.add_subcommand("version", "Print the version");
  app.footer(
      "Start with `meshcheck audit PATH`; `meshcheck audit --help` has its flags and\n"
      "examples. A rule's reason and remedy: `meshcheck explain MC201`.");

  for (CLI::App* sub : app.get_subcommands({})) sub->group("Commands");

  try {
    std::vector<std::string> reversed(args.rbegin(), args.rend());
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    line.help = chosen.empty() ? app.help() : chosen.front()->help("meshcheck");
    return line;
  } catch (const CLI::ParseError& error) {
    return usage_error(error, app);
  }
  if (version_flag || version->parsed()) {
    line.command = CommandName::version;
  } else if (audit->parsed()) {
    line.command = CommandName::audit;
  } else if (baseline->parsed()) {
    line.command = CommandName::baseline;
  } else if (explain->parsed()) {
    line.command = CommandName::explain;
  } else if (rules->parsed()) {
    line.command = CommandName::rules;
  } else if (inspect->parsed()) {
    line.command = CommandName::inspect;
  } else {
    line.help = app.help();
  }
  return line;
}

}  // namespace meshcheck::cli
