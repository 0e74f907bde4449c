// What values and operators ask for becomes the control plane that the chart of that version makes.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "input/load.h"
#include "mesh/build.h"

using namespace meshcheck;

namespace {

// A mesh read from one text, as from the standard input.
struct Read {
  explicit Read(std::string text, const char* istio_version = "") : yaml(std::move(text)) {
    LoadOptions options;
    options.stdin_text = yaml;
    options.stdin_name = "in.yaml";
    options.parse_all = true;
    const std::vector<std::string> paths{"-"};
    loaded = load(paths, options);
    std::vector<Node> values;
    for (const Document* document : loaded.documents) {
      if (is_values_document(document->root())) {
        values.push_back(document->root());
      } else {
        resources.add(document->root(), "");
      }
    }
    BuildOptions build;
    build.istio_version = Version::parse(istio_version);
    read_declared(resources, values, build, mesh);
  }

  const ControlPlane& plane() const {
    REQUIRE(mesh.control_planes.size() == 1);
    return mesh.control_planes.front();
  }

  std::string yaml;
  Loaded loaded;
  ResourceIndex resources;
  Mesh mesh;
};

bool is_values(const std::string& text) { return Read(text).mesh.control_planes.size() == 1; }

std::string cpu(const Resources& resources) {
  return resources.cpu_request.value ? resources.cpu_request.value->text() : "none";
}

}  // namespace

TEST_CASE("A chart's default stands where the user says nothing, and says so") {
  const Read read("meshConfig: {}\nrevision: ''\nglobal: {tag: 1.30.3}\n");
  const ControlPlane& plane = read.plane();
  CHECK(plane.version->text() == "1.30.3");
  CHECK(plane.version_from == "image tag");
  REQUIRE(plane.autoscaler);
  CHECK(plane.autoscaler->min.value == 1);
  CHECK(plane.autoscaler->min.from.kind == Provenance::Kind::chart_default);
  CHECK(plane.autoscaler->min.from.text == "chart 1.30 default");
  CHECK(cpu(plane.resources) == "500m");
}

TEST_CASE("A user's value knows its line") {
  const Read read("meshConfig: {}\nautoscaleMin: 3\n", "1.30");
  CHECK(read.plane().autoscaler->min.value == 3);
  CHECK(read.plane().autoscaler->min.from.kind == Provenance::Kind::input);
  CHECK(read.plane().autoscaler->min.from.text == "in.yaml:2");
  CHECK(read.plane().version_from == "--istio-version");
}

TEST_CASE("From 1.24 `pilot` wins over the top level") {
  const Read read("autoscaleMin: 2\npilot: {autoscaleMin: 4}\n", "1.24");
  CHECK(read.plane().autoscaler->min.value == 4);
  CHECK(read.plane().pilot_prefix);
  CHECK_FALSE(Read("autoscaleMin: 2\nmeshConfig: {}\n", "1.24").plane().pilot_prefix);
}

TEST_CASE("Up to 1.23 the top level is ignored, and the provenance says so") {
  const Read read("autoscaleMin: 2\nautoscaleMax: 9\n", "1.22");
  const ControlPlane& plane = read.plane();
  CHECK(plane.autoscaler->min.value == 1);
  CHECK(plane.autoscaler->min.from.kind == Provenance::Kind::chart_default);
  CHECK(plane.autoscaler->min.from.text.find("in.yaml:1 is ignored") != std::string::npos);
  CHECK(plane.pilot_prefix);
}

TEST_CASE("A profile's `pilot` beats a user's top level, as the chart merges them") {
  const Read top("profile: demo\nresources: {requests: {cpu: 2}}\nmeshConfig: {}\n", "1.30");
  CHECK(cpu(top.plane().resources) == "10m");
  CHECK(top.plane().resources.cpu_request.from.text == "profile demo of 1.30");
  CHECK_FALSE(top.plane().autoscaler);
  const Read below("profile: demo\npilot: {resources: {requests: {cpu: 2}}}\n", "1.30");
  CHECK(cpu(below.plane().resources) == "2");
}

TEST_CASE("A null takes a default away, and with it, in old charts, the whole of resources") {
  const Read old_chart("meshConfig: {}\npilot: {resources: {requests: null}}\n", "1.18");
  CHECK(cpu(old_chart.plane().resources) == "10m");
  const Read new_chart("meshConfig: {}\npilot: {resources: {requests: null}}\n", "1.30");
  CHECK(cpu(new_chart.plane().resources) == "none");
}

