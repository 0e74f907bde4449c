// Severity, documentation and parameters: rules/mc903-cni-incompatible.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

bool runs_daemon(const Mesh& mesh, const char* label, std::string_view value) {
  return std::ranges::any_of(mesh.resources->of_kind("DaemonSet"), [&](const Resource* daemon) {
    return daemon->pod_template()["metadata"]["labels"][label].text() == value;
  });
}

// What of the mesh is known to be there; the input may leave out some of it.
struct Parts {
  explicit Parts(const Mesh& mesh)
      : istio_cni(runs_daemon(mesh, "k8s-app", "istio-cni-node") ||
                  std::ranges::any_of(mesh.injectors,
                                      [](const Injector& injector) {
                                        return injector.sidecar.cni.value_or(false);
                                      })),
        ztunnel(runs_daemon(mesh, "app", "ztunnel")),
        any(istio_cni || ztunnel || !mesh.control_planes.empty() || !mesh.injectors.empty()) {}
  bool istio_cni;
  bool ztunnel;
  bool any;
};

struct Setting {
  Node node;
  std::string field;
  std::string_view effect;
  std::string_view instead;
};

void report(const Resource& object, std::string_view whose, const Setting& setting, Sink& sink) {
  sink.report(setting.node, "{}'s {} is {}: {}", whose,
              setting.field.substr(setting.field.find('.') + 1), setting.node.text(),
              setting.effect)
      .object(object.ref())
      .field(setting.field)
      .fix(fmt::format("Set {}.", setting.instead));
}

constexpr std::string_view kSocketEffect =
    "sockets in pods pick a backend themselves, and the mesh never sees which Service was called";

// istio: operator/pkg/apis/validation/validation.go, detectCniIncompatibility
void judge_cilium(const Resource& config, const Parts& parts, Sink& sink) {
  sink.judged();
  const Node data = config.root()["data"];
  const auto is = [&](const char* key, std::string_view value) {
    return data[key].text() == value;
  };
  const auto say = [&](const char* key, std::string_view effect, std::string_view instead) {
    report(config, "Cilium", {data[key], fmt::format("data.{}", key), effect, instead}, sink);
  };
  if (parts.istio_cni && is("cni-exclusive", "true")) {
    say("cni-exclusive", "it removes the configuration of istio-cni, and pods start without it",
        "cni.exclusive: false in Cilium's Helm values, cni-exclusive: \"false\" here");
  }
  if (parts.ztunnel && is("enable-bpf-masquerade", "true")) {
    say("enable-bpf-masquerade", "the kubelet's probes of pods in ambient mode fail",
        "bpf.masquerade: false in Cilium's Helm values, enable-bpf-masquerade: \"false\" here");
  }
  if (is("bpf-lb-sock-hostns-only", "true")) return;
  for (const auto& [key, value] : {std::pair{"bpf-lb-sock", "true"},
                                   // Up to Cilium 1.13 `strict` brings the socket load balancer.
                                   std::pair{"kube-proxy-replacement", "strict"}}) {
    if (!is(key, value)) continue;
    say(key, kSocketEffect,
        "socketLB.hostNamespaceOnly: true in Cilium's Helm values, "
        "bpf-lb-sock-hostns-only: \"true\" here");
    return;
  }
}

void judge_calico(const Resource& config, Sink& sink) {
  sink.judged();
  const Node spec = config.spec();
  // Without its BPF data plane the rest is not used.
  if (!spec["bpfEnabled"].boolean().value_or(false)) return;
  const Node mode = spec["bpfConnectTimeLoadBalancing"];
  const Node enabled = spec["bpfConnectTimeLoadBalancingEnabled"];
  const bool by_mode = !mode.is_null() && mode.text() != "Disabled";
  if (!by_mode && !(mode.is_null() && enabled.boolean().value_or(false))) return;
  report(config, "Calico",
         {by_mode ? mode : enabled,
          by_mode ? "spec.bpfConnectTimeLoadBalancing" : "spec.bpfConnectTimeLoadBalancingEnabled",
          kSocketEffect,
          by_mode ? "bpfConnectTimeLoadBalancing: Disabled"
                  : "bpfConnectTimeLoadBalancingEnabled: false"},
         sink);
}

}  // namespace

void mc903_cni_incompatible(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  const Parts parts(mesh);
  bool any = false;
  const auto judge_each = [&](const char* kind, std::string_view name, const auto& judge) {
    for (const Resource* object : mesh.resources->of_kind(kind)) {
      if (object->name() != name) continue;
      any = true;
      if (parts.any) judge(*object);
    }
  };
  judge_each("ConfigMap", "cilium-config",
             [&](const Resource& config) { judge_cilium(config, parts, sink); });
  judge_each("FelixConfiguration", "default",
             [&](const Resource& config) { judge_calico(config, sink); });
  if (!any) {
    sink.not_evaluated("no settings of Cilium or Calico are in the input",
                       {"ConfigMap cilium-config", "FelixConfiguration"});
  } else if (!parts.any) {
    sink.not_evaluated("nothing of Istio is in the input beside the cluster's network", {"istiod"});
  }
}

}  // namespace meshcheck::rules
