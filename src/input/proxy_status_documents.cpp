// The status as JSON or YAML: what `istioctl proxy-status -o json` prints for each istiod (istio:
// istioctl/pkg/writer/pilot/status.go), and what /debug/syncz answers (istio:
// pilot/pkg/xds/debug.go, SyncStatus).
#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "input/arena.h"
#include "input/json_stream.h"
#include "input/parse.h"
#include "input/proxy_status.h"
#include "input/saved_text.h"
#include "meshcheck/time.h"

namespace meshcheck {
namespace {

constexpr const char* kHint =
    "save it with `istioctl proxy-status -o json` (1.26 and older: `istioctl proxy-status`)";

// (istio: pkg/model/xds.go, GetShortType)
std::string short_type(std::string_view url) {
  using Name = std::pair<std::string_view, std::string_view>;
  static constexpr std::array<Name, 12> kNames = {{
      {"envoy.config.cluster.v3.Cluster", "CDS"},
      {"envoy.config.endpoint.v3.ClusterLoadAssignment", "EDS"},
      {"envoy.config.listener.v3.Listener", "LDS"},
      {"envoy.config.route.v3.RouteConfiguration", "RDS"},
      {"envoy.config.core.v3.TypedExtensionConfig", "ECDS"},
      {"envoy.extensions.transport_sockets.tls.v3.Secret", "SDS"},
      {"istio.networking.nds.v1.NameTable", "NDS"},
      {"istio.mesh.v1alpha1.ProxyConfig", "PCDS"},
      {"istio.workload.Address", "WDS"},
      {"istio.workload.Workload", "WDS"},
      {"istio.security.Authorization", "WADS"},
      {"envoy.service.health.v3.HealthCheckSpecifier", "HDS"},
  }};
  const std::size_t slash = url.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? url : url.substr(slash + 1);
  for (const auto& [full, brief] : kNames) {
    if (name == full) return std::string(brief);
  }
  return std::string(url);
}

// The pod's name, from JSON within JSON:
// {"Component":"istiod","ID":"istiod-1-30-7d9f8b6c5-x2x4z",…}
std::string istiod_of(Node control_plane) {
  const std::string_view identifier = control_plane["identifier"].text();
  const auto parsed = nlohmann::json::parse(identifier, nullptr, false);
  if (!parsed.is_object()) return std::string(identifier);
  const auto id = parsed.find("ID");
  return id != parsed.end() && id->is_string() ? id->get<std::string>() : std::string();
}

// A key of istiod's answer in YAML. What stands before JSON is at most a prompt or a warning.
bool begins_yaml(std::string_view line) {
  constexpr std::array<std::string_view, 8> kKeys = {
      "controlPlane:", "resources:",    "typeUrl:", "versionInfo:",
      "- '@type':",    "- cluster_id:", "- proxy:", "proxy:"};
  return std::ranges::any_of(kKeys, [&](std::string_view key) { return line.starts_with(key); });
}

// The text is JSON where its first value is: YAML may hold JSON in a string.
std::vector<Chunk> json_values_of(std::string_view text) {
  std::vector<Chunk> values = find_json_values(text);
  if (values.empty()) return values;
  SavedLines lines(text.substr(0, values.front().begin));
  SavedLine line;
  while (lines.next(line)) {
    if (begins_yaml(line.text)) return {};
  }
  return values;
}

class Documents {
 public:
  Documents(const Source& source, std::optional<std::chrono::sys_seconds> taken)
      : source_(source), taken_(taken), places_(source.name, source.text) {}

  Result<std::vector<StatusSnapshot>> read() {
    std::vector<Chunk> chunks = json_values_of(source_.text);
    const Format format = chunks.empty() ? Format::yaml : Format::json;
    if (chunks.empty()) chunks = find_yaml_documents(source_.text);
    // "null" is no document, but an answer; "401 Unauthorized: []" is neither.
    if (chunks.empty() && source_.text.find(':') != std::string_view::npos) return unrecognised();
    begin();
    for (const Chunk& chunk : chunks) {
      const Parsed parsed = parse(source_, chunk, arena_, format);
      if (parsed.outcome == Parsed::Outcome::empty) continue;
      if (parsed.outcome != Parsed::Outcome::tree) return misread(parsed);
      if (!read_root(parsed.document->root())) return unrecognised();
    }
    for (StatusSnapshot& snapshot : snapshots_) finish(snapshot);
    return std::move(snapshots_);
  }

