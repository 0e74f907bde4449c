// Severity, documentation and parameters: rules/mc501-mesh-wide-access-log.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

constexpr std::string_view kOneNamespace =
    "To look at one namespace, apply a Telemetry there with `spec: {accessLogging: [{providers: "
    "[{name: envoy}]}]}` and delete it afterwards.";

bool is_verbose(const Traced<std::optional<std::string>>& level) {
  return level.value == "debug" || level.value == "trace";
}

bool proxies_are_verbose(const Mesh& mesh, const MeshConfig* config) {
  if (config == nullptr) return false;
  for (const Injector& injector : mesh.injectors) {
    if (injector.revision == config->revision && injector.name_space == config->name_space) {
      return is_verbose(injector.log_level);
    }
  }
  return false;
}

// The settings that switch everything off, so that none of them takes over from another.
void add_settings(Draft& finding, const MeshConfig& config) {
  const auto& file = config.access_log_file.value;
  if (file && !file->empty()) finding.setting("meshConfig.accessLogFile", "\"\"");
  if (!config.default_log_providers.empty()) {
    finding.setting("meshConfig.defaultProviders.accessLogging", "[]");
  }
  if (config.access_log_service.value.value_or(false)) {
    finding.setting("meshConfig.enableEnvoyAccessLogService", "false");
  }
}

void fix_telemetry(Draft& finding, const Telemetry& telemetry, const std::string& provider) {
  finding.object(telemetry.object->ref())
      .field("spec.accessLogging")
      .fix(fmt::format("Delete the entry, or keep failed requests only. {}", kOneNamespace));
  // A list is replaced as a whole: never drop an entry that is not the matter.
  if (telemetry.access_log.size() != 1) return;
  finding.patch(
      manifest_head(telemetry.object->ref()) + "spec:\n  accessLogging:\n" +
      indented(log_entry(telemetry.access_log.front(), provider, "response.code >= 400", false),
               4));
}

void fix_config(Draft& finding, const MeshConfig& config, const ControlPlane* plane) {
  const bool in_config_map = plane == nullptr || plane->deployment != nullptr;
  if (in_config_map) {
    finding.object({.api_version = "v1",
                    .kind = "ConfigMap",
                    .name_space = config.name_space,
                    .name = config.name,
                    .revision = config.revision});
  }
  finding.field(in_config_map ? "data.mesh" : "meshConfig");
  const bool by_values = plane != nullptr && plane->method != InstallMethod::objects;
  finding.fix(
      by_values ? fmt::format("Switch it off for the mesh. {}", kOneNamespace)
                : fmt::format("In ConfigMap {} of {}, key mesh, set `accessLogFile: \"\"` and name "
                              "no provider in defaultProviders.accessLogging. {}",
                              config.name, config.name_space, kOneNamespace));
  add_settings(finding, config);
}

void report(const Mesh& mesh, const MeshWideLog& log, const MeshConfig* config, Sink& sink) {
  const std::string revision =
      mesh.mesh_configs.size() > 1 && config != nullptr && config->revision != "default"
          ? fmt::format(" of revision {}", config->revision)
          : "";
  Draft finding =
      proxies_are_verbose(mesh, config)
          ? sink.report_as("with-debug", log.where,
                           "every request of the mesh{} is logged, and proxies log at debug level: "
                           "{}",
                           revision, log.what)
          : sink.report(log.where, "every request of the mesh{} is logged: {}", revision, log.what);
  const ControlPlane* plane = config == nullptr ? nullptr : mesh.find_reader(*config);
  if (plane != nullptr) finding.about(*plane);
  if (log.telemetry != nullptr) {
    fix_telemetry(finding, *log.telemetry, log.provider);
  } else {
    fix_config(finding, *config, plane);
  }
}

}  // namespace

void mc501_mesh_wide_access_log(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  for (const TelemetryView& view : telemetry_views(mesh)) {
    const MeshWideLog log = mesh_wide_log(view);
    if (log.on) {
      report(mesh, log, view.config(), sink);
    } else if (!log.known) {
      sink.not_evaluated(log.reason);
    } else if (view.config() == nullptr) {
      sink.not_evaluated("no mesh configuration is in the input",
                         {"ConfigMap istio", "Helm values", "IstioOperator"});
    } else {
      sink.judged();
    }
  }
}

}  // namespace meshcheck::rules
