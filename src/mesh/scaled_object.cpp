#include <algorithm>

#include "mesh/autoscaler_metric.h"
#include "mesh/container_resources.h"
#include "mesh/whole_number.h"

namespace meshcheck {
namespace {

constexpr std::string_view kKeda = "KEDA's";

// keda: apis/keda/v1alpha1/scaledobject_types.go; the CPU and memory scalers take `metricType`, and
// before KEDA 2.7 `metadata.type`, with the target in `metadata.value`.
Metric read_trigger(Node trigger) {
  const std::string_view type = trigger["type"].text();
  if (type != "cpu" && type != "memory") return {};
  const Node metric_type = trigger["metricType"];
  const Node kind = metric_type ? metric_type : trigger["metadata"]["type"];
  const Node value = trigger["metadata"]["value"];
  if (kind.text() == "AverageValue") return {type, {}, value};
  return {type, value, {}};
}

bool is_on_pods(Node trigger) {
  return trigger["type"].text() == "cpu" || trigger["type"].text() == "memory";
}

// What KEDA keeps while nothing happens. With triggers on CPU and memory alone something always
// happens (keda: pkg/scaling/scale_handler.go).
void read_minimum(const Resource& scaled, Autoscaler& autoscaler) {
  constexpr const char* kPausedReplicas = "autoscaling.keda.sh/paused-replicas";
  constexpr const char* kPaused = "autoscaling.keda.sh/paused";
  constexpr const char* kIdle = "idleReplicaCount";
  const Node spec = scaled.spec();
  const Node paused_at = scaled.annotations()[kPausedReplicas];
  if (const auto replicas = whole_number(paused_at.text())) {
    autoscaler.min = {*replicas, from_input(paused_at)};
    autoscaler.over_minimum = kPausedReplicas;
    return;
  }
  if (const Node paused = scaled.annotations()[kPaused]; paused.text() == "true") {
    autoscaler.min = {
        0, {Provenance::Kind::unknown, paused, "paused at as many replicas as there are"}};
    autoscaler.over_minimum = kPaused;
    return;
  }
  const bool idles = !std::ranges::all_of(spec["triggers"].items(), is_on_pods);
  if (const Node idle = spec[kIdle]; idles && !idle.is_null()) {
    autoscaler.min = read_bound(idle, 0, scaled.anchor(), kKeda);
    autoscaler.over_minimum = kIdle;
    return;
  }
  autoscaler.min = read_bound(spec["minReplicaCount"], 0, scaled.anchor(), kKeda);
}

}  // namespace

Autoscaler read_scaled_object(const Resource& scaled, const Resources& requests) {
  const Node spec = scaled.spec();
  Autoscaler autoscaler;
  autoscaler.object = scaled.ref();
  autoscaler.anchor = scaled.anchor();
  read_minimum(scaled, autoscaler);
  autoscaler.max = read_bound(spec["maxReplicaCount"], 100, scaled.anchor(), kKeda);
  autoscaler.cpu_target.from = absent_at(scaled.anchor());
  autoscaler.memory_target.from = absent_at(scaled.anchor());
  for (const Node trigger : spec["triggers"].items()) {
    Metric metric = read_trigger(trigger);
    // KEDA writes every value as a string.
    if (const auto percent = Quantity::parse(metric.utilization.text())) {
      Traced<std::optional<std::int64_t>> target{percent->value(), from_input(metric.utilization)};
      take_lowest(metric.resource == "cpu" ? autoscaler.cpu_target : autoscaler.memory_target,
                  std::move(target));
    } else {
      add_metric(metric, requests, autoscaler);
    }
  }
  return autoscaler;
}

}  // namespace meshcheck
