// What was put by hand beside a workload that values ask for.
#include <algorithm>

#include "mesh/workload.h"
#include "mesh/workload_settings.h"

namespace meshcheck {

void add_objects_beside(const ChartWorkload& workload, WorkloadSettings& settings) {
  if (workload.resources == nullptr) return;
  const ResourceIndex& resources = *workload.resources;
  const WorkloadKey key{.object = workload.object,
                        .container = workload.container,
                        .pod_labels = label_set(workload.pod_labels),
                        .place = workload.anchor};
  if (!settings.autoscaler && settings.autoscaler_known) {
    settings.autoscaler = find_autoscaler(resources, key, settings.resources);
    if (settings.autoscaler) settings.autoscaler->beside_chart = true;
  }
  for (DisruptionBudget& found : find_budgets(resources, key)) {
    // One of the chart's own name is what the chart has rendered.
    const bool rendered = std::ranges::any_of(settings.budgets, [&](const DisruptionBudget& made) {
      return made.object.name == found.object.name;
    });
    if (rendered) continue;
    found.beside_chart = true;
    settings.budgets.push_back(std::move(found));
  }
}

}  // namespace meshcheck
