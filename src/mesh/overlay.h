// An IstioOperator's overlays: single paths of rendered objects set by hand.
#pragma once

#include <string_view>

#include "mesh/workload_settings.h"

namespace meshcheck {

// Sets the fields that we read at `path` of the chart's object of that kind, or makes them unknown
// where the path is above them or below what we can follow. A missing `value` deletes.
// Labels of its pods are left to overlay_label().
void overlay(std::string_view kind, std::string_view path, Node value,
             const ChartWorkload& workload, WorkloadSettings& settings);
// Sets or takes away the label at `path` of a Deployment, where it is one of the pods'. It comes
// before all that selects pods by their labels.
void overlay_label(std::string_view path, Node value, Labels& labels);

}  // namespace meshcheck