 private:
  void begin() {
    StatusSnapshot& snapshot = snapshots_.emplace_back();
    snapshot.file = source_.name;
    snapshot.shows_states = true;
    snapshot.location.file = source_.name;
    answered_.clear();
  }

  Error misread(const Parsed& parsed) const {
    Error error = fail(source_.name,
                       fmt::format("cannot be read as a proxy status: {}", parsed.message), kHint);
    Location& at = error.location.emplace();
    at.file = source_.name;
    at.line = parsed.line;
    at.column = parsed.column;
    return error;
  }
  Error unrecognised() {
    Error error = fail(source_.name, "holds something that is no status of a proxy", kHint);
    if (strange_) error.location = place(strange_);
    return error;
  }
  bool is_strange(Node node) {
    strange_ = node;
    return false;
  }

  bool read_root(Node root);
  bool read_istiod(Node response);
  bool read_client(Node client, const std::string& istiod);
  bool read_replicas(Node map);
  bool read_syncz(Node list, const std::string& istiod);
  bool read_entry(Node entry, const std::string& istiod);
  void add_nonces(std::string_view type, Node entry, std::string_view key, ProxyStatus& proxy);
  void add_resources(Node resources, ProxyStatus& proxy);
  void finish(StatusSnapshot& snapshot) const;
  // The same istiod again is a later look.
  void answered(const std::string& istiod) {
    if (istiod.empty()) return;
    if (answered_.contains(istiod)) begin();
    answered_.insert(istiod);
  }
  void count_replica() {
    StatusSnapshot& snapshot = snapshots_.back();
    snapshot.replicas = snapshot.by_replica ? snapshot.replicas + 1 : 1;
    snapshot.by_replica = true;
  }

  // The mark covers the text; of what has none, one character.
  Location place(Node node) { return places_.at(node.offset(), node.text().size()); }

