// The proxy that an injector puts into a pod: what it requests, and what decided that.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/quantity.h"
#include "meshcheck/traced.h"

namespace meshcheck {

struct Injector;

// A template that Istio does not ship.
struct InjectionTemplate {
  std::string name;
  bool sets_resources = false;  // of some container, maybe of the proxy
};

// One name for several templates.
struct TemplateAlias {
  std::string name;
  std::vector<std::string> templates;
};

// What an injector's values and its istiod say of sidecars, beside resources.
struct SidecarSettings {
  std::optional<Version> version;              // of the templates; nullopt: not known
  std::optional<std::string> native;           // ENABLE_NATIVE_SIDECARS, where it is set
  std::vector<std::string> default_templates;  // none: `sidecar`
  std::optional<bool> cni;                     // istio-cni redirects traffic; nullopt: not known
  std::vector<InjectionTemplate> own_templates = {};
  std::vector<TemplateAlias> aliases = {};

  // Those that the names mean, aliases resolved (istio: pkg/kube/inject/inject.go, resolveAliases).
  std::vector<std::string> resolve(const std::vector<std::string>& names) const;
  // The first of these templates that may size the proxy beside Istio's own; or empty.
  std::string resizing(const std::vector<std::string>& templates) const;
};

// The annotations that size one pod's proxy. Any one of them drops all of the injector's defaults,
// limits included (istio: manifests/charts/istio-control/istio-discovery/files/
// injection-template.yaml, `define "resources"`).
struct ResourceAnnotation {
  std::string_view key;
  std::string_view field;  // "requests.cpu"
  Traced<std::optional<Quantity>> Resources::* member;
};
inline constexpr std::array<ResourceAnnotation, 4> kResourceAnnotations = {{
    {"sidecar.istio.io/proxyCPU", "requests.cpu", &Resources::cpu_request},
    {"sidecar.istio.io/proxyMemory", "requests.memory", &Resources::memory_request},
    {"sidecar.istio.io/proxyCPULimit", "limits.cpu", &Resources::cpu_limit},
    {"sidecar.istio.io/proxyMemoryLimit", "limits.memory", &Resources::memory_limit},
}};
bool sizes_proxy(Node annotations);

struct Sidecar {
  enum class Origin : std::uint8_t {
    injector,     // the injector's defaults
    annotations,  // of the pod template, and nothing of the defaults
    none,         // the `gateway` template brings no resources
    running,      // injected already: the container as it stands there
  };
  Origin origin = Origin::injector;
  bool gateway = false;     // made by the `gateway` template
  Resources resources;      // effective: with the pod's own container and LimitRanges merged in
  Node container;           // the pod's own istio-proxy container, or missing
  std::string limit_range;  // that filled in what was missing, else empty
  // In initContainers with restartPolicy Always; nullopt where it hangs on what is not in the
  // input.
  std::optional<bool> native;
  const Injector* injector = nullptr;  // whose defaults apply; null where it is not in the input
};
// "injector istio-sidecar-injector", "annotations + container istio-proxy".
std::string describe_origin(const Sidecar& sidecar);

// How many pods of a workload run at once.
struct PodCount {
  std::int64_t least = 1;  // at rest
  std::int64_t most = 1;   // where its autoscaler has reached its maximum
  bool known = true;       // false for a DaemonSet whose nodes are not in the input
};

}  // namespace meshcheck
