#include <algorithm>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/live_needs.h"
#include "engine/select.h"
#include "live/resources.h"

namespace meshcheck::cli {
namespace {

std::string flow(const std::vector<std::string_view>& words) {
  return fmt::format("[{}]", fmt::join(words, ", "));
}

// One rule for each API group, in the order in which the kinds are listed.
std::string cluster_role(const LiveNeeds& needs) {
  std::vector<std::string_view> groups;
  std::map<std::string_view, std::vector<std::string_view>> resources;
  for (const live::LiveResource& resource : live::live_resources()) {
    if (!needs.lists(resource.kind)) continue;
    if (!resources.contains(resource.group)) groups.push_back(resource.group);
    std::vector<std::string_view>& names = resources[resource.group];
    if (std::ranges::find(names, resource.resource) == names.end()) {
      names.push_back(resource.resource);
    }
  }
  std::string out =
      "apiVersion: rbac.authorization.k8s.io/v1\n"
      "kind: ClusterRole\n"
      "metadata:\n"
      "  name: meshcheck\n"
      "rules:\n";
  for (const std::string_view group : groups) {
    out += fmt::format("  - apiGroups: [{}]\n    resources: {}\n    verbs: [list]\n",
                       group.empty() ? "\"\"" : group, flow(resources[group]));
  }
  return out;
}

// ConfigMaps hold anything: each is granted by its name, and so are the names of revisions.
std::string role(const RbacOptions& options, const LiveNeeds& needs) {
  std::vector<std::string> names;
  for (const char* const name : {"istio", "istio-sidecar-injector", "values"}) {
    names.emplace_back(name);
    for (const std::string& revision : options.revisions) {
      names.push_back(fmt::format("{}-{}", name, revision));
    }
  }
  names.insert(names.end(), options.shared_configs.begin(), options.shared_configs.end());
  std::string out = fmt::format(
      "---\n"
      "apiVersion: rbac.authorization.k8s.io/v1\n"
      "kind: Role\n"
      "metadata:\n"
      "  name: meshcheck\n"
      "  namespace: {}\n"
      "rules:\n"
      "  - apiGroups: [\"\"]\n"
      "    resources: [configmaps]\n"
      "    resourceNames: [{}]\n"
      "    verbs: [get]\n",
      options.name_space.empty() ? "istio-system" : options.name_space, fmt::join(names, ", "));
  if (needs.proxy) {
    out +=
        "  # istiod's version and metrics\n"
        "  - apiGroups: [\"\"]\n"
        "    resources: [pods/proxy]\n"
        "    verbs: [get]\n";
  }
  if (options.drift && needs.drift) {
    out +=
        "  # the state of istiod's proxies; from Kubernetes 1.35 on `create` too\n"
        "  - apiGroups: [\"\"]\n"
        "    resources: [pods/portforward]\n"
        "    verbs: [get, create]\n";
  }
  return out;
}

}  // namespace

Exit rbac(const RbacOptions& options, const Surroundings& surroundings) {
  const auto rules = select_rules(options.selection);
  if (!rules) {
    say(rules.error(), surroundings.err);
    return Exit::usage;
  }
  const LiveNeeds needs = needs_of(*rules);
  surroundings.out << cluster_role(needs) << role(options, needs);
  return Exit::clean;
}

}  // namespace meshcheck::cli
