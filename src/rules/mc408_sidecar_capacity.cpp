// Severity, documentation and parameters: rules/mc408-sidecar-capacity.yaml
#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

using TracedQuantity = Traced<std::optional<Quantity>>;

// A workload's sidecar, or a waypoint.
struct Proxy {
  std::string who;  // "the sidecar of Deployment web"
  const Resource* object = nullptr;
  const Resources* resources = nullptr;
  std::int64_t pods = 1;  // at rest
  bool waypoint = false;
};
using Proxies = std::vector<Proxy>;
using ByNamespace = std::map<std::string_view, Proxies>;

// "sidecars", as far as they are nothing else.
std::string_view word_for(const Proxies& proxies) {
  const auto waypoints = std::ranges::count_if(proxies, &Proxy::waypoint);
  if (waypoints == 0) return "sidecars";
  return waypoints == std::ssize(proxies) ? "waypoints" : "sidecars and waypoints";
}

// What one pod's sidecar counts as under a key of a ResourceQuota.
struct Counted {
  std::string_view key;
  TracedQuantity Resources::* member;
  bool cpu;
};
constexpr std::array<Counted, 6> kCounted = {{
    {"requests.cpu", &Resources::cpu_request, true},
    {"cpu", &Resources::cpu_request, true},
    {"limits.cpu", &Resources::cpu_limit, true},
    {"requests.memory", &Resources::memory_request, false},
    {"memory", &Resources::memory_request, false},
    {"limits.memory", &Resources::memory_limit, false},
}};

std::int64_t amount(const std::optional<Quantity>& quantity, bool cpu) {
  if (!quantity) return 0;
  return cpu ? quantity->milli() : quantity->value();
}

std::string show(std::int64_t amount, bool cpu) {
  return cpu ? fmt::format("{}m", amount) : fmt::format("{}Mi", (amount + 1048575) >> 20);
}

ByNamespace proxies_of(const Mesh& mesh) {
  ByNamespace found;
  for (const Workload& workload : mesh.workloads) {
    if (!workload.sidecar || workload.owned()) continue;
    found[workload.name_space].push_back(
        {fmt::format("the sidecar of {} {}", workload.kind, workload.name), workload.object,
         &workload.sidecar->resources, workload.pods.least});
  }
  const auto add_waypoint = [&](const Resource& object, const Resources& resources,
                                std::int64_t pods) {
    found[object.name_space()].push_back(
        {fmt::format("waypoint {}", object.name()), &object, &resources, pods, true});
  };
  for (const Gateway& gateway : mesh.gateways) {
    if (!gateway.is_waypoint() || gateway.workload == nullptr) continue;
    add_waypoint(*gateway.workload, gateway.resources, gateway.min_replicas().value);
  }
  for (const RequestedGateway& gateway : mesh.requested_gateways) {
    if (gateway.is_waypoint()) add_waypoint(*gateway.object, gateway.resources, 1);
  }
  return found;
}

// A quota with scopes counts some pods only.
void judge_quota(const Resource& quota, const Proxies& proxies, Sink& sink) {
  if (quota.spec()["scopes"].size() != 0 || quota.spec()["scopeSelector"].size() != 0) return;
  sink.judged();
  for (const Counted& counted : kCounted) {
    const Node hard = quota.spec()["hard"][counted.key];
    const auto allowed = Quantity::parse(hard.text());
    if (!allowed) continue;
    std::int64_t used = 0;
    const Proxy* without = nullptr;
    for (const Proxy& proxy : proxies) {
      const TracedQuantity& value = proxy.resources->*counted.member;
      used += amount(value.value, counted.cpu) * proxy.pods;
      if (value.known() && !value.value && without == nullptr) without = &proxy;
    }
    if (without != nullptr) {
      sink.report(hard, "ResourceQuota {} counts {}, and {} sets none: its pods are refused",
                  quota.name(), counted.key, without->who)
          .object(quota.ref())
          .field(fmt::format("spec.hard[{}]", counted.key))
          .related("the workload", without->object->anchor(), without->object->ref())
          .fix(
              "Set the sidecar's requests and limits by all four annotations, or give the "
              "namespace a LimitRange with defaults.");
    }
    if (used > amount(allowed, counted.cpu)) {
      sink.report(hard, "the {} of namespace {} alone count {} as {}, over {} of ResourceQuota {}",
                  word_for(proxies), quota.name_space(), show(used, counted.cpu), counted.key,
                  allowed->text(), quota.name())
          .object(quota.ref())
          .field(fmt::format("spec.hard[{}]", counted.key))
          .compare(show(used, counted.cpu), "at most " + allowed->text(), {})
          .fix("Raise the quota by what the sidecars request, or size them by annotations.");
    }
  }
}

struct Bound {
  Node node;
  Quantity value;
};

std::optional<Bound> bound(Node map, const char* key) {
  const Node node = map[key];
  const auto value = Quantity::parse(node.text());
  if (!value) return std::nullopt;
  return Bound{node, *value};
}

class RangeJudge {
 public:
  RangeJudge(const Resource& range, const Proxies& proxies, Sink& sink)
      : range_(range), proxies_(proxies), sink_(sink) {}

