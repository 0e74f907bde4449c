// Severity, documentation and parameters: rules/mc408-sidecar-capacity.yaml
#include <algorithm>
#include <array>
#include <map>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

using TracedQuantity = Traced<std::optional<Quantity>>;
using Workloads = std::vector<const Workload*>;
using ByNamespace = std::map<std::string_view, Workloads>;

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

ByNamespace sidecars_of(const Mesh& mesh) {
  ByNamespace found;
  for (const Workload& workload : mesh.workloads) {
    if (!workload.sidecar || workload.object->metadata()["ownerReferences"].size() != 0) continue;
    found[workload.name_space].push_back(&workload);
  }
  return found;
}

// A quota with scopes counts some pods only.
void judge_quota(const Resource& quota, const Workloads& workloads, Sink& sink) {
  if (quota.spec()["scopes"].size() != 0 || quota.spec()["scopeSelector"].size() != 0) return;
  sink.judged();
  for (const Counted& counted : kCounted) {
    const Node hard = quota.spec()["hard"][counted.key];
    const auto allowed = Quantity::parse(hard.text());
    if (!allowed) continue;
    std::int64_t used = 0;
    const Workload* without = nullptr;
    for (const Workload* workload : workloads) {
      const TracedQuantity& value = workload->sidecar->resources.*counted.member;
      used += amount(value.value, counted.cpu) * workload->pods.least;
      if (value.known() && !value.value && without == nullptr) without = workload;
    }
    if (without != nullptr) {
      sink.report(hard,
                  "ResourceQuota {} counts {}, and the sidecar of {} {} sets none: its pods are "
                  "refused",
                  quota.name(), counted.key, without->kind, without->name)
          .object(quota.ref())
          .field(fmt::format("spec.hard[{}]", counted.key))
          .related("the workload", without->object->anchor(), without->object->ref())
          .fix(
              "Set the sidecar's requests and limits by all four annotations, or give the "
              "namespace a LimitRange with defaults.");
    }
    if (used > amount(allowed, counted.cpu)) {
      sink.report(hard,
                  "the sidecars of namespace {} alone count {} as {}, over {} of ResourceQuota {}",
                  quota.name_space(), show(used, counted.cpu), counted.key, allowed->text(),
                  quota.name())
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
  RangeJudge(const Resource& range, const Workloads& workloads, Sink& sink)
      : range_(range), workloads_(workloads), sink_(sink) {}

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
  }

  // One finding for a bound: the first workload whose sidecar breaks it, and how many more.
  template <class Breaks>
  void first(Node where, const char* what, const char* which, TracedQuantity Resources::* member,
             const std::string& how, Breaks breaks) const {
    const Workload* culprit = nullptr;
    int more = -1;
    for (const Workload* workload : workloads_) {
      const TracedQuantity& value = workload->sidecar->resources.*member;
      if (!value.value || !breaks(*value.value)) continue;
      if (culprit == nullptr) culprit = workload;
      ++more;
    }
    if (culprit == nullptr) return;
    const TracedQuantity& value = culprit->sidecar->resources.*member;
    sink_
        .report(where,
                "the sidecar of {} {}{} has a {} {} of {}{}, {} in LimitRange {}: its pods are "
                "refused",
                culprit->kind, culprit->name, more > 0 ? fmt::format(" and {} more", more) : "",
                what, which, value.value->text(), in_parentheses(value.from), how, range_.name())
        .object(range_.ref())
        .field(fmt::format("spec.limits.{}.{}", which, what))
        .related("the workload", culprit->object->anchor(), culprit->object->ref())
        .fix(
            "Set the sidecar's requests and limits within the range, by all four annotations; or "
            "widen the range.");
  }

  const Resource& range_;
  const Workloads& workloads_;
  Sink& sink_;
};

void judge_nodes(const NodeCapacity& nodes, const ByNamespace& all, Sink& sink) {
  sink.judged();
  const std::array<std::pair<const std::optional<Quantity>*, const Counted*>, 2> sizes = {
      {{&nodes.cpu, kCounted.data()}, {&nodes.memory, &kCounted[3]}}};
  for (const auto& [size, counted] : sizes) {
    if (!*size) continue;
    const std::int64_t capacity = amount(*size, counted->cpu) * nodes.count;
    std::int64_t used = 0;
    const Workload* first = nullptr;
    for (const auto& [name_space, workloads] : all) {
      for (const Workload* workload : workloads) {
        used += amount((workload->sidecar->resources.*counted->member).value, counted->cpu) *
                workload->pods.least;
        if (first == nullptr) first = workload;
      }
    }
    if (first == nullptr || used <= capacity) continue;
    sink.report(first->object->anchor(),
                "all sidecars together request {} of {}, more than {} nodes of {} hold",
                show(used, counted->cpu), counted->cpu ? "CPU" : "memory", nodes.count,
                (*size)->text())
        .field(fmt::format("nodes.{}", counted->key))
        .compare(show(used, counted->cpu), "at most " + show(capacity, counted->cpu), {})
        .object(first->object->ref())
        .fix("Add nodes, or lower what sidecars request where what is measured allows it.");
  }
}

}  // namespace

void mc408_sidecar_capacity(const Mesh& mesh, const Parameters&, Sink& sink) {
  const ByNamespace sidecars = sidecars_of(mesh);
  if (sidecars.empty()) {
    sink.not_evaluated("no workload with a sidecar is in the input", {"Namespace", "Deployment"});
    return;
  }
  bool any = mesh.settings->nodes.has_value();
  for (const char* kind : {"ResourceQuota", "LimitRange"}) {
    for (const Resource* object : mesh.resources->of_kind(kind)) {
      const auto there = sidecars.find(object->name_space());
      if (there == sidecars.end()) continue;
      any = true;
      if (object->kind() == "ResourceQuota") judge_quota(*object, there->second, sink);
      const RangeJudge range(*object, there->second, sink);
      for (const Node item : object->spec()["limits"].items()) range.item(item);
    }
  }
  if (mesh.settings->nodes) judge_nodes(*mesh.settings->nodes, sidecars, sink);
  if (!any) {
    sink.not_evaluated("neither quota nor LimitRange nor the nodes' size is in the input",
                       {"ResourceQuota", "LimitRange", "--node-allocatable"});
  }
}

}  // namespace meshcheck::rules
