// What each AuthorizationPolicy and RequestAuthentication says and selects.
#include "meshcheck/authorization.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string_view>

#include "mesh/read_policies.h"
#include "mesh/root_namespace.h"
#include "meshcheck/flag.h"
#include "meshcheck/waypoint.h"

namespace meshcheck {
namespace {

constexpr std::string_view kSecurity = "security.istio.io";

PolicyAction action_of(Node action) {
  const std::string_view text = action.text();
  if (action.is_null() || text == "ALLOW") return PolicyAction::allow;
  if (text == "DENY") return PolicyAction::deny;
  if (text == "AUDIT") return PolicyAction::audit;
  if (text == "CUSTOM") return PolicyAction::custom;
  return PolicyAction::unknown;
}

AuthorizationRule read_rule(Node node) {
  AuthorizationRule rule{.node = node, .sources = {}, .operations = {}, .conditions = {}};
  for (const Node from : node["from"].items()) rule.sources.push_back(from["source"]);
  for (const Node to : node["to"].items()) rule.operations.push_back(to["operation"]);
  std::ranges::copy(node["when"].items(), std::back_inserter(rule.conditions));
  return rule;
}

std::vector<TargetRef> read_refs(Node spec) {
  std::vector<TargetRef> refs;
  const auto add = [&](Node ref) {
    refs.push_back({ref["group"].text(), ref["kind"].text(), ref["name"].text(), ref});
  };
  for (const Node ref : spec["targetRefs"].items()) add(ref);
  // Of one release, deprecated since.
  if (spec["targetRef"].is_mapping()) add(spec["targetRef"]);
  return refs;
}

void add_all(const TargetList& targets, std::vector<const PolicyTarget*>& selected) {
  for (const PolicyTarget* target : *targets) {
    if (std::ranges::find(selected, target) == selected.end()) selected.push_back(target);
  }
}

}  // namespace

bool is_targetable(const TargetRef& ref) {
  if (ref.kind == "Gateway" || ref.kind == "GatewayClass") return ref.group == kGatewayApi;
  if (ref.kind == "Service") return ref.group.empty() || ref.group == "core";
  return ref.kind == "ServiceEntry" && ref.group == "networking.istio.io";
}

const Resource* find_target(const Mesh& mesh, const TargetRef& ref, std::string_view name_space) {
  const std::string_view group = ref.group == "core" ? std::string_view{} : ref.group;
  const Resource* first = mesh.resources->find(ref.kind, name_space, ref.name);
  if (first == nullptr || first->group() == group) return first;
  // Another group has the kind, and an object of that name.
  for (const Resource* object : mesh.resources->in_namespace(ref.kind, name_space)) {
    if (object->group() == group && object->name() == ref.name) return object;
  }
  return nullptr;
}

TargetList waypoint_of(const Mesh& mesh, const Resource& service) {
  const auto asked = asked_waypoint(mesh, service);
  if (!asked) return std::make_shared<TargetList::element_type>();
  return mesh.policy_targets.of_gateway(asked->name_space, asked->name);
}

// istio: pilot/pkg/model/policyattachment.go
TargetList select_by_refs(const Mesh& mesh, const Resource& object, bool in_root) {
  const std::string_view name_space = object.name_space();
  auto selected = std::make_shared<std::vector<const PolicyTarget*>>();
  for (const TargetRef& ref : read_refs(object.spec())) {
    if (!is_targetable(ref)) continue;
    if (ref.kind == "Gateway") {
      add_all(mesh.policy_targets.of_gateway(name_space, ref.name), *selected);
    } else if (ref.kind == "GatewayClass") {
      if (!in_root || ref.name != kWaypointClass) continue;
      for (const PolicyTarget& target : mesh.policy_targets.all()) {
        if (target.plane == DataPlane::waypoint) selected->push_back(&target);
      }
    } else if (const Resource* service = find_target(mesh, ref, name_space)) {
      add_all(waypoint_of(mesh, *service), *selected);
    }
  }
  return selected;
}

namespace {

// Those of its own namespace, and those that have it for their root.
TargetList reached_from(std::string_view name_space, const TargetList& selected,
                        const RootNamespaces& roots) {
  auto reached = std::make_shared<std::vector<const PolicyTarget*>>();
  std::ranges::copy_if(*selected, std::back_inserter(*reached), [&](const PolicyTarget* target) {
    return target->name_space == name_space || roots.of(*target) == name_space;
  });
  return reached;
}

PolicyAttachment attach(Mesh& mesh, const RootNamespaces& roots, const Resource& object) {
  PolicyAttachment attachment;
  const Node spec = object.spec();
  attachment.in_root = roots.has(object.name_space());
  attachment.match_labels = spec["selector"]["matchLabels"];
  attachment.refs = read_refs(spec);
  const std::string_view reach = attachment.in_root ? "*" : object.name_space();
  if (!attachment.refs.empty()) {
    attachment.scope = PolicyAttachment::Scope::target_refs;
    attachment.selects = select_by_refs(mesh, object, attachment.in_root);
  } else if (attachment.match_labels.size() != 0) {
    attachment.scope = PolicyAttachment::Scope::selector;
    attachment.selects = mesh.policy_targets.select(reach, attachment.match_labels);
  } else {
    attachment.scope =
        attachment.in_root ? PolicyAttachment::Scope::mesh : PolicyAttachment::Scope::name_space;
    attachment.selects = mesh.policy_targets.in_namespace(reach);
  }
  // What targetRefs name in a namespace is there, whoever's root the waypoint's is.
  const bool by_name = attachment.scope == PolicyAttachment::Scope::target_refs &&
                       std::ranges::none_of(attachment.refs, [](const TargetRef& ref) {
                         return ref.kind == "GatewayClass";
                       });
  if (attachment.in_root && roots.several() && !by_name) {
    attachment.selects = reached_from(object.name_space(), attachment.selects, roots);
  }
  return attachment;
}

}  // namespace

std::string_view to_string(PolicyAction action) {
  switch (action) {
    case PolicyAction::allow: return "ALLOW";
    case PolicyAction::deny: return "DENY";
    case PolicyAction::audit: return "AUDIT";
    case PolicyAction::custom: return "CUSTOM";
    case PolicyAction::unknown: return "unknown";
  }
  return "";
}

void read_authorization_policies(Mesh& mesh) {
  const RootNamespaces roots(mesh);
  for (const Resource* object : mesh.resources->of_kind("AuthorizationPolicy")) {
    if (object->group() != kSecurity) continue;
    AuthorizationPolicy policy;
    policy.name_space = object->name_space();
    policy.name = object->name();
    policy.object = object;
    policy.attachment = attach(mesh, roots, *object);
    policy.action = action_of(object->spec()["action"]);
    policy.dry_run_node = object->annotations()["istio.io/dry-run"];
    // What ParseBool refuses istiod takes for false, and enforces (istio:
    // pilot/pkg/security/authz/builder/builder.go, isDryRun).
    policy.dry_run = reads_as(policy.dry_run_node.text(), true);
    policy.dry_run_unreadable =
        policy.dry_run_node && !policy.dry_run && !reads_as(policy.dry_run_node.text(), false);
    for (const Node rule : object->spec()["rules"].items()) policy.rules.push_back(read_rule(rule));
    mesh.authorization_policies.push_back(std::move(policy));
  }
}

void read_request_authentications(Mesh& mesh) {
  const RootNamespaces roots(mesh);
  for (const Resource* object : mesh.resources->of_kind("RequestAuthentication")) {
    if (object->group() != kSecurity) continue;
    mesh.request_authentications.push_back({.name_space = object->name_space(),
                                            .name = object->name(),
                                            .object = object,
                                            .attachment = attach(mesh, roots, *object)});
  }
}

}  // namespace meshcheck
