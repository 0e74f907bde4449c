#include "mesh/read_access_log.h"

namespace meshcheck {
namespace {

LogEntry read_entry(Node node) {
  LogEntry entry;
  entry.node = node;
  for (const Node provider : node["providers"].items()) entry.providers.push_back(provider["name"]);
  const std::string_view mode = node["match"]["mode"].text();
  entry.client = mode != "SERVER";
  entry.server = mode != "CLIENT";
  entry.disabled = node["disabled"].boolean().value_or(false);
  if (const Node filter = node["filter"]["expression"]; !filter.text().empty()) {
    entry.filter = filter;
  }
  return entry;
}

}  // namespace

void read_telemetries(Mesh& mesh) {
  for (const Resource* object : mesh.resources->of_kind("Telemetry")) {
    if (object->group() != "telemetry.istio.io") continue;
    const Node spec = object->spec();
    Telemetry telemetry;
    telemetry.object = object;
    telemetry.scoped = spec["selector"]["matchLabels"].size() != 0 ||
                       spec["targetRefs"].size() != 0 || spec["targetRef"].size() != 0;
    for (const Node entry : spec["accessLogging"].items()) {
      telemetry.access_log.push_back(read_entry(entry));
    }
    mesh.telemetries.push_back(std::move(telemetry));
  }
}

}  // namespace meshcheck
