// The flags of every command but `audit`.
#include "cli/flags.h"
#include "cli/options_groups.h"

namespace meshcheck::cli {
namespace {

// MESHCHECK_OUTPUT names formats of reports, so the variable is left to `audit`.
void add_output(CLI::App& app, std::string& output, std::span<const std::string_view> formats) {
  app.option_defaults()->group("Options");
  output = formats.front();
  offer_words(
      app.add_option("-o,--output", output, "Print as " + list_words(formats))->type_name("FORMAT"),
      formats);
}

void add_request(CLI::App& inspect, InspectOptions& options) {
  inspect.option_defaults()->group("Policies");
  add_text(inspect, "--policies", options.policies, "What may call a workload: policies in order",
           "NS/WORKLOAD");
  add_text(inspect, "--from", options.from, "Its caller, cluster.local/ns/NS/sa/NAME or none",
           "PRINCIPAL");
  // A Service called meshcheck puts MESHCHECK_PORT into the environment of every pod beside it
  // (kubernetes.io: concepts/services-networking/service, "Environment variables").
  inspect.add_option("--port", options.port, "The port of the workload that is called")
      ->type_name("N");
  add_text(inspect, "--path", options.path, "The path that is asked for", "URL-PATH");
  add_text(inspect, "--method", options.method, "The method of the request", "METHOD");
}

}  // namespace

void add_explain(CLI::App& app, ExplainOptions& explain) {
  app.add_option("RULE", explain.rule, "ID or name")->required()->type_name("");
  app.footer(
      "Examples:\n"
      "  meshcheck explain MC201\n"
      "  meshcheck explain istiod-single-replica");
}

void add_rules(CLI::App& app, RulesOptions& rules) {
  add_selection(app, rules.selection);
  add_output(app, rules.output, kRulesFormats);
  app.footer(
      "Examples:\n"
      "  meshcheck rules --select MC2,availability\n"
      "  meshcheck rules -o json | jq -r '.[].id'");
}

void add_inspect(CLI::App& app, InspectOptions& inspect) {
  add_input(app, inspect.input);
  add_output(app, inspect.output, kInspectFormats);
  add_flag(app, "--documents", inspect.documents,
           "Print each document as one line of JSON instead");
  add_request(app, inspect);
  app.footer(
      "Examples:\n"
      "  meshcheck inspect deploy/\n"
      "  meshcheck inspect --policies shop/web --from none --port 8080 deploy/\n\n"
      "Each flag may be set in the environment: --complete as MESHCHECK_COMPLETE; but\n"
      "for --output and --port.");
}

void add_config(CLI::App& app, ConfigOptions& config) {
  app.require_subcommand(1);
  CLI::App* show =
      app.add_subcommand("show", "Print the settings that hold, and where each comes from");
  show->add_option("PATH", config.input.paths, "What would be audited [default: .]")->type_name("");
  add_configuration(*show, config.input);
  add_selection(*show, config.selection);
  add_output(*show, config.output, kConfigFormats);
  show->footer(
      "What `audit` would use with the same flags and variables, as a meshcheck.yaml\n"
      "whose comments say the place of each value, and why each rule runs or does not.");
  app.add_subcommand("schema", "Print the JSON Schema of meshcheck.yaml");
  app.add_subcommand("init", "Write a commented meshcheck.yaml into this folder");
  for (CLI::App* sub : app.get_subcommands({})) sub->group("Commands");
}

void add_completion(CLI::App& app, CompletionOptions& completion) {
  offer_words(
      app.add_option("SHELL", completion.shell, "bash, zsh or fish")->required()->type_name(""),
      kShells);
  app.footer(
      "For this shell only:\n"
      "  bash:  source <(meshcheck completion bash)\n"
      "  zsh:   source <(meshcheck completion zsh)\n"
      "  fish:  meshcheck completion fish | source\n\n"
      "For all to come:\n"
      "  meshcheck completion bash \\\n"
      "    > ~/.local/share/bash-completion/completions/meshcheck\n"
      "  meshcheck completion zsh > \"${fpath[1]}/_meshcheck\"\n"
      "  meshcheck completion fish \\\n"
      "    > ~/.config/fish/completions/meshcheck.fish");
}

}  // namespace meshcheck::cli
