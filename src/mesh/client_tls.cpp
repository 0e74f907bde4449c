#include "meshcheck/client_tls.h"

#include <algorithm>
#include <set>
#include <unordered_set>

#include <fmt/format.h>

#include "meshcheck/mesh.h"
#include "meshcheck/mtls.h"
#include "meshcheck/service.h"

namespace meshcheck {
namespace {

std::string_view host_of(const Resource& rule) { return rule.spec()["host"].text(); }

bool is_wildcard(std::string_view host) { return host.starts_with('*'); }

bool covers(std::string_view wildcard, const Resource& service) {
  const auto full = fmt::format("{}.{}.svc.cluster.local", service.name(), service.name_space());
  return is_wildcard(wildcard) && full.ends_with(wildcard.substr(1));
}

// The TLS settings that a traffic policy has for a port; a port's own entry replaces all of the
// policy's (api: networking/v1alpha3/destination_rule.proto, port_level_settings).
Node tls_for(Node traffic_policy, std::int64_t port) {
  for (const Node entry : traffic_policy["portLevelSettings"].items()) {
    if (entry["port"]["number"].integer() == port) return entry["tls"]["mode"];
  }
  return traffic_policy["tls"]["mode"];
}

bool without_certificate(Node tls_mode) {
  return tls_mode.text() == "DISABLE" || tls_mode.text() == "SIMPLE";
}

class Reader {
 public:
  explicit Reader(const Mesh& mesh) : mesh_(mesh) {
    for (const PolicyTarget& target : mesh.policy_targets.all()) {
      if (target.plane == DataPlane::ztunnel) in_ambient_.insert(target.workload);
    }
    for (const Resource* rule : mesh.resources->of_kind("DestinationRule")) {
      if (rule->group() == "networking.istio.io") rules_.push_back(rule);
    }
  }

  std::vector<RefusedClients> read() {
    for (const Resource* rule : rules_) {
      for (const Resource* service : services_of(*rule)) {
        read_policy(*rule, *service, {});
        for (const Node subset : rule->spec()["subsets"].items()) {
          read_policy(*rule, *service, subset);
        }
      }
    }
    return std::move(found_);
  }

 private:
  std::vector<const Resource*> services_of(const Resource& rule) const {
    std::vector<const Resource*> services;
    if (!is_wildcard(host_of(rule))) {
      const auto* service = find_service(*mesh_.resources, host_of(rule), rule.name_space());
      if (service != nullptr) services.push_back(service);
      return services;
    }
    for (const Resource* service : mesh_.resources->of_kind("Service")) {
      const bool counts = service->group().empty() && covers(host_of(rule), *service);
      if (counts && !is_taken_from(rule, *service)) services.push_back(service);
    }
    return services;
  }

  // Another rule's host is closer to the Service's than the wildcard.
  bool is_taken_from(const Resource& wildcard, const Resource& service) const {
    return std::ranges::any_of(rules_, [&](const Resource* rule) {
      const std::string_view host = host_of(*rule);
      if (is_wildcard(host)) {
        return host.size() > host_of(wildcard).size() && covers(host, service);
      }
      return find_service(*mesh_.resources, host, rule->name_space()) == &service;
    });
  }

  void read_policy(const Resource& rule, const Resource& service, Node subset) {
    const Node policy = subset ? subset["trafficPolicy"] : rule.spec()["trafficPolicy"];
    for (const Node port : service.spec()["ports"].items()) {
      const Node tls = tls_for(policy, port["port"].integer().value_or(0));
      if (!without_certificate(tls) || told_.contains({tls.document(), tls.index()})) continue;
      RefusedClients refused = refused_by(service, port, subset["labels"]);
      if (refused.workload == nullptr) continue;
      told_.emplace(tls.document(), tls.index());
      refused.rule = &rule;
      refused.tls_mode = tls;
      refused.many_hosts = is_wildcard(host_of(rule));
      refused.field =
          subset ? fmt::format("spec.subsets[{}].trafficPolicy.tls.mode", subset["name"].text())
                 : "spec.trafficPolicy.tls.mode";
      found_.push_back(std::move(refused));
    }
  }

  // The first of the workloads behind the Service's port that would refuse a client without a
  // certificate. `subset` are the labels that narrow them, if any.
  RefusedClients refused_by(const Resource& service, Node port, Node subset) const {
    for (const Workload* workload : mesh_.workload_index->behind(service)) {
      if (subset.size() != 0 && !matches_labels(subset, workload->pod_labels())) continue;
      const WorkloadMtls& mtls = mesh_.mtls->of(*workload);
      const auto number = container_port(port, *workload);
      // ztunnel reads no DestinationRule, and Envoy's tunnel to one is mutual TLS whatever the rule
      // says (istio: pilot/pkg/networking/core/cluster_tls.go, hboneOrPlaintextSocket).
      if (in_ambient_.contains(workload)) continue;
      if (!mtls.enforced || !number || !takes_inbound(*workload, *number)) continue;
      const Traced<MtlsMode>& mode = mtls.on(*number);
      if (!mode.known() || mode.value != MtlsMode::strict) continue;
      RefusedClients refused;
      refused.workload = workload;
      refused.port = *number;
      refused.strict = mode.from.node;
      return refused;
    }
    return {};
  }

  const Mesh& mesh_;
  std::vector<const Resource*> rules_;
  std::unordered_set<const Workload*> in_ambient_;
  std::set<std::pair<const Document*, std::uint32_t>> told_;  // whatever the number of ports
  std::vector<RefusedClients> found_;
};

}  // namespace

std::vector<RefusedClients> refused_clients(const Mesh& mesh) { return Reader(mesh).read(); }

}  // namespace meshcheck
