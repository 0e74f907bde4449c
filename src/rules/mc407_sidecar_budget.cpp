// Severity, documentation and parameters: rules/mc407-sidecar-budget.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

struct Sum {
  std::int64_t cpu = 0;     // in thousandths of a core
  std::int64_t memory = 0;  // in bytes
  const Workload* first = nullptr;
  int workloads = 0;
  int unknown = 0;  // whose sidecar's requests are not in the input

  void add(const Workload& workload, std::int64_t pods) {
    const Resources& resources = workload.sidecar->resources;
    if (!resources.cpu_request.known() || !resources.memory_request.known()) ++unknown;
    cpu += resources.cpu_request.value.value_or(Quantity()).milli() * pods;
    memory += resources.memory_request.value.value_or(Quantity()).value() * pods;
    if (first == nullptr) first = &workload;
    ++workloads;
  }
};

bool is_owned_by(const Mesh& mesh, const Workload& workload, const Budget& budget) {
  if (!budget.name_space.empty()) return workload.name_space == budget.name_space;
  const Namespace* home = mesh.find_namespace(workload.name_space);
  return home != nullptr && home->object->label(mesh.settings->team_label) == budget.team;
}

std::string mebibytes(std::int64_t bytes) { return fmt::format("{}Mi", (bytes + 1048575) >> 20); }

std::string owner(const Budget& budget) {
  return budget.name_space.empty() ? "team " + budget.team : "namespace " + budget.name_space;
}

// The namespace is what the budget is about; a team has several, so the first workload stands in.
Node place(const Mesh& mesh, const Sum& sum) {
  const Namespace* home = mesh.find_namespace(sum.first->name_space);
  return home == nullptr ? sum.first->object->anchor() : home->object->anchor();
}

struct Overrun {
  const char* what;
  std::string used;
  std::string allowed;
};

std::vector<Overrun> overruns(const Sum& sum, const Budget& budget) {
  std::vector<Overrun> found;
  if (budget.cpu && sum.cpu > budget.cpu->milli()) {
    found.push_back({"cpu", fmt::format("{}m", sum.cpu), budget.cpu->text()});
  }
  if (budget.memory && sum.memory > budget.memory->value()) {
    found.push_back({"memory", mebibytes(sum.memory), budget.memory->text()});
  }
  return found;
}

void judge(const Mesh& mesh, const Budget& budget, Sink& sink) {
  Sum rest;
  Sum peak;
  for (const Workload& workload : mesh.workloads) {
    const bool owned = workload.owned();
    if (!workload.sidecar || owned || !is_owned_by(mesh, workload, budget)) continue;
    rest.add(workload, workload.pods.least);
    peak.add(workload, workload.pods.most);
  }
  if (rest.first == nullptr) {
    sink.not_evaluated(
        fmt::format("no workload with a sidecar of {} is in the input", owner(budget)));
    return;
  }
  const bool at_rest = !overruns(rest, budget).empty();
  const auto found = overruns(at_rest ? rest : peak, budget);
  if (found.empty() && rest.unknown != 0) {
    sink.not_evaluated(fmt::format("the requests of {} sidecars of {} are not known", rest.unknown,
                                   owner(budget)));
    return;
  }
  sink.judged();
  for (const Overrun& overrun : found) {
    sink.report(place(mesh, rest), "sidecars of {} request {} of {}{}, over a budget of {}",
                owner(budget), overrun.used, overrun.what,
                at_rest ? "" : " with autoscalers at their maximum", overrun.allowed)
        .object({.api_version = "v1",
                 .kind = "Namespace",
                 .name_space = {},
                 .name = rest.first->name_space,
                 .revision = {}})
        .field(fmt::format("budget.{}.{}", owner(budget), overrun.what))
        .compare(overrun.used, "at most " + overrun.allowed, {})
        .fix(fmt::format("{} workloads share it: lower requests or replicas, or raise the budget.",
                         rest.workloads));
  }
}

}  // namespace

void mc407_sidecar_budget(const Mesh& mesh, const Parameters&, Sink& sink) {
  if (mesh.settings->budgets.empty()) {
    sink.not_evaluated("the configuration sets no budgets", {"budgets in meshcheck.yaml"});
  }
  for (const Budget& budget : mesh.settings->budgets) judge(mesh, budget, sink);
}

}  // namespace meshcheck::rules
