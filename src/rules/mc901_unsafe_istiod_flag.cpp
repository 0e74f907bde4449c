// Severity, documentation and parameters: rules/mc901-unsafe-istiod-flag.yaml
#include <algorithm>
#include <array>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

struct Flag {
  std::string_view name;
  enum class Unsafe : std::uint8_t { when_true, when_false, when_set } unsafe;
  std::string_view effect;
  bool debug = false;
  bool (*known_to)(const Version&) = nullptr;  // null: to every version
};

bool has_debug_auth(const Version& version) {
  if (version.major == 1 && version.minor == 27) return version.at_least(1, 27, 6);
  return version.at_least(1, 28, 4);
}

bool has_generator_auth(const Version& version) { return version.at_least(1, 31); }

// istio: pilot/pkg/features
constexpr std::array<Flag, 9> kFlags = {{
    {"UNSAFE_ENABLE_ADMIN_ENDPOINTS", Flag::Unsafe::when_true,
     "anyone who reaches istiod's monitoring port may change its state"},
    {"XDS_AUTH", Flag::Unsafe::when_false,
     "istiod serves configuration to callers that prove nothing"},
    {"PILOT_ENABLE_XDS_IDENTITY_CHECK", Flag::Unsafe::when_false,
     "a proxy may ask for another workload's configuration and secrets"},
    {"PILOT_SKIP_VALIDATE_TRUST_DOMAIN", Flag::Unsafe::when_true,
     "callers of any trust domain are accepted"},
    {"JWKS_RESOLVER_INSECURE_SKIP_VERIFY", Flag::Unsafe::when_true,
     "the keys that check tokens are fetched from servers nobody verified"},
    {"PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS", Flag::Unsafe::when_set,
     "kubeconfigs of remote clusters may run commands in istiod"},
    {"UNSAFE_PILOT_ENABLE_RUNTIME_ASSERTIONS", Flag::Unsafe::when_true,
     "istiod stops at an inconsistency that it would survive"},
    {"ENABLE_DEBUG_ENDPOINT_AUTH", Flag::Unsafe::when_false,
     "any workload may read the whole mesh's configuration from istiod's debug endpoints", true,
     has_debug_auth},
    {"ENABLE_XDS_API_GENERATOR_AUTH", Flag::Unsafe::when_false,
     "any workload may read all Istio configuration through istiod", true, has_generator_auth},
}};

bool is_unsafe(const Flag& flag, const EnvVar& variable) {
  if (variable.name != flag.name || !variable.value) return false;
  switch (flag.unsafe) {
    case Flag::Unsafe::when_true: return reads_as(*variable.value, true);
    case Flag::Unsafe::when_false: return reads_as(*variable.value, false);
    case Flag::Unsafe::when_set: return !variable.value->empty();
  }
  return false;
}

// What istiod of that version does not know does nothing.
bool is_read(const ControlPlane& plane, const Flag& flag) {
  return flag.known_to == nullptr || !plane.version_known() || flag.known_to(*plane.version);
}

void report(const ControlPlane& plane, const EnvVar& variable, const Flag& flag, Sink& sink) {
  const Node where = variable.node ? variable.node : plane.anchor;
  constexpr const char* kMessage = "{} runs with {}={}: {}";
  Draft finding = flag.debug ? sink.report_as("debug", where, kMessage, plane.name, variable.name,
                                              *variable.value, flag.effect)
                             : sink.report(where, kMessage, plane.name, variable.name,
                                           *variable.value, flag.effect);
  finding.about(plane)
      .field(container_field(plane, fmt::format("env[{}]", variable.name)))
      .compare(*variable.value, "not set", {})
      .fix("Take the variable away: the default is safe.");
}

}  // namespace

void mc901_unsafe_istiod_flag(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (mesh.control_planes.empty()) sink.not_evaluated("no istiod is in the input", {"istiod"});
  for (const ControlPlane& plane : mesh.control_planes) {
    sink.judged();
    for (const EnvVar& variable : plane.env) {
      for (const Flag& flag : kFlags) {
        if (is_unsafe(flag, variable) && is_read(plane, flag)) report(plane, variable, flag, sink);
      }
    }
  }
}

}  // namespace meshcheck::rules
