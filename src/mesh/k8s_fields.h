// Lays fields of Kubernetes' API, as IstioOperators hold them, over what a chart has made. A
// missing field changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "mesh/helm_value.h"
#include "meshcheck/mesh.h"

namespace meshcheck {

void set(Traced<std::optional<Quantity>>& field, Node node);
void set_resources(Resources& resources, Node node);
void set_integer(Traced<std::int64_t>& field, Node node);
void set_integer(Traced<std::optional<std::int64_t>>& field, Node node);
void set_budget(Traced<std::optional<IntOrPercent>>& field, Node node);
// A list in a patch of an HPA replaces the chart's.
void set_metrics(Autoscaler& autoscaler, Node metrics, std::string_view container,
                 const Resources& requests);

}  // namespace meshcheck