  void item(Node item) const {
    const std::string_view type = item["type"].text();
    if (type != "Container" && type != "Pod") return;
    sink_.judged();
    check(item, "cpu", "CPU", &Resources::cpu_request, &Resources::cpu_limit);
    check(item, "memory", "memory", &Resources::memory_request, &Resources::memory_limit);
  }

 private:
  void check(Node item, const char* key, const char* what, TracedQuantity Resources::* request,
             TracedQuantity Resources::* limit) const {
    if (const auto max = bound(item["max"], key)) {
      first(max->node, what, "limit", limit, "above the maximum of " + max->value.text(),
            [&](const Quantity& value) { return value > max->value; });
    }
    const auto min = bound(item["min"], key);
    if (min && item["type"].text() == "Container") {
      first(min->node, what, "request", request, "below the minimum of " + min->value.text(),
            [&](const Quantity& value) { return value < min->value; });
    }
    const auto ratio = bound(item["maxLimitRequestRatio"], key);
    if (ratio && item["type"].text() == "Container") judge_ratio(*ratio, what, request, limit);
  }

  // k8s: plugin/pkg/admission/limitranger/admission.go, limitRequestRatioConstraint
  void judge_ratio(const Bound& ratio, const char* what, TracedQuantity Resources::* request,
                   TracedQuantity Resources::* limit) const {
    const auto milli = [](const Quantity& value) { return static_cast<double>(value.milli()); };
    for (const Proxy& proxy : proxies_) {
      const TracedQuantity& asked = proxy.resources->*request;
      const TracedQuantity& allowed = proxy.resources->*limit;
      if (!asked.value || !allowed.value || asked.value->is_zero()) continue;
      if (milli(*allowed.value) / milli(*asked.value) <= milli(ratio.value) / 1000) continue;
      sink_
          .report(ratio.node,
                  "{} has a {} limit of {} for a request of {}, more than {} times it, the most "
                  "that LimitRange {} allows: its pods are refused",
                  proxy.who, what, allowed.value->text(), asked.value->text(), ratio.value.text(),
                  range_.name())
          .object(range_.ref())
          .field(fmt::format("spec.limits.maxLimitRequestRatio.{}", what))
          .related("the workload", proxy.object->anchor(), proxy.object->ref())
          .fix("Bring the sidecar's requests and limits closer together, by all four annotations.");
      return;
    }
  }

  // One finding for a bound: the first proxy that breaks it, and how many more.
  template <class Breaks>
  void first(Node where, const char* what, const char* which, TracedQuantity Resources::* member,
             const std::string& how, Breaks breaks) const {
    const Proxy* culprit = nullptr;
    int more = -1;
    for (const Proxy& proxy : proxies_) {
      const TracedQuantity& value = proxy.resources->*member;
      if (!value.value || !breaks(*value.value)) continue;
      if (culprit == nullptr) culprit = &proxy;
      ++more;
    }
    if (culprit == nullptr) return;
    const TracedQuantity& value = culprit->resources->*member;
    sink_
        .report(where, "{}{} has a {} {} of {}{}, {} in LimitRange {}: its pods are refused",
                culprit->who, more > 0 ? fmt::format(" and {} more", more) : "", what, which,
                value.value->text(), in_parentheses(value.from), how, range_.name())
        .object(range_.ref())
        .field(fmt::format("spec.limits.{}.{}", which, what))
        .related("the workload", culprit->object->anchor(), culprit->object->ref())
        .fix(
            "Set the sidecar's requests and limits within the range, by all four annotations; or "
            "widen the range.");
  }

  const Resource& range_;
  const Proxies& proxies_;
  Sink& sink_;
};

// What all nodes together can allocate.
struct Capacity {
  std::int64_t nodes = 0;
  std::optional<std::int64_t> cpu;     // in thousandths
  std::optional<std::int64_t> memory;  // in bytes
  const NodeCapacity* each = nullptr;  // by --node-allocatable: all are alike
};

std::optional<std::int64_t> times(const std::optional<Quantity>& size, bool cpu,
                                  std::int64_t count) {
  if (!size) return std::nullopt;
  return amount(size, cpu) * count;
}

// Control planes' Nodes are for themselves. Others that are tainted or cordoned run pods, too: what
// they hold is in the sum.
bool takes_pods(const Resource& node) {
  constexpr std::array<std::string_view, 2> kControl = {"node-role.kubernetes.io/control-plane",
                                                        "node-role.kubernetes.io/master"};
  return std::ranges::none_of(node.spec()["taints"].items(), [&](Node taint) {
    return std::ranges::find(kControl, taint["key"].text()) != kControl.end() &&
           taint["effect"].text() != "PreferNoSchedule";
  });
}

