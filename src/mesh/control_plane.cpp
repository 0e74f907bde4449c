#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "mesh/container_resources.h"
#include "mesh/rendered.h"
#include "mesh/spread.h"
#include "meshcheck/container.h"

namespace meshcheck {
namespace {

constexpr std::string_view kDefaultRevision = "default";

std::vector<EnvVar> read_env(Node container) {
  std::vector<EnvVar> env;
  for (const Node variable : container["env"].items()) {
    EnvVar read{
        .name = std::string(variable["name"].text()), .value = std::nullopt, .node = variable};
    if (!variable["valueFrom"]) read.value = std::string(variable["value"].text());
    env.push_back(std::move(read));
  }
  return env;
}

std::string revision_of(const ScaledWorkload& istiod, const std::vector<EnvVar>& env) {
  if (const Node label = istiod.pod_labels()["istio.io/rev"]; !label.text().empty()) {
    return std::string(label.text());
  }
  for (const EnvVar& variable : env) {
    if (variable.name == "REVISION" && variable.value && !variable.value->empty()) {
      return *variable.value;
    }
  }
  return revision_in_name(istiod.resource.name(), "istiod").value_or(std::string(kDefaultRevision));
}

void read_version(const ScaledWorkload& istiod, const BuildOptions& options, ControlPlane& plane) {
  const Resource& deployment = istiod.resource;
  std::string_view chart = deployment.label("helm.sh/chart");  // "istiod-1.30.3"
  if (chart.starts_with("istiod-")) chart.remove_prefix(std::string_view("istiod-").size());
  struct Clue {
    std::string_view text;
    std::string_view from;
  };
  const std::array clues = {
      Clue{image_tag(plane.image.value), "image tag"},
      Clue{deployment.label("app.kubernetes.io/version"), "label app.kubernetes.io/version"},
      Clue{chart, "label helm.sh/chart"},
      Clue{deployment.label("operator.istio.io/version"), "label operator.istio.io/version"},
  };
  for (const Clue& clue : clues) {
    plane.version = Version::parse(clue.text);
    if (!plane.version) continue;
    plane.version_from = clue.from;
    return;
  }
  plane.version = options.istio_version;
  if (plane.version) plane.version_from = "--istio-version";
}

// Live objects carry `replicas` whoever set it: the API server's default, or the HPA. It is the
// user's where kubectl recorded it or where server-side apply owns it.
bool declares_replicas(const Resource& deployment) {
  if (!deployment.is_live()) return static_cast<bool>(deployment.spec()["replicas"]);
  const Node applied =
      deployment.annotations()["kubectl.kubernetes.io/last-applied-configuration"].embedded();
  if (applied["spec"]["replicas"]) return true;
  return std::ranges::any_of(deployment.metadata()["managedFields"].items(), [](Node entry) {
    return entry["operation"].text() == "Apply" && entry["subresource"].text().empty() &&
           entry["fieldsV1"]["f:spec"]["f:replicas"];
  });
}

// What `istioctl manifest generate` prints bears the charts' labels alone. It renders the charts of
// istiod and of these gateways as one release, which are two of Helm's (istio:
// operator/pkg/helm/helm.go); Helm names the template that each object is from.
bool printed_by_istioctl(const ResourceIndex& resources, const Resource& istiod) {
  if (istiod.is_live() || !istiod.root().document()->chart_source.empty()) return false;
  const std::string_view release = istiod.label("release");
  return std::ranges::any_of(resources.of_kind("Deployment"), [&](const Resource* other) {
    return other->label("operator.istio.io/component").ends_with("Gateways") &&
           other->label("release") == release && in_one_file(other->root(), istiod.root());
  });
}

// The charts give both the Deployment's name.
void mark_beside_chart(ControlPlane& plane) {
  if (plane.method == InstallMethod::objects) return;
  if (auto& autoscaler = plane.autoscaler) {
    autoscaler->beside_chart =
        autoscaler->object.kind == "ScaledObject" || autoscaler->object.name != plane.name;
  }
  for (DisruptionBudget& budget : plane.budgets) {
    budget.beside_chart = budget.object.name != plane.name;
  }
}

}  // namespace

std::optional<std::string> revision_in_name(std::string_view name, std::string_view base) {
  if (!name.starts_with(base)) return std::nullopt;
  name.remove_prefix(base.size());
  if (name.empty()) return std::string(kDefaultRevision);
  if (name.size() == 1 || name.front() != '-') return std::nullopt;
  return std::string(name.substr(1));
}

// As istioctl finds istiod's pods (istio: pkg/kube/client.go), held to the container that no other
// workload has.
std::optional<ScaledWorkload> as_istiod(const Resource& resource) {
  if (resource.kind() != "Deployment") return std::nullopt;
  const Node pod = resource.pod_template();
  if (pod["metadata"]["labels"]["app"].text() != "istiod") return std::nullopt;
  const Node discovery = find_container(pod["spec"], kIstiodContainer);
  if (!discovery) return std::nullopt;
  return ScaledWorkload{resource, discovery};
}

ControlPlane read_control_plane(const ResourceIndex& resources, const ScaledWorkload& istiod,
                                const BuildOptions& options) {
  const Resource& deployment = istiod.resource;
  ControlPlane plane;
  plane.name = deployment.name();
  plane.name_space = deployment.name_space();
  plane.env = read_env(istiod.container);
  plane.revision = revision_of(istiod, plane.env);
  plane.source = deployment.is_live() ? ControlPlaneSource::live : ControlPlaneSource::rendered;
  plane.method = install_method(deployment);
  if (plane.method == InstallMethod::helm && printed_by_istioctl(resources, deployment)) {
    plane.method = InstallMethod::istiooperator;
  }

  const Node image = istiod.container["image"];
  plane.image = {std::string(image.text()), from_input(image)};
  read_version(istiod, options, plane);
  // Charts from 1.24 on take both forms (istio: zzy_descope_legacy.yaml), so where the version is
  // unknown the prefix is the form that always works.
  plane.pilot_prefix = !plane.version || !plane.version->at_least(1, 24);

  plane.object = deployment.ref();
  plane.object.revision = plane.revision;
  plane.deployment = &deployment;
  plane.anchor = deployment.anchor();
  plane.pod_labels = istiod.pod_labels();

  plane.resources =
      read_container_resources(istiod.container["resources"], istiod.container["name"]);
  plane.fixed_replicas = read_integer(deployment.spec()["replicas"], deployment.anchor());
  plane.declared_replicas = declares_replicas(deployment);
  const WorkloadKey key = istiod.key();
  plane.autoscaler = find_autoscaler(resources, key, plane.resources);
  plane.vertical = find_vertical_autoscaler(resources, key);
  plane.budgets = find_budgets(resources, key);
  mark_beside_chart(plane);
  const SpreadReading spread = read_spread(resources, istiod, plane.min_replicas());
  plane.spread = spread.spread;
  plane.spread_known = spread.known;
  return plane;
}

}  // namespace meshcheck
