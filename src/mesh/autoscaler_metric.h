// What an autoscaler scales on; for the readers of HPAs and ScaledObjects.
#pragma once

#include <cstdint>
#include <string_view>

#include "meshcheck/document.h"
#include "meshcheck/mesh.h"

namespace meshcheck {

// One metric of an HPA, in the shape of any API version since v2beta1.
struct Metric {
  std::string_view resource;  // "cpu", "memory"; empty for anything else
  Node utilization;
  Node average_value;
};

// One of an HPA's `metrics`; on another container's resource it is anything else.
Metric read_metric(Node metric, std::string_view container);
// Notes that the autoscaler scales on it; `requests` turn an average value into per cent.
void add_metric(const Metric& metric, const Resources& requests, Autoscaler& autoscaler);
// Several metrics on one resource: the lowest target asks for the most replicas and so decides.
// Beside one that is not known, it is not known which.
void take_lowest(Traced<std::optional<std::int64_t>>& current,
                 Traced<std::optional<std::int64_t>> candidate);

// KEDA's ScaledObject, as the HPA that it makes.
Autoscaler read_scaled_object(const Resource& scaled, const Resources& requests);

// minReplicas and the like; where it is missing, `by_default`, as `whose` has it ("KEDA's").
Traced<std::int64_t> read_bound(Node node, std::int64_t by_default, Node owner,
                                std::string_view whose = "the API server's");

}  // namespace meshcheck
