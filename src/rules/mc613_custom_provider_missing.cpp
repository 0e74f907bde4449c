// Severity, documentation and parameters: rules/mc613-custom-provider-missing.yaml
#include <algorithm>
#include <map>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// istio: pilot/pkg/features/security.go
constexpr std::string_view kManyProviders = "PILOT_ENABLE_MULTIPLE_CUSTOM_AUTHZ_PROVIDERS";

bool allows_many(const Mesh& mesh) {
  return std::ranges::any_of(mesh.control_planes, [](const ControlPlane& plane) {
    return turns_on(plane, kManyProviders);
  });
}

std::string_view provider_of(const AuthorizationPolicy& policy) {
  return policy.object->spec()["provider"]["name"].text();
}

// It is there for something else: logs, traces, metrics.
bool is_named(const Mesh& mesh, std::string_view provider) {
  return std::ranges::any_of(mesh.mesh_configs, [&](const MeshConfig& config) {
    return std::ranges::any_of(config.extension_providers(),
                               [&](Node one) { return one["name"].text() == provider; });
  });
}

Node place_of(const AuthorizationPolicy& policy) {
  const Node name = policy.object->spec()["provider"]["name"];
  return name ? name : policy.action_node();
}

class Judge {
 public:
  Judge(const Mesh& mesh, Sink& sink) : mesh_(mesh), sink_(sink), allows_many_(allows_many(mesh)) {}

  void policy(const AuthorizationPolicy& policy) {
    const auto unasked = behind_ztunnel(policy);
    if (!unasked.empty()) {
      report_unasked(policy, unasked);
      if (unasked.size() == policy.attachment.selects->size()) return;
    }
    const std::string_view provider = provider_of(policy);
    if (provider.empty()) return report(policy, "names no provider");
    if (name_holds_variable(provider)) {
      return sink_.not_evaluated(fmt::format("provider {} is a variable", provider), {});
    }
    const std::optional<bool> defined = defines_provider(mesh_, provider);
    if (!defined) {
      sink_.not_evaluated(fmt::format("whether provider {} is defined: no mesh configuration with "
                                      "providers is in the input",
                                      provider),
                          {"ConfigMap istio"});
    } else if (!*defined) {
      return report(policy, fmt::format("asks provider {}, which {}", provider,
                                        is_named(mesh_, provider)
                                            ? "is no envoyExtAuthzHttp or envoyExtAuthzGrpc"
                                            : "the mesh configuration does not define"));
    }
    if (!allows_many_ && is_rival(policy)) return;
    if (defined) sink_.judged();
  }

 private:
  // The first policy that a workload meets decides who is asked for it.
  bool is_rival(const AuthorizationPolicy& policy) {
    for (const PolicyTarget* target : *policy.attachment.selects) {
      if (target->plane == DataPlane::ztunnel) continue;
      const auto [first, is_first] = asked_.try_emplace(target, &policy);
      if (is_first || provider_of(*first->second) == provider_of(policy)) continue;
      report(policy,
             fmt::format("asks provider {} for {}, for which AuthorizationPolicy {} asks {}",
                         provider_of(policy), target->id(), first->second->name,
                         provider_of(*first->second)));
      return true;
    }
    return false;
  }

  static std::vector<const PolicyTarget*> behind_ztunnel(const AuthorizationPolicy& policy) {
    std::vector<const PolicyTarget*> found;
    for (const PolicyTarget* target : *policy.attachment.selects) {
      if (target->plane == DataPlane::ztunnel) found.push_back(target);
    }
    return found;
  }

  // istio: pilot/pkg/serviceregistry/ambient/authorization.go
  void report_unasked(const AuthorizationPolicy& policy,
                      const std::vector<const PolicyTarget*>& targets) {
    sink_
        .report(policy.action_node(),
                "AuthorizationPolicy {} checks nothing of what comes to {}: ztunnel enforces "
                "policies there, and is sent no CUSTOM policy",
                policy.name, name_some(targets))
        .object(policy.object->ref())
        .field("spec.action")
        .fix(
            "Attach the policy to the waypoint that serves them: targetRefs instead of a "
            "selector.");
  }

  void report(const AuthorizationPolicy& policy, const std::string& what) {
    sink_
        .report(place_of(policy),
                "AuthorizationPolicy {} {}: every request that it matches is denied", policy.name,
                what)
        .object(policy.object->ref())
        .field("spec.provider.name")
        .fix(
            "Define the provider under meshConfig.extensionProviders, and let one provider answer "
            "for a workload.");
  }

  const Mesh& mesh_;
  Sink& sink_;
  bool allows_many_;
  std::map<const PolicyTarget*, const AuthorizationPolicy*> asked_;
};

}  // namespace

void mc613_custom_provider_missing(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (mesh.authorization_policies.empty()) {
    sink.not_evaluated("no AuthorizationPolicy is in the input", {"AuthorizationPolicy"});
  }
  Judge judge(mesh, sink);
  for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
    if (policy.action == PolicyAction::custom) {
      judge.policy(policy);
    } else {
      sink.judged();
    }
  }
}

}  // namespace meshcheck::rules
