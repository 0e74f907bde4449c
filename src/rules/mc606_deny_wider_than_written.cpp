// Severity, documentation and parameters: rules/mc606-deny-wider-than-written.yaml
#include <algorithm>
#include <optional>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

struct OpaquePort {
  Node node;
  const Resource* owner = nullptr;
  std::optional<std::int64_t> number;  // of the pod
};

bool has_http(const AuthorizationRule& rule) {
  return std::ranges::any_of(fields_of(rule), is_http_attribute);
}

// Nothing but ports is left of it where requests cannot be seen.
bool denies_all_there(const AuthorizationRule& rule) {
  return std::ranges::all_of(fields_of(rule), [](std::string_view field) {
    return is_http_attribute(field) || field == "ports" || field == "notPorts" ||
           field == "destination.port";
  });
}

// The pod's port behind a port of the Services that select it; without one there the same number.
std::optional<std::int64_t> behind_services(const PolicyTarget& target,
                                            std::optional<std::int64_t> number) {
  if (target.services.empty() || target.workload == nullptr) return std::nullopt;
  for (const Resource* service : target.services) {
    for (const Node port : service->spec()["ports"].items()) {
      if (port["port"].integer() == number) return container_port(port, *target.workload);
    }
  }
  return number;
}

// Of a gateway and a policy that name no namespace nothing says that they go to the same one.
bool may_be_elsewhere(const AuthorizationPolicy& policy, const PolicyTarget& target) {
  return target.plane == DataPlane::gateway && target.name_space.empty() &&
         policy.attachment.scope == PolicyAttachment::Scope::name_space;
}

class Judge {
 public:
  Judge(const Mesh& mesh, Sink& sink) : mesh_(mesh), sink_(sink) {}

  void policy(const AuthorizationPolicy& policy) {
    any_seen_ = false;
    bool needs_ports = false;
    for (const AuthorizationRule& rule : policy.rules) {
      if (wider_on_ztunnel(policy, rule)) return;
      if (!has_http(rule)) continue;
      for (const PolicyTarget* target : *policy.attachment.selects) {
        if (may_be_elsewhere(policy, *target)) continue;
        const auto port = find_widened(rule, *target);
        if (port.node) return report(policy, rule, *target, port);
      }
      needs_ports |= !names_ports(rule);
    }
    if (any_seen_ || !needs_ports) return sink_.judged();
    sink_.not_evaluated(fmt::format("neither Services nor Gateways of what AuthorizationPolicy "
                                    "{}/{} selects are in the input",
                                    policy.name_space, policy.name),
                        {"Service", "Gateway"});
  }

 private:
  bool wider_on_ztunnel(const AuthorizationPolicy& policy, const AuthorizationRule& rule) {
    std::vector<const PolicyTarget*> targets;
    for (const PolicyTarget* target : *policy.attachment.selects) {
      if (target->plane == DataPlane::ztunnel) targets.push_back(target);
    }
    any_seen_ |= !targets.empty();
    if (targets.empty() || !widens_on_ztunnel(rule)) return false;
    auto unseen = fields_of(rule);
    std::erase_if(unseen, is_ztunnel_attribute);
    sink_
        .report(rule.node,
                "AuthorizationPolicy {} denies every connection to {} that its other conditions "
                "match: ztunnel enforces it there and does not see {}",
                policy.name, name_some(targets), fmt::join(unseen, ", "))
        .object(policy.object->ref())
        .field("spec.rules")
        .fix(
            "Attach the policy to the waypoint that serves them: targetRefs instead of a "
            "selector.");
    return true;
  }

  OpaquePort find_widened(const AuthorizationRule& rule, const PolicyTarget& target) {
    if (target.plane == DataPlane::sidecar) return of_services(rule, target);
    if (target.plane != DataPlane::gateway) return {};
    const OpaquePort port = of_listeners(rule, target);
    return port.node ? port : of_servers(rule, target);
  }

