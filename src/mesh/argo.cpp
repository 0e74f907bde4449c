// Argo CD Applications and ApplicationSets that install Istio's charts.
// (argo-cd: pkg/apis/application/v1alpha1/types.go, ApplicationSourceHelm)
#include <fmt/format.h>

#include "mesh/declaration.h"

namespace meshcheck {
namespace {

// What `helm.values` says: a YAML text, which the reader has parsed unless it is a template.
void read_values_text(Node text, Declaration& declaration) {
  if (text.is_mapping()) return add_user_values(declaration.values, text);
  if (text.text().empty()) return;
  if (const Node values = text.embedded()) return add_user_values(declaration.values, values);
  declaration.opaque = fmt::format("helm.values at {} is a template", place(text));
}

void read_value_files(Node helm, std::span<const Node> values, Consumed& consumed,
                      Declaration& declaration) {
  for (const Node file : helm["valueFiles"].items()) {
    const Node root = find_values_file(values, file.text(), {});
    if (root) {
      merge(declaration.values, istiod_values(root));
      consumed.push_back(root);
    } else {
      declaration.opaque =
          fmt::format("values file {} at {} is not in the input", file.text(), place(file));
    }
  }
}

// As `helm --set-string` reads it, in a list too.
void take_for_text(HelmValue& value) {
  for (HelmValue& item : value.items) take_for_text(item);
  if (value.kind == NodeKind::sequence) return;
  value.kind = NodeKind::scalar;
  value.type = ScalarType::string;
}

// Later ones win: valueFiles, values, valuesObject, parameters.
void read_helm(Node helm, std::span<const Node> values, Consumed& consumed,
               Declaration& declaration) {
  read_value_files(helm, values, consumed, declaration);
  if (!helm["valuesObject"]) read_values_text(helm["values"], declaration);
  add_user_values(declaration.values, helm["valuesObject"]);
  for (const Node parameter : helm["parameters"].items()) {
    const auto name = parameter["name"].text();
    // With an escape (`a\.b`) it is a key of someone's labels, none of the settings we read.
    if (name.empty() || name.find('\\') != std::string_view::npos) continue;
    HelmValue value = set_value(parameter["value"].text(), parameter["value"]);
    if (parameter["forceString"].boolean().value_or(false)) take_for_text(value);
    declaration.values.make_path(name) = std::move(value);
  }
  for (const Node parameter : helm["fileParameters"].items()) {
    HelmValue& value = declaration.values.make_path(parameter["name"].text());
    value = user_values(parameter["path"]);
    obscure(value, fmt::format("file {} at {}", parameter["path"].text(), place(parameter)));
  }
}

// A templatePatch is a text with variables, laid over each Application that the set makes; one that
// does not touch the source leaves the values alone.
void read_template_patch(Node patch, std::span<Declaration> made) {
  const bool touches = patch.text().find("source") != std::string_view::npos || patch.is_mapping();
  if (!touches) return;
  for (Declaration& declaration : made) {
    declaration.opaque = fmt::format("templatePatch at {} may change it", place(patch));
    obscure(declaration.values, declaration.opaque);
  }
}

// Where a `valuesObject` can be laid under `spec.source` without harm: beside `helm.values` it
// would silence that text, and in other shapes of an Application it stands elsewhere.
bool takes_values_object(const Resource& resource, Node source) {
  return resource.kind() == "Application" && resource.spec()["sources"].size() == 0 &&
         (source["helm"]["valuesObject"] || !source["helm"]["values"]);
}

void read_source(const Resource& resource, Node spec, Node source, std::span<const Node> values,
                 Consumed& consumed, Declarations& found) {
  const bool in_git = !source["chart"];
  const std::string chart(in_git ? source["path"].text() : source["chart"].text());
  const std::string_view known = istio_chart(chart);
  // A folder of any repository may be called istiod and hold manifests or a kustomization.
  if (known.empty() || (in_git && !source["helm"])) return;
  Declaration declaration;
  declaration.method =
      takes_values_object(resource, source) ? InstallMethod::argo : InstallMethod::helm;
  declaration.chart = known;
  declaration.object = resource.ref();
  declaration.anchor = resource.anchor();
  read_helm(source["helm"], values, consumed, declaration);
  declaration.chart_version = version_of_range(source["targetRevision"].text());
  declaration.chart_version_from = "chart version";
  if (in_git && !is_folder_of_istio(chart)) take_for_own_chart(chart, declaration);
  declaration.release_name = source["helm"]["releaseName"].text();
  const Node name_space = spec["destination"]["namespace"];
  if (written(name_space).known()) declaration.name_space = name_space.text();
  found.push_back(std::move(declaration));
}

void read_application(const Resource& resource, Node spec, std::span<const Node> values,
                      Consumed& consumed, Declarations& found) {
  // Where both stand, Argo CD reads `sources`.
  for (const Node source : spec["sources"].items()) {
    read_source(resource, spec, source, values, consumed, found);
  }
  if (spec["sources"].size() == 0) {
    read_source(resource, spec, spec["source"], values, consumed, found);
  }
}

}  // namespace

void find_argo_applications(const ResourceIndex& resources, std::span<const Node> values,
                            Consumed& consumed, Declarations& found) {
  for (const Resource* application : resources.of_kind("Application")) {
    if (application->group() != "argoproj.io") continue;
    read_application(*application, application->spec(), values, consumed, found);
  }
  for (const Resource* set : resources.of_kind("ApplicationSet")) {
    if (set->group() != "argoproj.io") continue;
    const std::size_t before = found.size();
    read_application(*set, set->spec()["template"]["spec"], values, consumed, found);
    read_template_patch(set->spec()["templatePatch"], std::span(found).subspan(before));
  }
}

}  // namespace meshcheck