TEST_CASE("Replicas count only where autoscaling is off") {
  const Read on("meshConfig: {}\npilot: {replicaCount: 3}\n", "1.30");
  CHECK_FALSE(on.plane().fixed_replicas.value);
  const Read off("pilot: {autoscaleEnabled: false, replicaCount: 3}\nmeshConfig: {}\n", "1.30");
  CHECK(off.plane().fixed_replicas.value == 3);
  CHECK_FALSE(off.plane().autoscaler);
  CHECK(off.plane().budgets.size() == 1);
}

TEST_CASE("From 1.28 a budget wants more than one replica") {
  CHECK(Read("meshConfig: {}\nautoscaleMin: 1\n", "1.27").plane().budgets.size() == 1);
  CHECK(Read("meshConfig: {}\nautoscaleMin: 1\n", "1.28").plane().budgets.empty());
  CHECK(Read("meshConfig: {}\nautoscaleMin: 2\n", "1.28").plane().budgets.size() == 1);
  const Read asked("autoscaleMin: 1\npdb: {minAvailable: 1}\n", "1.28");
  CHECK(asked.plane().budgets.empty());
  CHECK_FALSE(asked.plane().budget_trap.empty());
}

TEST_CASE("istioctl 1.28.0 to 1.28.7, 1.29 and 1.30 hide hpaSpec from the chart's budget") {
  const std::string text =
      "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n"
      "  components: {pilot: {k8s: {hpaSpec: {minReplicas: 2}}}}\n  tag: ";
  for (const char* trapped : {"1.28.0", "1.28.7", "1.29.6", "1.30.3"}) {
    const Read read(text + trapped + "\n");
    CHECK(read.plane().autoscaler->min.value == 2);
    CHECK(read.plane().budgets.empty());
    CHECK_FALSE(read.plane().budget_trap.empty());
  }
  for (const char* sound : {"1.27.9", "1.28.8", "1.31.0"}) {
    const Read read(text + sound + "\n");
    CHECK(read.plane().budgets.size() == 1);
    CHECK(read.plane().budget_trap.empty());
  }
}

TEST_CASE("k8s.podDisruptionBudget only changes a budget that is there") {
  const Read none(
      "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: a}\n"
      "spec: {tag: 1.31.0, components: {pilot: {k8s: {podDisruptionBudget: {minAvailable: "
      "1}}}}}\n");
  CHECK(none.plane().budgets.empty());
  CHECK_FALSE(none.plane().budget_trap.empty());
}

TEST_CASE("Overlays set what they name and make unknown what they may touch") {
  const Read read(R"(apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: a}
spec:
  tag: 1.30.3
  components:
    pilot:
      k8s:
        overlays:
        - kind: HorizontalPodAutoscaler
          name: istiod
          patches: [{path: spec.minReplicas, value: 4}]
        - kind: Deployment
          name: istiod
          patches: [{path: "spec.template.spec.affinity.podAntiAffinity", value: {}}]
)");
  CHECK(read.plane().autoscaler->min.value == 4);
  CHECK_FALSE(read.plane().spread_known);
}

TEST_CASE("The profiles of istioctl decide which components there are") {
  const std::string head = "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n";
  const Read plain(head + "  tag: 1.30.3\n");
  CHECK(plain.mesh.gateways.size() == 1);
  const Read empty(head + "  profile: empty\n  tag: 1.30.3\n");
  CHECK(empty.mesh.control_planes.empty());
  CHECK(empty.mesh.gateways.empty());
  const Read off(head + "  tag: 1.30.3\n  components: {pilot: {enabled: false}}\n");
  CHECK(off.mesh.control_planes.empty());
  // What proxies of this cluster are told comes from where istiod runs.
  CHECK(plain.mesh.mesh_configs.size() == 1);
  CHECK(off.mesh.mesh_configs.empty());
}

TEST_CASE("Anti-affinity counts where its selector selects the pods that the chart makes") {
  const std::string term =
      "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: ["
      "{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {istio: pilot}}}]}}\n";
  const Read unrevisioned("autoscaleMin: 2\nmeshConfig: {}\n" + term, "1.30");
  CHECK(unrevisioned.plane().spread.host == Spread::Strength::required);
  // Pods of a revision carry istio: istiod.
  const Read revisioned("autoscaleMin: 2\nrevision: canary\n" + term, "1.30");
  CHECK(revisioned.plane().spread.host == Spread::Strength::none);
}

