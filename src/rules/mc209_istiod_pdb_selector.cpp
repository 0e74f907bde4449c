// Severity, documentation and parameters: rules/mc209-istiod-pdb-selector.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// Those whose pods a budget of the namespace may be meant for: scaled to 0 there is nothing to
// lose.
std::vector<const ControlPlane*> istiods_in(const Mesh& mesh, std::string_view name_space) {
  std::vector<const ControlPlane*> planes;
  for (const ControlPlane& plane : mesh.control_planes) {
    if (plane.name_space == name_space && !plane.retired()) planes.push_back(&plane);
  }
  return planes;
}

// What the selector of a budget that stays asks for beside `labels`: merged, it would remain.
std::string dropped_labels(const Resource& budget, const std::string& labels) {
  std::string nulls;
  for (const Entry label : budget.spec()["selector"]["matchLabels"].entries()) {
    const std::string key = fmt::format("{}:", yaml_word(label.key.text()));
    if (labels.starts_with(key) || labels.find('\n' + key) != std::string::npos) continue;
    nulls += key + " null\n";
  }
  return nulls;
}

// The budget as it should stand for that istiod; what it allows stays as it is.
std::string budget_for(const ControlPlane& plane, std::string name, const Resource& budget) {
  ObjectRef object = budget.ref();
  object.name = std::move(name);
  std::string allowed = "  minAvailable: 1\n";
  for (const char* key : {"minAvailable", "maxUnavailable"}) {
    if (const Node value = budget.spec()[key])
      allowed = fmt::format("  {}: {}\n", key, value.text());
  }
  std::string labels = pod_selector(plane);
  const bool stays = object.name == budget.name();
  if (stays) labels += dropped_labels(budget, labels);
  const bool expressions = stays && budget.spec()["selector"]["matchExpressions"];
  return manifest_head(object) + "spec:\n" + allowed + "  selector:\n    matchLabels:\n" +
         indented(labels, 6) + (expressions ? "    matchExpressions: null\n" : "");
}

void report_nothing_selected(const IstiodPartner& budget,
                             const std::vector<const ControlPlane*>& planes, Sink& sink) {
  const Resource& object = *budget.object;
  // Most likely meant for the one of its own name, else for one that has no budget.
  const auto meant = std::ranges::find_if(planes, [&](const ControlPlane* plane) {
    return plane->name == object.name() || plane->budgets.empty();
  });
  if (meant == planes.end()) {
    sink.report(budget.target, "PodDisruptionBudget {} selects no pod: no istiod has these labels",
                object.name())
        .object(object.ref())
        .subject(fmt::format("istiod/{}/{}", object.name_space(), object.name()))
        .field("spec.selector")
        .fix(fmt::format("Delete it: kubectl delete pdb {} -n {}.", object.name(),
                         object.name_space()));
    return;
  }
  const ControlPlane& plane = **meant;
  const std::string unprotected =
      plane.budgets.empty() ? fmt::format(", and nothing protects {}", plane.name) : "";
  Draft finding = sink.report(budget.target, "PodDisruptionBudget {} selects no pod of istiod{}",
                              object.name(), unprotected);
  finding.about(plane)
      .object(object.ref())
      .field("spec.selector")
      .related("the labels of its pods", plane.pod_labels ? plane.pod_labels : plane.anchor,
               plane.object);
  if (plane.budgets.empty()) {
    finding.fix(fmt::format("Select the pods of {}.", plane.name))
        .patch(budget_for(plane, std::string(object.name()), object));
  } else {
    finding.fix(fmt::format("Delete it: {} has a budget of its own.", plane.name));
  }
}

void report_spanning(const IstiodPartner& budget, const std::vector<const ControlPlane*>& spanned,
                     Sink& sink) {
  const Resource& object = *budget.object;
  std::string names;
  for (const ControlPlane* plane : spanned) names += (names.empty() ? "" : ", ") + plane->name;
  // It stays with the istiod of its own name, so that a chart that renders it is not contradicted.
  const auto own = std::ranges::find(spanned, object.name(), &ControlPlane::name);
  const ControlPlane* keeper = own == spanned.end() ? spanned.front() : *own;
  std::string patch = budget_for(*keeper, std::string(object.name()), object);
  for (const ControlPlane* plane : spanned) {
    // A second budget over the same pods would make them impossible to evict.
    if (plane == keeper || plane->budgets.size() > 1) continue;
    patch += "---\n" + budget_for(*plane, plane->name, object);
  }
  Draft finding = sink.report_as("spans-revisions", budget.target,
                                 "PodDisruptionBudget {} counts {} revisions together ({}): the "
                                 "last istiod of one may be evicted",
                                 object.name(), spanned.size(), names);
  finding.object(object.ref())
      .field("spec.selector")
      .fix("Give each revision a budget of its own.")
      .patch(std::move(patch));
  for (const ControlPlane* plane : spanned) {
    finding.related("selected: revision " + plane->revision, plane->anchor, plane->object);
  }
}

void judge(const Mesh& mesh, const IstiodPartner& budget, Sink& sink) {
  const auto planes = istiods_in(mesh, budget.object->name_space());
  std::vector<const ControlPlane*> spanned;
  for (const ControlPlane* plane : planes) {
    if (plane->deployment != nullptr &&
        std::ranges::count(budget.revisions, plane->revision) != 0) {
      spanned.push_back(plane);
    }
  }
  const bool all_shown = std::ranges::all_of(
      planes, [](const ControlPlane* plane) { return plane->deployment != nullptr; });
  if (spanned.size() > 1) {
    report_spanning(budget, spanned, sink);
  } else if (!budget.revisions.empty() || planes.empty()) {
    sink.judged();
  } else if (!all_shown || !budget.target) {
    // A patch has no selector; of istiods that a chart will make we have no labels.
    sink.not_evaluated(fmt::format("what PodDisruptionBudget {} is to select is not in the input",
                                   budget.object->name()));
  } else {
    report_nothing_selected(budget, planes, sink);
  }
}

}  // namespace

void mc209_istiod_pdb_selector(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  for (const IstiodPartner& budget : mesh.istiod_budgets) judge(mesh, budget, sink);
  for (const ControlPlane& plane : mesh.control_planes) {
    if (plane.budgets_known) {
      sink.judged();
    } else {
      sink.not_evaluated(
          fmt::format("the PodDisruptionBudgets of {} are not in the input", plane.name));
    }
  }
}

}  // namespace meshcheck::rules
