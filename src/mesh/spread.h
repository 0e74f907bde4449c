// How a pod's affinity and topologySpreadConstraints keep it from its equals; of manifests and of
// chart values alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "mesh/helm_value.h"
#include "mesh/workload.h"
#include "meshcheck/injection.h"
#include "meshcheck/mesh.h"
#include "meshcheck/resource.h"

namespace meshcheck {

// The pods in question.
struct SpreadPods {
  LabelSet labels;
  std::string_view name_space;
  const Resource* namespace_object = nullptr;  // null where it is not in the input
  std::optional<std::int64_t> replicas;        // at rest; nothing where unknown
};

struct SpreadReading {
  Spread spread;
  bool known = true;  // false where a term hangs on what is not in the input
};

SpreadReading read_spread(const HelmValue& affinity, const HelmValue& constraints,
                          const SpreadPods& pods);
// The same of a manifest; `at_rest` are its replicas.
SpreadReading read_spread(const ResourceIndex& resources, const ScaledWorkload& workload,
                          const Traced<std::int64_t>& at_rest);
// True where some leaf hangs on something that is not in the input.
bool holds_unknown(const HelmValue& value);

}  // namespace meshcheck