  const Source& source_;
  std::optional<std::chrono::sys_seconds> taken_;
  SavedPlaces places_;
  Arena arena_;
  Node strange_;
  std::set<std::string> answered_;
  std::vector<StatusSnapshot> snapshots_;
};

bool Documents::read_root(Node root) {
  if (root.is_sequence()) {
    const bool syncz = root.size() == 0 || root.at(0)["proxy"];
    if (syncz) return read_syncz(root, {});
    return std::ranges::all_of(root.items(), [&](Node item) { return read_root(item); });
  }
  if (!root.is_mapping()) return is_strange(root);
  if (root["proxy"].is_scalar()) {
    count_replica();
    return read_entry(root, {});
  }
  if (root["genericXdsConfigs"] || root["node"]) return read_client(root, {});
  if (root["controlPlane"] || root["resources"].is_sequence() || root["versionInfo"]) {
    return read_istiod(root);
  }
  return read_replicas(root);
}

bool Documents::read_istiod(Node response) {
  const std::string istiod = istiod_of(response["controlPlane"]);
  answered(istiod);
  const Node clients = response["resources"];
  if (!clients.is_null() && !clients.is_sequence()) return is_strange(clients);
  return std::ranges::all_of(clients.items(),
                             [&](Node client) { return read_client(client, istiod); });
}

bool Documents::read_client(Node client, const std::string& istiod) {
  const Node id = client["node"]["id"];
  if (!id.is_scalar()) return is_strange(client);
  ProxyStatus proxy;
  read_proxy_id(id.text(), proxy);
  proxy.location = place(id);
  proxy.istiod = istiod;
  const Node metadata = client["node"]["metadata"];
  proxy.cluster = metadata["CLUSTER_ID"].text();
  proxy.version = metadata["ISTIO_VERSION"].text();
  if (proxy.name_space.empty()) proxy.name_space = metadata["NAMESPACE"].text();
  for (const Node config : client["genericXdsConfigs"].items()) {
    TypeStatus& type = proxy.types.emplace_back();
    type.type = short_type(config["typeUrl"].text());
    const Node state = config["configStatus"] ? config["configStatus"] : config["status"];
    read_state(state.text(), type);
    if (!state) type.state = SyncState::unknown;
    type.location = place(state ? state : config);
    type.sent_at = parse_time(config["lastUpdated"].text());
    type.detail = config["errorState"]["details"].text();
  }
  snapshots_.back().proxies.push_back(std::move(proxy));
  return true;
}

// `{"error": []}` and `401 Unauthorized: []` are no answers: the key is the name of a pod.
bool may_name_pod(std::string_view name) {
  return name.find('-') != std::string_view::npos && std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

// {"istiod-7d9f8b6c5-x2x4z": [ … ], …}
bool Documents::read_replicas(Node map) {
  if (map.size() == 0) return is_strange(map);
  for (const Entry entry : map.entries()) {
    if (!may_name_pod(entry.key.text())) return is_strange(entry.key);
    if (!entry.value.is_null() && !entry.value.is_sequence()) return is_strange(entry.key);
    answered(std::string(entry.key.text()));
    if (!read_syncz(entry.value, std::string(entry.key.text()))) return false;
  }
  return true;
}

bool Documents::read_syncz(Node list, const std::string& istiod) {
  count_replica();
  return std::ranges::all_of(list.items(), [&](Node entry) { return read_entry(entry, istiod); });
}

bool Documents::read_entry(Node entry, const std::string& istiod) {
  const Node id = entry["proxy"];
  if (!id.is_scalar()) return is_strange(entry);
  ProxyStatus proxy;
  read_proxy_id(id.text(), proxy);
  proxy.location = place(id);
  proxy.istiod = istiod;
  proxy.cluster = entry["cluster_id"].text();
  proxy.version = entry["istio_version"].text();
  proxy.type = entry["proxy_type"].text();
  // istioctl's own connection is listed as well.
  if (proxy.version.empty() && proxy.type.empty() && !entry["cluster_sent"]) return true;
  if (entry["resources"]) {
    add_resources(entry["resources"], proxy);
  } else {
    add_nonces("CDS", entry, "cluster", proxy);
    add_nonces("LDS", entry, "listener", proxy);
    add_nonces("RDS", entry, "route", proxy);
    add_nonces("EDS", entry, "endpoint", proxy);
    add_nonces("ECDS", entry, "extensionconfig", proxy);
  }
  snapshots_.back().proxies.push_back(std::move(proxy));
  return true;
}

void set_state(TypeStatus& type) {
  if (!type.detail.empty()) {
    type.state = SyncState::error;
  } else if (type.sent.empty()) {
    type.state = SyncState::not_sent;
  } else {
    type.state = type.sent == type.acked ? SyncState::synced : SyncState::stale;
  }
}

void Documents::add_nonces(std::string_view type, Node entry, std::string_view key,
                           ProxyStatus& proxy) {
  const Node sent = entry[fmt::format("{}_sent", key)];
  TypeStatus& status = proxy.types.emplace_back();
  status.type = type;
  status.sent = sent.text();
  status.acked = entry[fmt::format("{}_acked", key)].text();
  status.location = sent ? place(sent) : proxy.location;
  set_state(status);
}

void Documents::add_resources(Node resources, ProxyStatus& proxy) {
  for (const Entry resource : resources.entries()) {
    TypeStatus& status = proxy.types.emplace_back();
    status.type = short_type(resource.key.text());
    status.sent = resource.value["sent"].text();
    status.acked = resource.value["acked"].text();
    status.detail = resource.value["lastError"].text();
    status.sent_at = parse_time(resource.value["sentTime"].text());
    const Node sent = resource.value["sent"];
    status.location = place(sent ? sent : resource.key);
    set_state(status);
  }
}

void Documents::finish(StatusSnapshot& snapshot) const {
  std::optional<std::chrono::sys_seconds> latest = taken_;
  for (const ProxyStatus& proxy : snapshot.proxies) {
    for (const TypeStatus& type : proxy.types) {
      if (type.sent_at && (!latest || *type.sent_at > *latest)) latest = type.sent_at;
    }
  }
  for (ProxyStatus& proxy : snapshot.proxies) {
    for (TypeStatus& type : proxy.types) {
      if (type.sent_at) type.age = *latest - *type.sent_at;
    }
  }
}

}  // namespace

bool holds_status_documents(std::string_view text) {
  const auto holds = [&](std::string_view part) {
    return text.find(part) != std::string_view::npos;
  };
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const std::string_view whole = text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
  // An istiod without proxies answers so.
  if (whole == "[]" || whole == "null" || whole == "{}") return true;
  return holds("genericXdsConfigs") || holds("ClientConfig") || holds("controlPlane") ||
         holds("cluster_sent") || holds("\"proxy\"") || holds("proxy:") || holds(": []") ||
         !find_json_values(text).empty();
}

Result<std::vector<StatusSnapshot>> read_status_documents(
    const Source& source, std::optional<std::chrono::sys_seconds> taken) {
  return Documents(source, taken).read();
}

}  // namespace meshcheck
