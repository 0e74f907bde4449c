#include <algorithm>

#include <fmt/format.h>

#include "meshcheck/access_log.h"
#include "meshcheck/mesh.h"

namespace meshcheck {
namespace {

// The provider whose output makes every proxy log every request; null if none does.
const LogOutput* unfiltered(const AccessLogs& logs) {
  for (const LogOutput& output : logs.outputs) {
    // What a dropped filter lets through is the Telemetry's own matter.
    if (output.disabled || output.filter || output.filter_dropped()) continue;
    if (output.found == nullptr || output.found->writes()) return &output;
  }
  return nullptr;
}

Node place_of_default(const MeshConfig& config, std::string_view name) {
  for (const DefaultLogProvider& provider : config.default_log_providers) {
    if (provider.name == name) return provider.node;
  }
  return config.root;
}

MeshWideLog by_output(const TelemetryView& view, const LogOutput& output) {
  MeshWideLog log;
  log.on = true;
  log.provider = output.provider;
  log.telemetry = output.from;
  if (output.from == nullptr) {
    log.where = place_of_default(*view.config(), output.provider);
    log.what = fmt::format("defaultProviders.accessLogging names {}", output.provider);
  } else {
    log.where = output.entry->node;
    log.what = fmt::format("Telemetry {} of the root namespace {} logs to {}", output.from->name(),
                           output.from->name_space(), output.provider);
  }
  return log;
}

MeshWideLog by_fallback(const MeshConfig& config) {
  MeshWideLog log;
  const auto& file = config.access_log_file;
  if (file.known() && file.value && !file.value->empty() && file.value != "/dev/null") {
    log.on = true;
    log.where = file.from.node;
    log.what = fmt::format("accessLogFile is {}{}", *file.value, in_parentheses(file.from));
  } else if (config.access_log_service.value.value_or(false)) {
    log.on = true;
    log.where = config.access_log_service.from.node;
    log.what = "enableEnvoyAccessLogService is true";
  } else if (!file.known() || !config.access_log_service.known()) {
    log.known = false;
    log.reason = fmt::format("accessLogFile of {} is not known: {}", config.name,
                             describe(!file.known() ? file.from : config.access_log_service.from));
  }
  return log;
}

}  // namespace

MeshWideLog mesh_wide_log(const TelemetryView& view) {
  const auto roots = view.wide(view.root_namespace());
  // Which of several counts is nothing to those that say nothing of access logs.
  const bool matters =
      std::ranges::any_of(roots, [](const Telemetry* root) { return !root->access_log.empty(); });
  if (matters && !is_certain(roots)) {
    MeshWideLog log;
    log.known = false;
    log.reason = fmt::format(
        "which Telemetry without selector is the oldest of the root namespace {} is not in the "
        "input",
        view.root_namespace());
    return log;
  }
  const std::vector<const Telemetry*> levels = view.levels(nullptr);
  MeshWideLog last;
  for (const LogDirection direction : {LogDirection::server, LogDirection::client}) {
    const AccessLogs logs = merge_access_logs(view.config(), levels, direction);
    if (const LogOutput* output = unfiltered(logs)) return by_output(view, *output);
    if (logs.fallback() && view.config() != nullptr) {
      MeshWideLog fallback = by_fallback(*view.config());
      if (fallback.on) return fallback;
      if (!fallback.known) last = std::move(fallback);
    }
  }
  return last;
}

}  // namespace meshcheck