  OpaquePort of_services(const AuthorizationRule& rule, const PolicyTarget& target) {
    for (const Resource* service : target.services) {
      any_seen_ = true;
      for (const Node port : service->spec()["ports"].items()) {
        // Ports whose protocol istiod must guess are left out: it may well be HTTP.
        if (!is_opaque_protocol(declared_protocol(port)) || target.workload == nullptr) continue;
        const auto number = container_port(port, *target.workload);
        if (number && !takes_inbound(*target.workload, *number)) continue;
        if (widens_on_port(rule, number)) return {port, service, number};
      }
    }
    return {};
  }

  // The Gateways whose selector, in whatever namespace, names the pods.
  OpaquePort of_servers(const AuthorizationRule& rule, const PolicyTarget& target) {
    for (const Resource* gateway : mesh_.resources->of_kind("Gateway")) {
      if (gateway->group() != "networking.istio.io") continue;
      const Node selector = gateway->spec()["selector"];
      const bool selected = selector.size() != 0 && target.has_all(selector);
      if (!selected) continue;
      any_seen_ = true;
      for (const Node server : gateway->spec()["servers"].items()) {
        const std::string protocol = lower(server["port"]["protocol"].text());
        // A gateway that ends TLS itself serves HTTPS as HTTP.
        const bool passes = server["tls"]["mode"].text() == "PASSTHROUGH";
        if (!passes && (protocol == "https" || !is_opaque_protocol(protocol))) continue;
        const auto number = behind_services(target, server["port"]["number"].integer());
        if (widens_on_port(rule, number)) return {server["port"], gateway, number};
      }
    }
    return {};
  }

  // istiod has the pods that it deploys listen on the very ports of the Gateway.
  OpaquePort of_listeners(const AuthorizationRule& rule, const PolicyTarget& target) {
    const TargetRef ref{kGatewayApi, "Gateway", target.gateway, {}};
    const Resource* gateway = find_target(mesh_, ref, target.name_space);
    if (gateway == nullptr) return {};
    any_seen_ = true;
    for (const Node listener : gateway->spec()["listeners"].items()) {
      const std::string_view protocol = listener["protocol"].text();
      // One that ends TLS itself has what it finds inside: TCP for the protocol TLS, else HTTP.
      if (protocol != "TLS" && protocol != "TCP") continue;
      const auto number = listener["port"].integer();
      if (widens_on_port(rule, number)) return {listener, gateway, number};
    }
    return {};
  }

  void report(const AuthorizationPolicy& policy, const AuthorizationRule& rule,
              const PolicyTarget& target, const OpaquePort& port) {
    const Node plain = port.node["number"] ? port.node["number"] : port.node["port"];
    const std::string number =
        port.number ? fmt::to_string(*port.number) : std::string(plain.text());
    sink_
        .report(
            rule.node,
            "AuthorizationPolicy {} denies {} to port {} of {}, which is not HTTP: {} cannot be "
            "seen there",
            policy.name,
            denies_all_there(rule) ? "every connection"
                                   : "every connection that its other conditions match",
            number, target.id(), fmt::join(http_fields(rule), ", "))
        .object(policy.object->ref())
        .field("spec.rules")
        .related("this port is not HTTP", port.node, port.owner->ref())
        .fix(
            "Name the HTTP ports of the workload in every `to.operation`, for example "
            "`ports: [\"8080\"]`.");
  }

  static std::vector<std::string_view> http_fields(const AuthorizationRule& rule) {
    auto fields = fields_of(rule);
    std::erase_if(fields, [](std::string_view field) { return !is_http_attribute(field); });
    return fields;
  }

  const Mesh& mesh_;
  Sink& sink_;
  bool any_seen_ = false;  // ports of something that the policy selects
};

}  // namespace

void mc606_deny_wider_than_written(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (mesh.authorization_policies.empty()) {
    sink.not_evaluated("no AuthorizationPolicy is in the input", {"AuthorizationPolicy"});
  }
  Judge judge(mesh, sink);
  for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
    if (policy.action == PolicyAction::deny && policy.enforces()) {
      judge.policy(policy);
    } else {
      sink.judged();
    }
  }
}

}  // namespace meshcheck::rules
