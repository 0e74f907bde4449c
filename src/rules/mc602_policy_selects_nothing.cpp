// Severity, documentation and parameters: rules/mc602-policy-selects-nothing.yaml
#include <algorithm>
#include <array>
#include <map>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

class Judge {
 public:
  Judge(const Mesh& mesh, Sink& sink) : mesh_(mesh), sink_(sink) {}

  void policy(const Resource& object, const PolicyAttachment& attachment) {
    const Node selector_node = object.spec()["selector"];
    if (!attachment.refs.empty() && !selector_node.is_null()) {
      return report(object, object.spec().key("selector"),
                    "has a selector and targetRefs: the API server takes one or the other",
                    "spec.selector",
                    "Keep the selector for workloads, or targetRefs for gateways and for what "
                    "waypoints serve.");
    }
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
    if (!policy.selector || policy.in_root || !policy.selected.empty() ||
        selects_any(mesh_, policy.name_space, policy.selector)) {
      return sink_.judged();
    }
    select_none(*policy.object, policy.selector, false);
  }

 private:
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
    if (const std::string_view added =
            find_added_label(mesh_, match_labels, object.name_space(), in_root);
        !added.empty()) {
      return sink_.not_evaluated(
          fmt::format("which running pods have the label {}, which no template shows, is not in "
                      "the input",
                      added),
          {"Pod"});
    }
    report(object, match_labels,
           fmt::format("selects no workload: none has the labels {}", flow_mapping(match_labels)),
           "spec.selector.matchLabels");
  }

  void target(const Resource& object, const PolicyAttachment& attachment, const TargetRef& ref) {
    const Node name = ref.node["name"];
    if (!is_targetable(ref)) return refused(object, ref);
    if (ref.kind == "GatewayClass") {
      if (ref.name != kWaypointClass) {
        return report(object, name,
                      fmt::format("targets GatewayClass {}: only {} can be targeted", ref.name,
                                  kWaypointClass),
                      "spec.targetRefs");
      }
      if (attachment.in_root || mesh_.root_namespace.assumed) return sink_.judged();
      return report(object, name,
                    fmt::format("targets GatewayClass {} from namespace {}: only policies of the "
                                "root namespace {} can",
                                ref.name, object.name_space(), mesh_.root_namespace.name),
                    "spec.targetRefs");
    }
    const std::string_view name_space = object.name_space();
    const bool there =
        find_target(mesh_, ref, name_space) != nullptr || !attachment.selects->empty();
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

  void refused(const Resource& object, const TargetRef& ref) {
    constexpr std::array<std::string_view, 4> kKinds = {"Gateway", "GatewayClass", "Service",
                                                        "ServiceEntry"};
    const char* wrong = std::ranges::count(kKinds, ref.kind) != 0 ? "group" : "kind";
    report(object, ref.node[wrong] ? ref.node[wrong] : ref.node,
           fmt::format("targets {} {} of API group \"{}\", which istiod refuses: a policy is for "
                       "a Gateway or GatewayClass of {}, a Service of \"\" or a ServiceEntry of "
                       "networking.istio.io",
                       ref.kind, ref.name, ref.group, kGatewayApi),
           "spec.targetRefs", "Write the kind and the API group of what it is for.");
  }

  bool may_get_more(const Resource& policy) {
    if (policy.metadata()["namespace"].text().empty()) return false;
    if (!has_unplaced_) has_unplaced_ = has_unplaced_workloads(mesh_);
    return *has_unplaced_;
  }

  // Neither it nor its namespace asks for a waypoint, as far as they are in the input.
  bool is_served_by_none(const TargetRef& ref, std::string_view name_space) const {
    const Resource* service = find_target(mesh_, ref, name_space);
    return service != nullptr && mesh_.find_namespace(name_space) != nullptr &&
           !asked_waypoint(mesh_, *service);
  }

  void report(
      const Resource& object, Node where, const std::string& what, const char* field,
      const char* fix = "Name what is there, with the labels of its pods, or delete the policy.") {
    constexpr auto kMessage = "{} {} {}";
    auto draft = object.is_live()
                     ? sink_.report_as("live", where, kMessage, object.kind(), object.name(), what)
                     : sink_.report(where, kMessage, object.kind(), object.name(), what);
    const bool of_one = object.spec()["targetRef"] && !object.spec()["targetRefs"];
    draft.object(object.ref())
        .subject(fmt::format("namespace/{}", object.name_space()))
        .field(of_one && std::string_view(field) == "spec.targetRefs" ? "spec.targetRef" : field)
        .fix(fix);
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