TEST_CASE("A variable is unknown, not a default") {
  const Read read(R"(apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: istiod, namespace: istio-system}
spec:
  chart: {spec: {chart: istiod, version: 1.30.x}}
  values: {autoscaleMin: "${MIN}"}
)");
  CHECK_FALSE(read.plane().autoscaler_known);
  CHECK_FALSE(read.plane().budgets_known);
  CHECK(read.plane().method == InstallMethod::flux);
  CHECK(read.plane().version_from == "chart version");
}

TEST_CASE("A range over several minor versions does not tell which of them runs") {
  const auto from = [](const char* range) {
    const Read read(fmt::format(R"(apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: istiod, namespace: istio-system}}
spec:
  chart: {{spec: {{chart: istiod, version: "{}"}}}}
)",
                                range));
    return read.plane().version_from;
  };
  for (const char* range : {">=1.26.0", "^1.26.0", "1.26.0 || 1.28.0", "*", ">1.26 <1.29"}) {
    CHECK(from(range) == "assumed");
  }
  for (const char* range : {"~1.26.0", "1.26.x", "1.26.*", "1.26.0"}) {
    CHECK(from(range) == "chart version");
  }
}

TEST_CASE("Values from elsewhere make every default unknown") {
  const Read read(R"(apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: istiod, namespace: istio-system}
spec:
  chart: {spec: {chart: istiod, version: 1.30.3}}
  valuesFrom: [{kind: Secret, name: istiod}]
  values: {resources: {requests: {cpu: 700m}}}
)");
  CHECK(cpu(read.plane().resources) == "700m");
  CHECK_FALSE(read.plane().resources.memory_request.known());
  CHECK_FALSE(read.plane().autoscaler_known);
}

TEST_CASE("An Application's parameters win over its values") {
  const Read read(R"(apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: istiod, namespace: argocd}
spec:
  destination: {namespace: istio-system}
  source:
    chart: istiod
    targetRevision: 1.30.3
    helm:
      values: |
        autoscaleMin: 2
        autoscaleMax: 7
      parameters: [{name: autoscaleMin, value: "3"}]
)");
  CHECK(read.plane().autoscaler->min.value == 3);
  CHECK(read.plane().autoscaler->max.value == 7);
  CHECK(read.plane().name_space == "istio-system");
}

TEST_CASE("What is no quantity and no number is unknown, not absent") {
  const Read read(R"(revision: a
global: {tag: 1.30.3, proxy: {resources: {requests: {cpu: 1e2m}}}}
resources: {requests: {cpu: 500m, memory: 2GB}, limits: {memory: 4 Gi}}
cpu: {targetAverageUtilization: most}
)");
  const ControlPlane& plane = read.plane();
  CHECK(plane.resources.cpu_request.value->text() == "500m");
  CHECK_FALSE(plane.resources.memory_request.known());
  CHECK(plane.resources.memory_request.from.text == "not a quantity");
  CHECK_FALSE(plane.resources.memory_limit.known());
  CHECK_FALSE(plane.autoscaler->cpu_target.known());
  CHECK_FALSE(read.mesh.injectors.at(0).resources.cpu_request.known());
  CHECK_FALSE(
      Read("revision: a\nautoscaleMin: two\nglobal: {tag: 1.30.3}\n").plane().autoscaler_known);
}

TEST_CASE("What k8s settings say and is no quantity is unknown as well") {
  const Read read(R"(apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  tag: 1.30.3
  values: {pilot: {autoscaleMin: 2}}
  components:
    pilot:
      k8s:
        resources: {requests: {cpu: 500m, memory: 2G i}, limits: {memory: 4GB}}
        hpaSpec: {minReplicas: two, maxReplicas: 5.0}
)");
  const ControlPlane& plane = read.plane();
  CHECK(plane.resources.cpu_request.value->text() == "500m");
  CHECK_FALSE(plane.resources.memory_request.known());
  CHECK_FALSE(plane.resources.memory_limit.known());
  CHECK_FALSE(plane.autoscaler->min.known());
  CHECK(plane.autoscaler->max.known());
  CHECK(plane.autoscaler->max.value == 5);
}

