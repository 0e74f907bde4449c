// Severity, documentation and parameters: rules/mc909-unknown-pilot-env.yaml
#include <algorithm>
#include <array>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// The two variables of protocol sniffing have a rule of their own.
struct Removed {
  std::string_view name;
  int minor;  // the first of 1.x that does not read it
  std::string_view instead;
};

// istio: pilot/pkg/features, by version
constexpr std::array<Removed, 4> kRemoved = {{
    {"PILOT_ENABLE_HBONE", 22, "PILOT_ENABLE_AMBIENT"},
    {"PILOT_ENABLE_AMBIENT_CONTROLLERS", 22, "PILOT_ENABLE_AMBIENT"},
    {"VERIFY_CERTIFICATE_AT_CLIENT", 24, ""},
    {"PILOT_SPAWN_UPSTREAM_SPAN_FOR_GATEWAY", 31, ""},
}};

void report(const ControlPlane& plane, const EnvVar& variable, const Removed& removed, Sink& sink) {
  sink.report(variable.node ? variable.node : plane.anchor,
              "{} sets {}, which istiod {} does not read: it is gone since 1.{}", plane.name,
              variable.name, plane.version->text(), removed.minor)
      .about(plane)
      .field(container_field(plane, fmt::format("env[{}]", variable.name)))
      .compare(variable.value.value_or("set"), "not set", {})
      .fix(removed.instead.empty()
               ? "Take the variable away: what it switched on is always on now."
               : fmt::format("Take the variable away; {} took its place.", removed.instead));
}

}  // namespace

void mc909_unknown_pilot_env(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (mesh.control_planes.empty()) sink.not_evaluated("no istiod is in the input", {"istiod"});
  for (const ControlPlane& plane : mesh.control_planes) {
    if (!plane.version_known()) {
      sink.not_evaluated(fmt::format("the version of {} is not in the input", plane.name),
                         {"--istio-version"});
      continue;
    }
    sink.judged();
    for (const EnvVar& variable : plane.env) {
      const auto removed = std::ranges::find(kRemoved, variable.name, &Removed::name);
      if (removed != kRemoved.end() && plane.version->at_least(1, removed->minor)) {
        report(plane, variable, *removed, sink);
      }
    }
  }
}

}  // namespace meshcheck::rules