std::optional<Capacity> capacity_of(const Mesh& mesh) {
  if (const auto& said = mesh.settings->nodes) {
    return Capacity{said->count, times(said->cpu, true, said->count),
                    times(said->memory, false, said->count), &*said};
  }
  // Some of a file's may be picked from many.
  if (!mesh.covers_all("Node")) return std::nullopt;
  Capacity all{.nodes = 0, .cpu = 0, .memory = 0};
  for (const Resource* node : mesh.resources->of_kind("Node")) {
    if (!takes_pods(*node)) continue;
    const Node allocatable = node->root()["status"]["allocatable"];
    const auto cpu = Quantity::parse(allocatable["cpu"].text());
    const auto memory = Quantity::parse(allocatable["memory"].text());
    const bool added = cpu && memory &&
                       !__builtin_add_overflow(*all.cpu, cpu->milli(), &*all.cpu) &&
                       !__builtin_add_overflow(*all.memory, memory->value(), &*all.memory);
    if (!added) return std::nullopt;
    ++all.nodes;
  }
  if (all.nodes == 0) return std::nullopt;
  return all;
}

// Everything that Istio adds to the nodes: proxies, and one of each agent on every node.
class NodesJudge {
 public:
  NodesJudge(const Mesh& mesh, const Capacity& nodes, const ByNamespace& proxies, Sink& sink)
      : nodes_(nodes), agents_(mesh.node_agents), proxies_(proxies), sink_(sink) {}

  void judge(const std::optional<std::int64_t>& capacity, const Counted& counted) const {
    if (!capacity) return;
    sink_.judged();
    const std::int64_t used = sum(counted);
    if (used <= *capacity) return;
    const auto [where, object] = first();
    const bool one = nodes_.nodes == 1;
    sink_
        .report(where, "{} together request {} of {}, more than {} node{} of {} hold{}", who(),
                show(used, counted.cpu), counted.cpu ? "CPU" : "memory", nodes_.nodes,
                one ? "" : "s", size(*capacity, counted.cpu), one ? "s" : "")
        .field(fmt::format("nodes.{}", counted.key))
        .compare(show(used, counted.cpu), "at most " + show(*capacity, counted.cpu), {})
        .object(object)
        .fix("Add nodes, or lower what proxies request where what is measured allows it.");
  }

 private:
  // "4000m", or "12000m together".
  std::string size(std::int64_t capacity, bool cpu) const {
    if (nodes_.each != nullptr) return (cpu ? nodes_.each->cpu : nodes_.each->memory)->text();
    return show(capacity, cpu) + (nodes_.nodes == 1 ? "" : " together");
  }

  std::int64_t sum(const Counted& counted) const {
    std::int64_t used = 0;
    for (const auto& [name_space, proxies] : proxies_) {
      for (const Proxy& proxy : proxies) {
        used += amount((proxy.resources->*counted.member).value, counted.cpu) * proxy.pods;
      }
    }
    for (const NodeAgent& agent : agents_) {
      used += amount((agent.resources.*counted.member).value, counted.cpu) * nodes_.nodes;
    }
    return used;
  }

  std::string who() const {
    Proxies all;
    for (const auto& [name_space, proxies] : proxies_) {
      all.insert(all.end(), proxies.begin(), proxies.end());
    }
    std::vector<std::string> parts;
    if (!all.empty()) parts.push_back(fmt::format("all {}", word_for(all)));
    for (const NodeAgent& agent : agents_) parts.emplace_back(to_string(agent.kind));
    return fmt::format("{}", fmt::join(parts, ", "));
  }

  std::pair<Node, ObjectRef> first() const {
    if (!proxies_.empty()) {
      const Resource& object = *proxies_.begin()->second.front().object;
      return {object.anchor(), object.ref()};
    }
    const NodeAgent& agent = agents_.front();
    return {agent.anchor, {"apps/v1", "DaemonSet", agent.name_space, agent.name, {}}};
  }

  const Capacity& nodes_;
  const std::vector<NodeAgent>& agents_;
  const ByNamespace& proxies_;
  Sink& sink_;
};

}  // namespace

void mc408_sidecar_capacity(const Mesh& mesh, const Parameters&, Sink& sink) {
  const ByNamespace proxies = proxies_of(mesh);
  if (proxies.empty() && mesh.node_agents.empty()) {
    sink.not_evaluated("no workload that is known to get a sidecar is in the input",
                       {"Namespace", "Deployment"});
    return;
  }
  const auto nodes = capacity_of(mesh);
  bool any = nodes.has_value();
  for (const char* kind : {"ResourceQuota", "LimitRange"}) {
    for (const Resource* object : mesh.resources->of_kind(kind)) {
      const auto there = proxies.find(object->name_space());
      if (there == proxies.end()) continue;
      any = true;
      if (object->kind() == "ResourceQuota") judge_quota(*object, there->second, sink);
      const RangeJudge range(*object, there->second, sink);
      for (const Node item : object->spec()["limits"].items()) range.item(item);
    }
  }
  if (nodes) {
    const NodesJudge judge(mesh, *nodes, proxies, sink);
    judge.judge(nodes->cpu, kCounted[0]);
    judge.judge(nodes->memory, kCounted[3]);
  }
  if (!any) {
    sink.not_evaluated("neither quota nor LimitRange nor the nodes' size is in the input",
                       {"ResourceQuota", "LimitRange", "Node", "--node-allocatable"});
  }
}

}  // namespace meshcheck::rules
