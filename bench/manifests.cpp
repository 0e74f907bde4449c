#include "bench/manifests.h"

#include <array>
#include <cstdint>
#include <random>
#include <string_view>

#include <fmt/format.h>

namespace meshcheck::bench {
namespace {

// Only the engine's raw numbers are the same with every library.
class Dice {
 public:
  std::size_t below(std::size_t n) { return engine_() % n; }
  template <class Table>
  const auto& of(const Table& table) {
    return table[below(table.size())];
  }
  std::string hex(std::size_t digits) {
    std::string text;
    for (std::size_t i = 0; i < digits; ++i) text += "0123456789abcdef"[below(16)];
    return text;
  }

 private:
  std::mt19937 engine_{20261122};
};

constexpr std::array<std::string_view, 12> kNames = {
    "checkout", "catalog", "payment", "search",  "inventory", "billing",
    "gateway",  "ledger",  "session", "profile", "shipping",  "recommendation"};
constexpr std::array<std::string_view, 6> kNamespaces = {"shop", "payments", "platform",
                                                         "data", "edge",     "istio-system"};

struct Object {
  std::string name;
  std::string_view name_space;
};

Object make_object(Dice& dice) {
  return {fmt::format("{}-{}", dice.of(kNames), dice.hex(5)), dice.of(kNamespaces)};
}

std::string uid(Dice& dice) {
  return fmt::format("{}-{}-{}-{}-{}", dice.hex(8), dice.hex(4), dice.hex(4), dice.hex(4),
                     dice.hex(12));
}

void managed_fields(Dice& dice, std::string& out) {
  out += "  managedFields:\n";
  for (const std::string_view manager : {"kubectl-client-side-apply", "kube-controller-manager"}) {
    out += fmt::format(
        "  - apiVersion: apps/v1\n    fieldsType: FieldsV1\n    fieldsV1:\n      f:metadata:\n"
        "        f:annotations:\n          .: {{}}\n"
        "          f:kubectl.kubernetes.io/last-applied-configuration: {{}}\n        f:labels:\n"
        "          .: {{}}\n          f:app: {{}}\n          f:version: {{}}\n      f:spec:\n"
        "        f:progressDeadlineSeconds: {{}}\n        f:replicas: {{}}\n"
        "        f:revisionHistoryLimit: {{}}\n        f:template:\n          f:spec:\n"
        "            f:containers:\n              k:{{\"name\":\"app\"}}:\n"
        "                .: {{}}\n                f:image: {{}}\n"
        "                f:imagePullPolicy: {{}}\n                f:name: {{}}\n"
        "                f:resources:\n                  .: {{}}\n"
        "                  f:limits: {{}}\n                  f:requests: {{}}\n"
        "    manager: {}\n    operation: Update\n    time: \"2026-0{}-1{}T08:0{}:11Z\"\n",
        manager, 1 + dice.below(9), dice.below(9), dice.below(9));
  }
}

void live_metadata(Dice& dice, const Object& object, std::string& out) {
  out += fmt::format(
      "metadata:\n  annotations:\n    deployment.kubernetes.io/revision: \"{}\"\n"
      "  creationTimestamp: \"2026-0{}-1{}T08:00:11Z\"\n  generation: {}\n  labels:\n"
      "    app: {}\n    version: v{}\n",
      dice.below(40), 1 + dice.below(9), dice.below(9), dice.below(60), object.name, dice.below(4));
  managed_fields(dice, out);
  out += fmt::format("  name: {}\n  namespace: {}\n  resourceVersion: \"{}\"\n  uid: {}\n",
                     object.name, object.name_space, 100000 + dice.below(900000), uid(dice));
}

void live_container(Dice& dice, const Object& object, std::string_view indent, std::string& out) {
  const auto line = [&](std::string_view text) { out.append(indent).append(text).append("\n"); };
  line("containers:");
  for (const std::string_view name : {"app", "istio-proxy"}) {
    line("- env:");
    for (std::size_t i = 0; i < 6; ++i) {
      line(fmt::format("  - name: SETTING_{}", dice.hex(4)));
      line(fmt::format("    value: \"{}\"", dice.below(100000)));
    }
    line(fmt::format("  image: registry.example.com/{}/{}:1.{}.{}", object.name_space, object.name,
                     dice.below(30), dice.below(9)));
    line("  imagePullPolicy: IfNotPresent");
    line(fmt::format("  name: {}", name));
    line("  ports:");
    line("  - containerPort: 8080");
    line("    protocol: TCP");
    line("  resources:");
    line("    limits:");
    line(fmt::format("      memory: {}Mi", 64 * (1 + dice.below(32))));
    line("    requests:");
    line(fmt::format("      cpu: {}m", 50 * (1 + dice.below(20))));
    line(fmt::format("      memory: {}Mi", 64 * (1 + dice.below(16))));
    line("  terminationMessagePath: /dev/termination-log");
    line("  terminationMessagePolicy: File");
  }
}

void live_conditions(Dice& dice, std::string& out) {
  out += "status:\n  conditions:\n";
  for (const std::string_view type : {"Available", "Progressing", "Ready", "ContainersReady"}) {
    out += fmt::format(
        "  - lastTransitionTime: \"2026-0{}-1{}T08:00:11Z\"\n"
        "    message: everything that was asked for is there and has been for {} minutes\n"
        "    reason: MinimumReplicasAvailable\n    status: \"True\"\n    type: {}\n",
        1 + dice.below(9), dice.below(9), dice.below(5000), type);
  }
  out +=
      fmt::format("  observedGeneration: {}\n  readyReplicas: {}\n", dice.below(60), dice.below(9));
}

void live_pod(Dice& dice, const Object& object, std::string& out) {
  out += "apiVersion: v1\nkind: Pod\n";
  live_metadata(dice, object, out);
  out += "spec:\n";
  live_container(dice, object, "  ", out);
  out += fmt::format("  nodeName: node-{}\n  restartPolicy: Always\n", dice.below(200));
  live_conditions(dice, out);
}

void live_deployment(Dice& dice, const Object& object, std::string& out) {
  out += "apiVersion: apps/v1\nkind: Deployment\n";
  live_metadata(dice, object, out);
  out += fmt::format(
      "spec:\n  replicas: {}\n  selector:\n    matchLabels:\n      app: {}\n  template:\n"
      "    metadata:\n      labels:\n        app: {}\n    spec:\n",
      1 + dice.below(5), object.name, object.name);
  live_container(dice, object, "      ", out);
  live_conditions(dice, out);
}

void live_service(Dice& dice, const Object& object, std::string& out) {
  out += "apiVersion: v1\nkind: Service\n";
  live_metadata(dice, object, out);
  out += fmt::format(
      "spec:\n  clusterIP: 10.0.{}.{}\n  ports:\n  - name: http\n    port: 80\n"
      "    protocol: TCP\n    targetPort: 8080\n  selector:\n    app: {}\n  type: ClusterIP\n"
      "status:\n  loadBalancer: {{}}\n",
      dice.below(250), dice.below(250), object.name);
}

void live_virtual_service(Dice& dice, const Object& object, std::string& out) {
  out += "apiVersion: networking.istio.io/v1\nkind: VirtualService\n";
  live_metadata(dice, object, out);
  out += fmt::format("spec:\n  hosts:\n  - {}.example.com\n  http:\n", object.name);
  for (std::size_t i = 0; i < 4; ++i) {
    out += fmt::format(
        "  - match:\n    - uri:\n        prefix: /{}/{}\n    route:\n    - destination:\n"
        "        host: {}.{}.svc.cluster.local\n        port:\n          number: 80\n"
        "      weight: 100\n",
        object.name, dice.hex(6), object.name, object.name_space);
  }
}

// A kind that no rule reads.
void live_other(Dice& dice, const Object& object, std::string_view api_version,
                std::string_view kind, std::string& out) {
  out += fmt::format("apiVersion: {}\ndata:\n", api_version);
  for (std::size_t i = 0; i < 8; ++i) {
    out += fmt::format("  key-{}.properties: |\n    a={}\n    b={}\n", dice.hex(4), dice.hex(60),
                       dice.hex(60));
  }
  out += fmt::format("kind: {}\n", kind);
  live_metadata(dice, object, out);
}

void live(Dice& dice, std::string& out) {
  const Object object = make_object(dice);
  const std::size_t draw = dice.below(100);
  if (draw < 34) return live_pod(dice, object, out);
  if (draw < 50) return live_deployment(dice, object, out);
  if (draw < 60) return live_service(dice, object, out);
  if (draw < 70) return live_virtual_service(dice, object, out);
  if (draw < 78) return live_other(dice, object, "v1", "ConfigMap", out);
  if (draw < 86) return live_other(dice, object, "v1", "Secret", out);
  if (draw < 92) return live_other(dice, object, "v1", "Event", out);
  if (draw < 96) return live_other(dice, object, "discovery.k8s.io/v1", "EndpointSlice", out);
  live_other(dice, object, "rbac.authorization.k8s.io/v1", "Role", out);
}

void kept_deployment(Dice& dice, const Object& object, std::string& out) {
  out += fmt::format(
      "# The {0} service. Owned by team {1}; ask there before scaling it down.\n"
      "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {0}\n  namespace: {1}\n"
      "  labels: {{app: {0}, team: \"{1}\"}}\nspec:\n  replicas: {2}\n  selector:\n"
      "    matchLabels: {{app: {0}}}\n  template:\n    metadata:\n      labels:\n"
      "        app: {0}\n        sidecar.istio.io/inject: \"true\"\n    spec:\n"
      "      containers:\n        - name: app\n          image: "
      "\"registry.example.com/{0}:1.{3}\"\n"
      "          args: [\"--listen\", ':8080', --verbose]\n          env:\n",
      object.name, object.name_space, 1 + dice.below(5), dice.below(40));
  for (std::size_t i = 0; i < 4; ++i) {
    out += fmt::format("            - name: SETTING_{}\n              value: '{}'  # measured\n",
                       dice.hex(4), dice.below(1000));
  }
  out += fmt::format(
      "          resources:\n            requests: {{cpu: {}m, memory: {}Mi}}\n"
      "            limits:\n              memory: {}Mi\n          ports:\n"
      "            - containerPort: 8080\n              name: http\n",
      50 * (1 + dice.below(20)), 64 * (1 + dice.below(16)), 64 * (1 + dice.below(32)));
}

void kept_virtual_service(Dice& dice, const Object& object, std::string& out) {
  out += fmt::format(
      "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata:\n  name: {0}\n"
      "  namespace: {1}\nspec:\n  hosts: [\"{0}.example.com\"]\n  gateways:\n"
      "    - istio-system/public\n  http:\n",
      object.name, object.name_space);
  for (std::size_t i = 0; i < 3; ++i) {
    out += fmt::format(
        "    - match:\n        - uri: {{prefix: \"/{0}\"}}\n      route:\n        - destination:\n"
        "            host: {1}.{2}.svc.cluster.local\n            port: {{number: 80}}\n",
        dice.hex(6), object.name, object.name_space);
  }
}

void kept_config(Dice& dice, const Object& object, std::string& out) {
  out += fmt::format(
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {}\n  namespace: {}\ndata:\n"
      "  app.conf: |\n    # what the service reads at start\n",
      object.name, object.name_space);
  for (std::size_t i = 0; i < 8; ++i) {
    out += fmt::format("    option.{} = {}\n", dice.hex(4), dice.hex(24));
  }
}

void kept(Dice& dice, std::string& out) {
  const Object object = make_object(dice);
  const std::size_t draw = dice.below(100);
  if (draw < 45) return kept_deployment(dice, object, out);
  if (draw < 65) return kept_virtual_service(dice, object, out);
  if (draw < 75) return kept_config(dice, object, out);
  if (draw < 90) {
    out += fmt::format(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: {0}\n  namespace: {1}\nspec:\n"
        "  selector: {{app: {0}}}\n  ports:\n    - {{name: http, port: 80, targetPort: 8080}}\n",
        object.name, object.name_space);
    return;
  }
  out += fmt::format(
      "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata:\n  name: {0}\n"
      "  namespace: {1}\nspec:\n  action: ALLOW\n  selector:\n    matchLabels:\n      app: {0}\n"
      "  rules:\n    - from:\n        - source:\n            principals:\n"
      "              - cluster.local/ns/{1}/sa/{2}\n      to:\n        - operation:\n"
      "            methods: [GET, \"POST\"]\n",
      object.name, object.name_space, dice.of(kNames));
}

template <class Write>
std::string documents(std::size_t bytes, const Write& write) {
  Dice dice;
  std::string out;
  out.reserve(bytes + 16384);
  while (out.size() < bytes) {
    write(dice, out);
    out += "---\n";
  }
  return out;
}

}  // namespace

std::string dump(std::size_t bytes) { return documents(bytes, live); }
std::string gitops(std::size_t bytes) { return documents(bytes, kept); }

std::string json_list(std::size_t bytes) {
  Dice dice;
  std::string out = R"({"apiVersion": "v1", "kind": "List", "items": [)";
  while (out.size() < bytes) {
    const Object object = make_object(dice);
    out += fmt::format(
        R"(
    {{"apiVersion": "apps/v1", "kind": "Deployment",
     "metadata": {{"name": "{0}", "namespace": "{1}", "labels": {{"app": "{0}"}}}},
     "spec": {{"replicas": 2, "selector": {{"matchLabels": {{"app": "{0}"}}}},
      "template": {{"metadata": {{"labels": {{"app": "{0}"}}}}, "spec": {{"containers": [
       {{"name": "main", "image": "example.com/{0}:1", "ports": [{{"containerPort": 8080}}],
        "env": [{{"name": "SETTING", "value": "{2}"}}]}}]}}}}}},
     "status": {{"replicas": 2, "readyReplicas": 2}}}},)",
        object.name, object.name_space, dice.hex(40));
  }
  out.back() = ']';
  out += "}\n";
  return out;
}

}  // namespace meshcheck::bench
