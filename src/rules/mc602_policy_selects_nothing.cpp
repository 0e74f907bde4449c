// Severity, documentation and parameters: rules/mc602-policy-selects-nothing.yaml
#include <algorithm>
#include <map>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

class Judge {
 public:
  Judge(const Mesh& mesh, Sink& sink) : mesh_(mesh), sink_(sink) {}

  void policy(const Resource& object, const PolicyAttachment& attachment) {
    if (attachment.scope == PolicyAttachment::Scope::selector) {
      if (!attachment.selects->empty()) return sink_.judged();
      select_none(object, attachment.match_labels, attachment.in_root);
    } else if (attachment.scope == PolicyAttachment::Scope::target_refs) {
      for (const TargetRef& ref : attachment.refs) target(object, attachment, ref);
    } else {
      sink_.judged();  // it is for whatever there is
    }
  }

  // For its own namespace alone; with a selector in the root namespace it is another rule's matter
  // (istio: pilot/pkg/model/authentication.go).
  void peers(const PeerAuthentication& policy) {
    if (!policy.selector || policy.in_root || selects_any(policy)) return sink_.judged();
    select_none(*policy.object, policy.selector, false);
  }

 private:
  // A workload, or what stands in for one: a gateway, a WorkloadEntry.
  bool selects_any(const PeerAuthentication& policy) const {
    if (!policy.selected.empty()) return true;
    return std::ranges::any_of(mesh_.policy_targets.all(), [&](const PolicyTarget& target) {
      return target.name_space == policy.name_space &&
             std::ranges::all_of(policy.selector.entries(), [&](const Entry& label) {
               return target.labels.has(label.key.text(), label.value.text());
             });
    });
  }

  void select_none(const Resource& object, Node match_labels, bool in_root) {
    if (may_get_more(object)) {
      return sink_.not_evaluated(
          fmt::format("workloads that name no namespace are in the input: they may go to {}",
                      object.name_space()));
    }
    // A selector in the root namespace reaches every namespace.
    if (in_root ? !mesh_.covers_all("Deployment") : !knows(object.name_space())) {
      return sink_.not_evaluated(
          fmt::format("the workloads that {} {}/{} can select are not all in the input",
                      object.kind(), object.name_space(), object.name()),
          {"Namespace", "Deployment"});
    }
    report(object, match_labels,
           fmt::format("selects no workload: none has the labels {}", flow_mapping(match_labels)),
           "spec.selector.matchLabels");
  }

  void target(const Resource& object, const PolicyAttachment& attachment, const TargetRef& ref) {
    const Node name = ref.node["name"];
    if (ref.kind == "GatewayClass") {
      if (attachment.in_root || mesh_.root_namespace.assumed) return sink_.judged();
      return report(object, name,
                    fmt::format("targets GatewayClass {} from namespace {}: only policies of the "
                                "root namespace {} can",
                                ref.name, object.name_space(), mesh_.root_namespace.name),
                    "spec.targetRefs");
    }
    if (ref.kind != "Gateway" && ref.kind != "Service" && ref.kind != "ServiceEntry") return;
    const std::string_view name_space = object.name_space();
    const bool there = mesh_.resources->find(ref.kind, name_space, ref.name) != nullptr ||
                       !attachment.selects->empty();
    if (!there) {
      if (knows(name_space) && !may_get_more(object)) {
        return report(object, name,
                      fmt::format("targets {} {}, which is not in namespace {}", ref.kind, ref.name,
                                  name_space),
                      "spec.targetRefs");
      }
      return sink_.not_evaluated(fmt::format("{} {}/{} is not in the input, nor its namespace",
                                             ref.kind, name_space, ref.name),
                                 {std::string(ref.kind)});
    }
    if (ref.kind != "Gateway" && is_served_by_none(ref, name_space)) {
      return report(object, name,
                    fmt::format("targets {} {}, which no waypoint serves", ref.kind, ref.name),
                    "spec.targetRefs");
    }
    sink_.judged();
  }

  // A kustomization or `-n` may put workloads that name no namespace where the policy is.
  bool may_get_more(const Resource& policy) {
    if (policy.metadata()["namespace"].text().empty()) return false;
    if (!has_unplaced_) {
      has_unplaced_ = std::ranges::any_of(mesh_.workloads, [](const Workload& workload) {
        return workload.object->metadata()["namespace"].text().empty();
      });
    }
    return *has_unplaced_;
  }

  // Neither it nor its namespace asks for a waypoint, as far as they are in the input.
  bool is_served_by_none(const TargetRef& ref, std::string_view name_space) const {
    constexpr std::string_view kWaypoint = "istio.io/use-waypoint";
    const Resource* service = mesh_.resources->find(ref.kind, name_space, ref.name);
    const Namespace* around = mesh_.find_namespace(name_space);
    if (service == nullptr || around == nullptr) return false;
    const Node own = service->labels()[kWaypoint];
    const std::string_view waypoint = own ? own.text() : around->object->label(kWaypoint);
    return waypoint.empty() || waypoint == "none";
  }

  void report(const Resource& object, Node where, const std::string& what, const char* field) {
    constexpr auto kMessage = "{} {} {}";
    auto draft = object.is_live()
                     ? sink_.report_as("live", where, kMessage, object.kind(), object.name(), what)
                     : sink_.report(where, kMessage, object.kind(), object.name(), what);
    draft.object(object.ref())
        .subject(fmt::format("namespace/{}", object.name_space()))
        .field(field)
        .fix("Name what is there, with the labels of its pods, or delete the policy.");
  }

  bool knows(std::string_view name_space) {
    const auto [at, is_new] = known_.try_emplace(name_space, false);
    if (is_new) at->second = mesh_.covers("Deployment", name_space);
    return at->second;
  }

  const Mesh& mesh_;
  Sink& sink_;
  std::map<std::string_view, bool> known_;
  std::optional<bool> has_unplaced_;
};

}  // namespace

void mc602_policy_selects_nothing(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (mesh.authorization_policies.empty() && mesh.request_authentications.empty() &&
      mesh.mtls->policies.empty()) {
    sink.not_evaluated(
        "no AuthorizationPolicy, RequestAuthentication or PeerAuthentication is in the input",
        {"AuthorizationPolicy"});
  }
  Judge judge(mesh, sink);
  for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
    judge.policy(*policy.object, policy.attachment);
  }
  for (const RequestAuthentication& policy : mesh.request_authentications) {
    judge.policy(*policy.object, policy.attachment);
  }
  for (const PeerAuthentication& policy : mesh.mtls->policies) judge.peers(policy);
}

}  // namespace meshcheck::rules
