// Flags that several commands share.
#include "cli/flags.h"
#include "cli/options_groups.h"

namespace meshcheck::cli {

void add_input(CLI::App& app, InputOptions& input) {
  app.option_defaults()->group("Input");
  app.add_option("PATH", input.paths, "Files, folders, - for standard input [default: .]")
      ->type_name("");
  add_repeatable(app, "-f,--filename", input.filenames, "The same as PATH, as kubectl spells it",
                 "PATH");
  add_list(app, "--values", input.values, "Helm values of istiod; later ones lie on top", "FILE");
  add_list(app, "--versions", input.versions, "What istioctl version printed", "FILE");
  add_text(app, "--istio-version", input.istio_version,
           "Istio's version where the input does not say it", "VERSION");
  add_text(app, "--kube-version", input.kube_version, "Kubernetes' version, else from Nodes",
           "VERSION");
  add_text(app, "--stdin-filename", input.stdin_filename, "What to call the standard input",
           "NAME");
  add_text(app, "--default-namespace", input.default_namespace,
           "Namespace of objects that name none", "NAME");
  add_text(app, "-n", input.name_space, "The same; with --live and no PATH, --namespace", "NAME");
  add_flag(app, "--complete", input.complete, "What is not in the input does not exist");
  add_flag(app, "--parse-all", input.parse_all, "Parse also the kinds that no rule reads");
  add_flag(app, "--render", input.render, "Judge what helm template and kustomize build print");
  add_text(app, "--render-timeout", input.render_timeout, "For each of them [default: 60s]",
           "TIME");
  add_configuration(app, input);
  add_text(app, "--node-allocatable", input.node_allocatable,
           "Nodes, as cpu=4,memory=16Gi,count=10", "NODE");
}

void add_configuration_file(CLI::App& app, InputOptions& input) {
  app.option_defaults()->group("Configuration");
  add_text(app, "--config", input.config, "Read FILE, not the nearest meshcheck.yaml", "FILE");
  add_flag(app, "--isolated", input.isolated, "Read no configuration file");
}

void add_configuration(CLI::App& app, InputOptions& input) {
  add_configuration_file(app, input);
  add_list(app, "--rps", input.rates, "Requests per second of a workload; repeatable", "NS/NAME=N");
}

void add_selection(CLI::App& app, Selection& selection) {
  app.option_defaults()->group("Rules");
  add_list(app, "--select", selection.select, "Rules by ID, prefix, name or tag [default: ALL]",
           "RULE,...");
  add_list(app, "--extend-select", selection.extend_select, "Rules beside the selected",
           "RULE,...");
  add_list(app, "--ignore", selection.ignore, "Rules not to run", "RULE,...");
}

}  // namespace meshcheck::cli
