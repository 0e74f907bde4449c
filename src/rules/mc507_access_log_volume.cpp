// Severity, documentation and parameters: rules/mc507-access-log-volume.yaml
#include <algorithm>
#include <map>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

constexpr double kSecondsADay = 86'400;
constexpr double kGigabyte = 1e9;

struct Volume {
  std::string workload;  // "namespace/name"
  double requests = 0;   // a second
};

const Workload* find_workload(const Mesh& mesh, std::string_view key) {
  const auto slash = key.find('/');
  if (slash == std::string_view::npos) return nullptr;
  for (const Workload& workload : mesh.workloads) {
    if (workload.name_space == key.substr(0, slash) && workload.name == key.substr(slash + 1)) {
      return &workload;
    }
  }
  return nullptr;
}

// Whether a workload's own proxies log every request they take, not a part of them.
bool logs_everything(const TelemetryView& view, const std::vector<const Telemetry*>& levels) {
  const AccessLogs logs = merge_access_logs(view.config(), levels, LogDirection::server);
  const bool by_provider = std::ranges::any_of(logs.outputs, [](const LogOutput& output) {
    return !output.disabled && !output.filter &&
           (output.found == nullptr || output.found->writes());
  });
  if (by_provider || !logs.fallback() || view.config() == nullptr) return by_provider;
  const auto& file = view.config()->access_log_file.value;
  return (file && !file->empty() && file != "/dev/null") ||
         view.config()->access_log_service.value.value_or(false);
}

std::vector<const Telemetry*> levels_for(const TelemetryView& view, const Mesh& mesh,
                                         std::string_view key) {
  if (const Workload* workload = find_workload(mesh, key)) return view.levels(*workload);
  const auto own = view.wide(key.substr(0, key.find('/')));
  return view.levels(own.empty() ? nullptr : own.front());
}

Node place_of(const Mesh& mesh, const TelemetryView& view) {
  const MeshWideLog log = mesh_wide_log(view);
  if (log.on) return log.where;
  for (const Telemetry* telemetry : view.in_force()) {
    if (!telemetry->access_log.empty()) return telemetry->access_log.front().node;
  }
  return mesh.control_planes.empty() ? Node{} : mesh.control_planes.front().anchor;
}

void report(const Mesh& mesh, const TelemetryView& view, std::vector<Volume> volumes,
            std::int64_t bytes_per_line, Sink& sink) {
  std::ranges::sort(volumes, std::ranges::greater{}, &Volume::requests);
  double requests = 0;
  std::vector<std::string> shown;
  for (const Volume& volume : volumes) {
    requests += volume.requests;
    if (shown.size() < 3)
      shown.push_back(fmt::format("{} {:g}/s", volume.workload, volume.requests));
  }
  if (volumes.size() > shown.size()) {
    shown.push_back(fmt::format("{} more", volumes.size() - shown.size()));
  }
  const double bytes = requests * static_cast<double>(bytes_per_line) * kSecondsADay;
  sink.report(
          place_of(mesh, view),
          "access logs write about {:.1f} GB a day: {} bytes for each of {:g} requests a second "
          "({})",
          bytes / kGigabyte, bytes_per_line, requests, fmt::join(shown, ", "))
      .field("accessLogging")
      .fix(
          "Log failed requests only, by a filter such as `response.code >= 400` beside the "
          "provider, or one namespace for a while. The callers' proxies write as much again.");
}

}  // namespace

void mc507_access_log_volume(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  if (mesh.settings->requests_per_second.empty()) {
    sink.not_evaluated("no request rates are given", {"--rps NAMESPACE/WORKLOAD=N"});
    return;
  }
  if (mesh.mesh_configs.empty() && mesh.telemetries.empty()) {
    sink.not_evaluated("neither the mesh configuration nor a Telemetry is in the input",
                       {"ConfigMap istio", "Telemetry"});
    return;
  }
  sink.judged();
  const TelemetryView view = telemetry_views(mesh).front();
  std::vector<Volume> volumes;
  for (const auto& [key, requests] : mesh.settings->requests_per_second) {
    if (logs_everything(view, levels_for(view, mesh, key))) volumes.push_back({key, requests});
  }
  if (volumes.empty()) return;
  report(mesh, view, std::move(volumes), parameters.integer("bytes-per-line"), sink);
}

}  // namespace meshcheck::rules
