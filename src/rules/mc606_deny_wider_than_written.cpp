// Severity, documentation and parameters: rules/mc606-deny-wider-than-written.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

struct OpaquePort {
  Node node;
  const Resource* owner = nullptr;
  std::string number;
};

// It has conditions that Envoy cannot see on a TCP port, and none on ports keeps it off those.
bool widens(const AuthorizationRule& rule) {
  if (!std::ranges::any_of(fields_of(rule), is_http_attribute)) return false;
  const bool limited = std::ranges::any_of(rule.conditions, [](Node condition) {
    return condition["key"].text() == "destination.port";
  });
  if (limited) return false;
  return rule.operations.empty() || std::ranges::any_of(rule.operations, [](Node operation) {
           return operation["ports"].size() == 0 && operation["notPorts"].size() == 0;
         });
}

bool denies_all_there(const AuthorizationRule& rule) {
  return std::ranges::all_of(fields_of(rule), is_http_attribute);
}

class Judge {
 public:
  Judge(const Mesh& mesh, Sink& sink) : sink_(sink) {
    for (const Resource* gateway : mesh.resources->of_kind("Gateway")) {
      if (gateway->group() == "networking.istio.io") gateways_.push_back(gateway);
    }
  }

  void policy(const AuthorizationPolicy& policy) {
    const auto rule = std::ranges::find_if(policy.rules, widens);
    if (rule == policy.rules.end()) return sink_.judged();
    bool any_seen = false;
    for (const PolicyTarget* target : *policy.attachment.selects) {
      const auto port = find_opaque_port(*target, any_seen);
      if (!port.node) continue;
      return report(policy, *rule, *target, port);
    }
    if (any_seen) return sink_.judged();
    sink_.not_evaluated(fmt::format("neither Services nor Gateways of what AuthorizationPolicy "
                                    "{}/{} selects are in the input",
                                    policy.name_space, policy.name),
                        {"Service", "Gateway"});
  }

 private:
  OpaquePort find_opaque_port(const PolicyTarget& target, bool& any_seen) const {
    if (target.plane == DataPlane::gateway) return of_gateways(target, any_seen);
    if (target.plane != DataPlane::sidecar) return {};
    for (const Resource* service : target.services) {
      any_seen = true;
      for (const Node port : service->spec()["ports"].items()) {
        // Ports whose protocol istiod must guess are left out: it may well be HTTP.
        if (is_opaque_protocol(declared_protocol(port))) {
          return {port, service, std::string(port["port"].text())};
        }
      }
    }
    return {};
  }

  // The Gateways whose selector, in whatever namespace, names the pods.
  OpaquePort of_gateways(const PolicyTarget& target, bool& any_seen) const {
    for (const Resource* gateway : gateways_) {
      const Node selector = gateway->spec()["selector"];
      const bool selected =
          selector.size() != 0 && std::ranges::all_of(selector.entries(), [&](const Entry& label) {
            return target.labels.has(label.key.text(), label.value.text());
          });
      if (!selected) continue;
      any_seen = true;
      for (const Node server : gateway->spec()["servers"].items()) {
        const std::string protocol = lower(server["port"]["protocol"].text());
        // A gateway that ends TLS itself serves HTTPS as HTTP.
        const bool passes = server["tls"]["mode"].text() == "PASSTHROUGH";
        if (passes || (protocol != "https" && is_opaque_protocol(protocol))) {
          return {server["port"], gateway, std::string(server["port"]["number"].text())};
        }
      }
    }
    return {};
  }

  void report(const AuthorizationPolicy& policy, const AuthorizationRule& rule,
              const PolicyTarget& target, const OpaquePort& port) {
    sink_
        .report(
            rule.node,
            "AuthorizationPolicy {} denies {} to port {} of {}, which is not HTTP: {} cannot be "
            "seen there",
            policy.name,
            denies_all_there(rule) ? "every connection"
                                   : "every connection that its other conditions match",
            port.number, target.id(), fmt::join(http_fields(rule), ", "))
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

  Sink& sink_;
  std::vector<const Resource*> gateways_;
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
