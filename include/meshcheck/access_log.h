// Which proxies write access logs and why: Telemetry objects and the mesh's configuration merged as
// istiod merges them (istio: pilot/pkg/model/telemetry.go, pilot/pkg/networking/core/accesslog.go).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/resource.h"

namespace meshcheck {

struct Mesh;
struct MeshConfig;
struct Workload;

// An entry of extensionProviders, or one that istiod has built in.
struct LogProvider {
  enum class Kind : std::uint8_t {
    file,
    service,  // gRPC ALS or OpenTelemetry
    no_log,   // a provider of something else: it writes no access log
    unknown,  // named by a profile, whose details we do not hold
  };
  std::string name;
  Kind kind = Kind::unknown;
  std::string path;  // of a file
  Node node;         // missing where the user wrote none

  // Whether naming it makes proxies write anything.
  bool writes() const { return kind != Kind::no_log && path != "/dev/null"; }
};

// A name in defaultProviders.accessLogging.
struct DefaultLogProvider {
  std::string name;
  Node node;
};

// CLIENT: what a proxy sends out, and all that gateways do; SERVER: what a sidecar receives.
enum class LogDirection : std::uint8_t { client, server };

// One entry of a Telemetry's accessLogging.
struct LogEntry {
  Node node;
  std::vector<Node> providers;  // their names
  bool client = true;
  bool server = true;
  bool disabled = false;
  Node filter;  // the expression; or missing

  bool applies_to(LogDirection direction) const {
    return direction == LogDirection::client ? client : server;
  }
};

struct Telemetry {
  const Resource* object = nullptr;
  // Of selected workloads or targets only; else of its whole namespace.
  bool scoped = false;
  std::vector<LogEntry> access_log;

  std::string_view name() const { return object->name(); }
  std::string_view name_space() const { return object->name_space(); }
  std::string_view created() const { return object->metadata()["creationTimestamp"].text(); }
};

// What one provider is told for one direction.
struct LogOutput {
  std::string provider;
  const LogProvider* found = nullptr;  // null: the mesh has no provider of that name
  bool disabled = false;
  Node filter;                      // in force; missing: every request
  const Telemetry* from = nullptr;  // null: defaultProviders
  const LogEntry* entry = nullptr;

  // The entry has a filter of its own, which istiod reads only beside explicit providers.
  bool filter_dropped() const {
    return entry != nullptr && entry->filter && entry->providers.empty();
  }
};

struct AccessLogs {
  std::vector<LogOutput> outputs;  // to providers that exist and can log
  std::vector<LogOutput> lost;     // to providers that do not
  // No provider is told anything, so that accessLogFile and the access log service decide.
  bool fallback() const { return outputs.empty(); }
};

// Merges the levels, the most general one first. Without a configuration in the input (null) every
// provider counts as found.
AccessLogs merge_access_logs(const MeshConfig* config, std::span<const Telemetry* const> levels,
                             LogDirection direction);

// The Telemetry objects of one mesh, as one revision's istiod sees them.
class TelemetryView {
 public:
  // `config` may be null: then nothing is known of roots and revisions but their defaults.
  TelemetryView(const Mesh& mesh, const MeshConfig* config);

  const MeshConfig* config() const { return config_; }
  const std::string& root_namespace() const { return root_namespace_; }
  // Those without selector, the one in force first; only it counts. Which it is, is not certain
  // where several stand there and the input does not tell which is the oldest.
  std::span<const Telemetry* const> wide(std::string_view name_space) const;
  std::span<const Telemetry* const> scoped(std::string_view name_space) const;
  // All that some proxy may be given: the scoped ones, and of each namespace the one that counts.
  std::vector<const Telemetry*> in_force() const;
  // The namespaces that hold any, sorted.
  std::vector<std::string_view> namespaces() const;
  // The levels for the proxies that `last` is about, itself included; null: for the whole mesh. For
  // one about Services these are their waypoints, in whatever namespace those run.
  std::vector<const Telemetry*> levels(const Telemetry* last) const;
  // The levels for a workload's proxies.
  std::vector<const Telemetry*> levels(const Workload& workload) const;

 private:
  struct Group {
    std::string_view name_space;
    std::vector<const Telemetry*> wide;
    std::vector<const Telemetry*> scoped;
  };
  const Group* find(std::string_view name_space) const;
  std::vector<const Telemetry*> levels_of_waypoint(const Workload& waypoint) const;

  const Mesh* mesh_;
  const MeshConfig* config_;
  std::string root_namespace_;
  std::vector<Group> groups_;  // sorted by namespace
};

// A view for each mesh configuration of the input; one without any where there is none.
std::vector<TelemetryView> telemetry_views(const Mesh& mesh);

// False where several Telemetry objects without selector stand in one namespace and the input does
// not tell the oldest, which alone counts.
bool is_certain(std::span<const Telemetry* const> wide);

// What makes every proxy log every request, or none of them.
struct MeshWideLog {
  bool on = false;
  bool known = true;
  std::string reason;  // why it is not known
  Node where;
  std::string what;      // "accessLogFile is /dev/stdout"
  std::string provider;  // empty where accessLogFile or the access log service decide
  const Telemetry* telemetry = nullptr;
};
MeshWideLog mesh_wide_log(const TelemetryView& view);

}  // namespace meshcheck