TEST_CASE("A whole number may be written as a float, which Helm prints without its fraction") {
  const Read read("revision: a\nglobal: {tag: 1.30.3}\nautoscaleMin: 2.0\nautoscaleMax: 5e0\n");
  CHECK(read.plane().autoscaler->min.value == 2);
  CHECK(read.plane().autoscaler->min.known());
  CHECK(read.plane().autoscaler->max.value == 5);
  CHECK_FALSE(
      Read("revision: a\nautoscaleMin: 2.5\nglobal: {tag: 1.30.3}\n").plane().autoscaler_known);
}

TEST_CASE("Sail's tag knows the namespaces that name it") {
  const Read read(R"(apiVersion: sailoperator.io/v1
kind: Istio
metadata: {name: prod}
spec: {version: v1.26.2, namespace: istio-system}
---
apiVersion: sailoperator.io/v1
kind: IstioRevisionTag
metadata: {name: stable}
spec: {targetRef: {kind: Istio, name: prod}}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio.io/rev: stable}}
)");
  REQUIRE(read.mesh.tags.size() == 1);
  CHECK(read.mesh.tags[0].namespaces == std::vector<std::string>{"shop"});
}

TEST_CASE("Parameters set items of lists") {
  const Read read(R"(apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: istiod, namespace: argocd}
spec:
  destination: {namespace: istio-system}
  source:
    chart: istiod
    targetRevision: 1.30.3
    helm:
      parameters:
        - {name: "meshConfig.extensionProviders[0].name", value: file}
        - {name: "meshConfig.extensionProviders[0].envoyFileAccessLog.path", value: /dev/stdout}
        - {name: "meshConfig.defaultProviders.accessLogging[0]", value: file}
)");
  const MeshConfig& config = read.mesh.mesh_configs.at(0);
  CHECK(config.access_log_providers == std::vector<std::string>{"file"});
  const bool there = std::ranges::any_of(
      config.log_providers, [](const LogProvider& provider) { return provider.name == "file"; });
  CHECK(there);
}

TEST_CASE("A kustomization's helmCharts are releases") {
  const Read read(R"(kind: Kustomization
namespace: mesh
helmCharts:
- {name: istiod, version: 1.29.1, valuesInline: {autoscaleMin: 2, revision: blue}}
)");
  CHECK(read.plane().autoscaler->min.value == 2);
  CHECK(read.plane().revision == "blue");
  CHECK(read.plane().name_space == "mesh");
  CHECK(read.plane().method == InstallMethod::kustomize);
}

TEST_CASE("Sail names the revision after the resource") {
  const Read read(R"(apiVersion: sailoperator.io/v1
kind: Istio
metadata: {name: prod}
spec:
  version: v1.26.2
  namespace: istio-system
  updateStrategy: {type: RevisionBased}
  values: {pilot: {autoscaleMin: 2}, revisionTags: [stable]}
)");
  CHECK(read.plane().revision == "prod-v1-26-2");
  CHECK(read.plane().autoscaler->min.value == 2);
  REQUIRE(read.mesh.tags.size() == 1);
  CHECK(read.mesh.tags[0].name == "stable");
}

TEST_CASE("Values of the istiod chart are told from those of other charts") {
  CHECK(is_values("pilot: {autoscaleMin: 2}\nglobal: {proxy: {}}\n"));
  CHECK(is_values("revision: canary\nmeshConfig: {accessLogFile: /dev/stdout}\n"));
  CHECK(is_values("istiod:\n  pilot: {autoscaleMin: 2}\n  meshConfig: {}\n"));
  CHECK_FALSE(is_values("replicaCount: 1\nresources: {}\nautoscaling: {}\nglobal: {}\n"));
  CHECK_FALSE(is_values("revision: a\nautoscaling: {minReplicas: 2}\nlabels: {}\n"));  // gateway
  CHECK_FALSE(is_values("global: {istioNamespace: istio-system}\ndefaultRevision: a\n"));  // base
  CHECK_FALSE(is_values("revision: a\nmeshConfig: {}\nxdsAddress: x\n"));  // ztunnel
  CHECK_FALSE(is_values("cni: {}\nglobal: {hub: h, tag: t}\n"));           // cni
}
