#include "meshcheck/service.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "meshcheck/quantity.h"

namespace meshcheck {
namespace {

std::string label_key(std::string_view name_space, Node key, Node value) {
  return fmt::format("{}/{}={}", name_space, key.text(), value.text());
}

// An annotation's comma-separated ports.
bool lists(std::string_view ports, std::int64_t wanted) {
  for (std::size_t begin = 0; begin <= ports.size();) {
    const std::size_t end = std::min(ports.find(',', begin), ports.size());
    std::string_view one = ports.substr(begin, end - begin);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one == "*" || port_number(one) == wanted) return true;
    begin = end + 1;
  }
  return false;
}

}  // namespace

WorkloadIndex::WorkloadIndex(std::span<const Workload> workloads, const ResourceIndex& resources) {
  std::set<std::string_view> with_controllers;
  for (const Workload& workload : workloads) {
    if (workload.kind != "Pod") with_controllers.insert(workload.name_space);
  }
  for (const Workload& workload : workloads) {
    const bool repeats = workload.kind == "Pod" && with_controllers.contains(workload.name_space) &&
                         workload.owned();
    if (repeats) continue;
    by_namespace_[workload.name_space].push_back(&workload);
    for (const auto [key, value] : workload.pod_labels().entries()) {
      by_label_[label_key(workload.name_space, key, value)].push_back(&workload);
    }
  }
  for (const Resource* service : resources.of_kind("Service")) {
    if (!service->group().empty()) continue;
    for (const Workload* workload : behind(*service)) services_[workload].push_back(service);
  }
}

std::vector<const Workload*> WorkloadIndex::select(std::string_view name_space,
                                                   Node match_labels) const {
  const Workloads* fewest = nullptr;
  for (const auto [key, value] : match_labels.entries()) {
    const auto found = by_label_.find(label_key(name_space, key, value));
    if (found == by_label_.end()) return {};
    if (fewest == nullptr || found->second.size() < fewest->size()) fewest = &found->second;
  }
  if (fewest == nullptr) return {};
  Workloads selected;
  std::ranges::copy_if(*fewest, std::back_inserter(selected), [&](const Workload* workload) {
    return matches_labels(match_labels, workload->pod_labels());
  });
  return selected;
}

std::span<const Workload* const> WorkloadIndex::in_namespace(std::string_view name_space) const {
  const auto found = by_namespace_.find(name_space);
  if (found == by_namespace_.end()) return {};
  return found->second;
}

std::vector<const Workload*> WorkloadIndex::behind(const Resource& service) const {
  return select(service.name_space(), service.spec()["selector"]);
}

std::span<const Resource* const> WorkloadIndex::services_of(const Workload& workload) const {
  const auto found = services_.find(&workload);
  if (found == services_.end()) return {};
  return found->second;
}

std::optional<std::int64_t> port_number(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stop != end || text.empty()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> named_port(std::string_view name, const Workload& workload) {
  const Node pod = workload.object->pod_template()["spec"];
  for (const char* const list : {"containers", "initContainers"}) {
    for (const Node container : pod[list].items()) {
      for (const Node port : container["ports"].items()) {
        if (port["name"].text() == name) return port["containerPort"].integer();
      }
    }
  }
  return std::nullopt;
}

std::optional<std::int64_t> container_port(Node service_port, const Workload& workload) {
  const Node target = service_port["targetPort"];
  if (target.is_null()) return service_port["port"].integer();
  if (const auto plain = target.integer()) return plain;
  return named_port(target.text(), workload);
}

Node service_port(const Resource& service, std::string_view name_or_number) {
  for (const Node port : service.spec()["ports"].items()) {
    if (port["name"].text() == name_or_number) return port;
    const auto wanted = port_number(name_or_number);
    if (wanted && port["port"].integer() == wanted) return port;
  }
  return {};
}

const Resource* find_service(const ResourceIndex& resources, std::string_view host,
                             std::string_view name_space) {
  const std::size_t dot = host.find('.');
  if (dot == std::string_view::npos) return resources.find("Service", name_space, host);
  const std::string_view name = host.substr(0, dot);
  const std::string_view rest = host.substr(dot + 1);
  const std::size_t end = rest.find('.');
  const std::string_view domain = end == std::string_view::npos ? "" : rest.substr(end + 1);
  // With a dot in it istiod takes the host as it is: "web.shop" is no Service's name.
  if (!domain.starts_with("svc.")) return nullptr;
  return resources.find("Service", rest.substr(0, end), name);
}

bool takes_inbound(const Workload& workload, std::int64_t port) {
  if (workload.decision.reason == InjectionReason::ambient) return true;
  // istio: tools/istio-iptables: the proxy's own ports are never captured.
  constexpr std::array<std::int64_t, 4> kOwn = {15008, 15020, 15021, 15090};
  if (std::ranges::count(kOwn, port) != 0) return false;
  const Node annotations = workload.object->pod_template()["metadata"]["annotations"];
  if (annotations["sidecar.istio.io/interceptionMode"].text() == "NONE") return false;
  if (lists(annotations["traffic.sidecar.istio.io/excludeInboundPorts"].text(), port)) return false;
  const Node included = annotations["traffic.sidecar.istio.io/includeInboundPorts"];
  return !included || lists(included.text(), port);
}

}  // namespace meshcheck
