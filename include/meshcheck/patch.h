// The YAML that rules suggest for objects, and the fields they name: functions of the model alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "meshcheck/document.h"
#include "meshcheck/location.h"
#include "meshcheck/mesh.h"
#include "meshcheck/quantity.h"
#include "meshcheck/traced.h"

namespace meshcheck {

// A name as YAML: in quotes where it would be no string without (`off`, `1e3`, `123`).
std::string yaml_word(std::string_view text);
// The first lines of an object's YAML, up to and with metadata's name and namespace: for patches.
std::string manifest_head(const ObjectRef& object);
// A mapping of labels as one line of YAML, `{app: istiod, version: "2"}`: for patches.
std::string flow_mapping(Node labels);
// Any node as one line of YAML that says the same.
std::string flow_yaml(Node node);
// The manifest that changes the fields `yaml` of istiod's container.
std::string container_patch(const ControlPlane& plane, std::string_view yaml);
// The manifest that changes the fewest replicas that run at rest, at whatever decides them; empty
// where KEDA keeps to something else than the minimum.
std::string replicas_patch(const ControlPlane& plane, std::int64_t replicas);
// The bounds that leave at least so many replicas at rest, and room to grow. What was asked for is
// kept as far as that goes.
struct ReplicaBounds {
  std::int64_t min = 0;
  std::optional<std::int64_t> max;  // where the one that is there, or would be, has no room
};
ReplicaBounds replica_bounds(const std::optional<Autoscaler>& autoscaler,
                             const AskedReplicas& asked, std::int64_t replicas);
// The same as replicas_patch() of one autoscaler, with the maximum where it must be raised too.
std::string minimum_patch(const Autoscaler& autoscaler, std::int64_t replicas);
// Where KEDA keeps to something else than the minimum: the sentence that asks to take that away,
// with a blank before it; else empty.
std::string minimum_advice(const std::optional<Autoscaler>& autoscaler, std::int64_t replicas);
// A request above its limit is refused: the limit that must go with `request`, the preferred one if
// that is enough; nothing where the present one is or where there is none.
std::optional<std::string> raised_limit(const Traced<std::optional<Quantity>>& limit,
                                        const Quantity& request, const Quantity& preferred);
// The labels that tell this revision's pods from all others, as the lines of a `matchLabels`.
std::string pod_selector(const ControlPlane& plane);
// The manifest that sets annotations, `key: value` a line, on the pod template of a workload.
std::string annotations_patch(const Resource& workload, std::string_view annotations);
// An entry of a Telemetry's accessLogging with what it says of directions kept, as the item of a
// list; `filter` may be empty.
std::string log_entry(const LogEntry& entry, std::string_view provider, std::string_view filter,
                      bool disabled);
// `yaml` with each line `spaces` further to the right.
std::string indented(std::string_view yaml, std::size_t spaces);

// A field of istiod's container as Draft::field() wants it: where the control plane is asked for by
// chart values, the value's own path.
std::string container_field(const ControlPlane& plane, std::string_view field);

}  // namespace meshcheck
