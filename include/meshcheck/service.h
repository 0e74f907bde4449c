// Which workloads stand behind a Service or a selector, and on which of their ports.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/injection.h"
#include "meshcheck/resource.h"

namespace meshcheck {

// Finds workloads by their pods' labels without looking at all of them. A running Pod is left out
// where its namespace shows what makes pods: it repeats its controller's template.
class WorkloadIndex {
 public:
  WorkloadIndex() = default;
  // The workloads must stay where they are.
  WorkloadIndex(std::span<const Workload> workloads, const ResourceIndex& resources);

  // Those of the namespace whose pods have all of these labels; none where no label is asked for.
  std::vector<const Workload*> select(std::string_view name_space, Node match_labels) const;
  std::span<const Workload* const> in_namespace(std::string_view name_space) const;
  // Behind a Service of any type; none where it has no selector.
  std::vector<const Workload*> behind(const Resource& service) const;
  std::span<const Resource* const> services_of(const Workload& workload) const;

 private:
  using Workloads = std::vector<const Workload*>;
  std::map<std::string, Workloads, std::less<>> by_namespace_;
  std::map<std::string, Workloads, std::less<>> by_label_;  // "namespace/key=value"
  std::unordered_map<const Workload*, std::vector<const Resource*>> services_;
};

// A port as text: a key of portLevelMtls, an item of an annotation.
std::optional<std::int64_t> port_number(std::string_view text);
// The port of the pod that a Service's port (an item of spec.ports) leads to; nullopt where it is
// named and no container declares the name.
std::optional<std::int64_t> container_port(Node service_port, const Workload& workload);
// The port of that name which a container of the pod declares.
std::optional<std::int64_t> named_port(std::string_view name, const Workload& workload);
// The port of a Service by its name or number; missing if it has none such.
Node service_port(const Resource& service, std::string_view name_or_number);

// The Service that a host means to an Istio object of the namespace: "web" or
// "web.shop.svc.cluster.local" (istio: pkg/config/model/resource.go, ResolveShortnameToFQDN). Null
// for what is not in the input, for wildcards and for hosts outside the cluster.
const Resource* find_service(const ResourceIndex& resources, std::string_view host,
                             std::string_view name_space);

// Whether the sidecar takes what comes in on the port (traffic.sidecar.istio.io/…InboundPorts);
// ztunnel takes all.
bool takes_inbound(const Workload& workload, std::int64_t port);

}  // namespace meshcheck
