#include "meshcheck/resource.h"

#include <string>

#include <catch2/catch.hpp>

#include "support/yaml_mesh.h"

using namespace meshcheck;

namespace {

struct Indexed {
  explicit Indexed(std::string_view yaml) : text(yaml) {
    for (const Document* document : text.documents()) {
      added += index.add(document->root(), "default");
    }
  }
  test::YamlText text;
  ResourceIndex index;
  std::size_t added = 0;
};

std::string pod_of(const std::string& yaml) {
  const test::YamlText text(yaml);
  const Resource resource(text.root(), "default");
  return std::string(resource.pod_template()["metadata"]["labels"]["app"].text());
}

}  // namespace

TEST_CASE("Every workload kind has its pod template where Kubernetes keeps it") {
  const std::string pod = "template: {metadata: {labels: {app: web}}}}";
  const auto [head, tail] = GENERATE_COPY(table<std::string, std::string>({
      {"apiVersion: apps/v1, kind: Deployment", "spec: {" + pod},
      {"apiVersion: apps/v1, kind: StatefulSet", "spec: {" + pod},
      {"apiVersion: apps/v1, kind: DaemonSet", "spec: {" + pod},
      {"apiVersion: apps/v1, kind: ReplicaSet", "spec: {" + pod},
      {"apiVersion: v1, kind: ReplicationController", "spec: {" + pod},
      {"apiVersion: batch/v1, kind: Job", "spec: {" + pod},
      {"apiVersion: batch/v1, kind: CronJob", "spec: {jobTemplate: {spec: {" + pod + "}}"},
      {"apiVersion: argoproj.io/v1alpha1, kind: Rollout", "spec: {" + pod},
      {"apiVersion: serving.knative.dev/v1, kind: Service", "spec: {" + pod},
      {"apiVersion: apps.openshift.io/v1, kind: DeploymentConfig", "spec: {" + pod},
      {"apiVersion: v1, kind: Pod", "metadata: {labels: {app: web}}"},
  }));
  CAPTURE(head);
  CHECK(pod_of("{" + head + ", " + tail + "}") == "web");
}

TEST_CASE("A Service of the core group and a Flagger Canary have no pods of their own") {
  const std::string spec = ", spec: {template: {metadata: {labels: {app: web}}}}}";
  CHECK(pod_of("{apiVersion: v1, kind: Service" + spec).empty());
  CHECK(pod_of("{apiVersion: flagger.app/v1beta1, kind: Canary" + spec).empty());
}

TEST_CASE("A namespaced object without a namespace is in the default one") {
  const Indexed indexed(R"(
{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: shop}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: c, namespace: x}}
)");
  REQUIRE(indexed.added == 3);
  CHECK(indexed.index.find("ConfigMap", "default", "a") != nullptr);
  CHECK(indexed.index.find("ConfigMap", "shop", "b") != nullptr);
  CHECK(indexed.index.find("ClusterRole", "", "c") != nullptr);
  CHECK(indexed.index.in_namespace("ConfigMap", "shop").size() == 1);
}

TEST_CASE("Kinds of one name are told apart by group where scope differs") {
  CHECK(is_cluster_scoped("", "Namespace"));
  CHECK(is_cluster_scoped("gateway.networking.k8s.io", "GatewayClass"));
  CHECK(is_cluster_scoped("sailoperator.io", "Istio"));
  CHECK_FALSE(is_cluster_scoped("gateway.networking.k8s.io", "Gateway"));
  CHECK_FALSE(is_cluster_scoped("cluster.x-k8s.io", "Cluster"));
  CHECK_FALSE(is_cluster_scoped("install.istio.io", "IstioOperator"));
}

TEST_CASE("The items of a List are objects, also where only the List says their type") {
  const Indexed indexed(R"(
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
- {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Secret, metadata: {name: b}}]}
---
apiVersion: v1
kind: ServiceList
items:
- {metadata: {name: c, namespace: shop}, spec: {type: NodePort}}
)");
  REQUIRE(indexed.added == 3);
  const Resource* service = indexed.index.find("Service", "shop", "c");
  REQUIRE(service != nullptr);
  CHECK(service->api_version() == "v1");
  CHECK(indexed.index.find("Secret", "default", "b") != nullptr);
}

TEST_CASE("What has no kind, no version or no name is no object") {
  const Indexed indexed(R"(
{kind: ConfigMap, metadata: {name: a}}
---
{apiVersion: v1, metadata: {name: a}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {}}
---
[1, 2]
---
text
)");
  CHECK(indexed.added == 0);
}

TEST_CASE("Half a workload is a patch, and the index holds none") {
  const std::string selector = "selector: {matchLabels: {app: web}}, ";
  const std::string head = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {";
  const std::string whole = "template: {spec: {containers: [{name: web, image: web:1}]}}}}";
  CHECK(Indexed(head + selector + whole).added == 1);
  CHECK(Indexed(head + whole).added == 0);
  CHECK(Indexed(head + selector + "template: {spec: {containers: [{name: web}]}}}}").added == 0);
  CHECK(Indexed(head + selector + "replicas: 3}}").added == 0);
  CHECK(Indexed("{apiVersion: batch/v1, kind: Job, metadata: {name: web}, spec: {" + whole).added ==
        1);
  CHECK(Indexed("{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: web}, "
                "spec: {workloadRef: {name: web}}}")
            .added == 1);
}

TEST_CASE("An object is live once the API server has left its marks on it") {
  const auto live = [](const std::string& rest) {
    const test::YamlText text("{apiVersion: v1, kind: Service, metadata: {name: a" + rest + "}");
    return Resource(text.root(), "default").is_live();
  };
  CHECK(live(", uid: 00000000-0000-0000-0000-000000000000}"));
  CHECK(live(", resourceVersion: '1'}"));
  CHECK(live("}, status: {loadBalancer: {ingress: [{ip: 192.0.2.1}]}}"));
  CHECK_FALSE(live("}"));
  CHECK_FALSE(live(", creationTimestamp: null}, status: {loadBalancer: {}}"));
  CHECK_FALSE(live("}, status: {conditions: [], acceptedNames: {kind: '', plural: ''}}"));
}

TEST_CASE("Only objects that one file describes twice are duplicates") {
  const Indexed indexed(R"(
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: a}}
---
{apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {name: a, namespace: default}}
---
{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: a, namespace: other}}
---
{apiVersion: v1, kind: Service, metadata: {name: a}}
---
{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: a},
 spec: {template: {spec: {containers: [{image: a}]}}}}
)");
  REQUIRE(indexed.added == 5);
  const auto groups = indexed.index.duplicates();
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].size() == 2);

  const test::YamlText first("{apiVersion: v1, kind: Service, metadata: {name: a}}", "base.yaml");
  const test::YamlText second("{apiVersion: v1, kind: Service, metadata: {name: a}}",
                              "overlay.yaml");
  ResourceIndex index;
  index.add(first.root(), "default");
  index.add(second.root(), "default");
  CHECK(index.duplicates().empty());
}
