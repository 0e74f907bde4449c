// Severity, documentation and parameters: rules/mc506-undeclared-protocol.yaml
#include <algorithm>
#include <array>
#include <set>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// Protocols whose server speaks first: FTP, SSH, SMTP, POP3, IMAP, submission, MySQL, VNC, MongoDB
// (istio: ops/configuration/traffic-management/protocol-selection).
constexpr std::array<std::int64_t, 9> kServerFirst = {21, 22, 25, 110, 143, 587, 3306, 5900, 27017};
constexpr std::int64_t kGatewayStatus = 15021;

// What is spoken on well-known ports of databases, queues and directories, where `http` in a patch
// would break every connection.
constexpr std::array<std::int64_t, 17> kNoHttp = {389,  636,  1433, 1521,  1883, 2181,
                                                  2379, 4222, 5432, 5672,  6379, 6380,
                                                  9042, 9092, 9094, 11211, 61616};
// Queues and databases within TLS: AMQP, MQTT, Cassandra.
constexpr std::array<std::int64_t, 3> kNoHttpInTls = {5671, 8883, 9142};
// By custom gRPC, as its own examples have it.
constexpr std::int64_t kGrpc = 50051;

struct Context {
  const Mesh& mesh;
  ApiServerCalls calls;
  std::set<const Resource*> gateways;  // their workloads

  explicit Context(const Mesh& the_mesh) : mesh(the_mesh), calls(mesh) {
    for (const Gateway& gateway : mesh.gateways) gateways.insert(gateway.workload);
  }
};

struct Undeclared {
  Node port;
  bool server_first = false;
  std::string_view likely;  // to propose
};

std::string_view likely_protocol(Node port, std::int64_t target) {
  constexpr std::array<std::int64_t, 4> kTls = {443, 8443, 9443, 6443};
  if (std::ranges::count(kNoHttpInTls, target) != 0) return "tls";
  if (std::ranges::count(kServerFirst, target) != 0 || std::ranges::count(kNoHttp, target) != 0) {
    return "tcp";
  }
  if (target == kGrpc) return "grpc";
  const bool tls = std::ranges::count(kTls, target) != 0 ||
                   std::ranges::count(kTls, port["port"].integer().value_or(0)) != 0 ||
                   port["targetPort"].text() == "https";
  return tls ? "https" : "http";
}

// A named targetPort is the port of that name of some container.
std::int64_t target_port(Node port, const std::vector<const Workload*>& behind) {
  const Node target = port["targetPort"];
  if (target.is_null()) return port["port"].integer().value_or(0);
  if (const auto number = target.integer()) return *number;
  for (const Workload* workload : behind) {
    if (const auto number = container_port(port, *workload)) return *number;
  }
  return 0;
}

bool is_istio_own(const Context& context, const Resource& service,
                  const std::vector<const Workload*>& behind) {
  if (service.labels()["gateway.istio.io/managed"]) return true;
  if (context.mesh.find_istiod_behind(service.name(), service.name_space()) != nullptr) return true;
  return std::ranges::any_of(behind, [&](const Workload* workload) {
    return context.gateways.contains(workload->object);
  });
}

std::vector<Undeclared> find_undeclared(const Context& context, const Resource& service,
                                        const std::vector<const Workload*>& behind) {
  std::vector<Undeclared> found;
  for (const Node port : service.spec()["ports"].items()) {
    if (port["protocol"].text() == "SCTP" || !declared_protocol(port).empty()) continue;
    if (port["port"].integer() == kGatewayStatus) continue;
    if (context.calls.reaches(service, port)) continue;
    const std::int64_t target = target_port(port, behind);
    const bool first = std::ranges::count(kServerFirst, target) != 0;
    found.push_back({port, first, likely_protocol(port, target)});
  }
  return found;
}

std::string describe_port(Node port) {
  const Node app = port["appProtocol"];
  const Node name = port["name"];
  if (app) return fmt::format("{} (appProtocol {})", port["port"].text(), app.text());
  if (name) return fmt::format("{} ({})", port["port"].text(), name.text());
  return std::string(port["port"].text());
}

// All ports of the Service, as they are but for what is declared: a merge replaces the list.
std::string ports_with(const Resource& service, const std::vector<Undeclared>& undeclared) {
  std::string yaml;
  for (const Node port : service.spec()["ports"].items()) {
    std::string lines;
    for (const Entry member : port.entries()) {
      const bool said = member.key.text() != "appProtocol" && member.value.is_scalar();
      if (!said || member.value.is_null()) continue;
      // `name: "1"` and `targetPort: "http"` are texts, which numbers are not.
      const bool text = member.value.style() != ScalarStyle::plain;
      lines +=
          fmt::format("{}: {}\n", yaml_word(member.key.text()),
                      text ? yaml_word(member.value.text()) : std::string(member.value.text()));
    }
    const auto here = std::ranges::find(undeclared, port, &Undeclared::port);
    if (here != undeclared.end()) {
      lines += fmt::format("appProtocol: {}{}\n", here->likely,
                           here->likely == "tcp" ? "" : "  # or what is spoken there");
    } else if (const Node app = port["appProtocol"]; !app.is_null()) {
      lines += fmt::format("appProtocol: {}\n", yaml_word(app.text()));
    }
    yaml += "    - " + indented(lines, 6).substr(6);
  }
  return yaml;
}

void report(const Resource& service, const std::vector<Undeclared>& undeclared, bool sidecars,
            Sink& sink) {
  // ztunnel passes bytes on in both directions at once; only proxies that detect wait.
  const auto waits = [&](const Undeclared& one) { return one.server_first && sidecars; };
  const auto worst = std::ranges::find_if(undeclared, waits);
  const Undeclared& shown = worst == undeclared.end() ? undeclared.front() : *worst;
  const bool hangs = waits(shown);
  std::vector<std::string> ports;
  for (const Undeclared& one : undeclared) {
    if (waits(one) == hangs) ports.push_back(describe_port(one.port));
  }
  const std::string text = fmt::format("{} {} of Service {}", ports.size() == 1 ? "port" : "ports",
                                       fmt::join(ports, ", "), service.name());
  const char* verb = ports.size() == 1 ? "declares" : "declare";
  const Node where = shown.port["port"] ? shown.port["port"] : shown.port;
  Draft finding = hangs ? sink.report_as("server-first", where,
                                         "{} {} no protocol, and there the server speaks first: "
                                         "connections hang",
                                         text, verb)
                        : sink.report(where, "{} {} no protocol: proxies guess it", text, verb);
  finding.object(service.ref())
      .field("spec.ports")
      .fix(hangs ? "Declare tcp." : "Declare what is spoken there: http, http2, grpc, tls or tcp.")
      .patch(manifest_head(service.ref()) + "spec:\n  ports:\n" + ports_with(service, undeclared));
}

// A waypoint reads requests; without one nobody in ambient mode guesses what is spoken (istio:
// pilot/pkg/serviceregistry/ambient/waypoints.go, fetchWaypointForService).
bool has_waypoint(const Context& context, const Resource& service) {
  return asked_waypoint(context.mesh, service).has_value();
}

enum class Reach : std::uint8_t { sidecars, ambient, outside, unknown };

Reach reach_of(const std::vector<const Workload*>& behind) {
  Reach reach = Reach::unknown;
  for (const Workload* workload : behind) {
    if (workload->decision.injected) return Reach::sidecars;
    if (workload->decision.reason == InjectionReason::ambient) {
      reach = Reach::ambient;
    } else if (workload->decision.known() && reach == Reach::unknown) {
      reach = Reach::outside;
    }
  }
  return reach;
}

// False where the input does not tell whether the Service's pods are in the mesh.
bool judge(const Context& context, const Resource& service, Sink& sink) {
  const Node spec = service.spec();
  if (spec["type"].text() == "ExternalName" || spec["selector"].size() == 0) return true;
  const auto behind = context.mesh.workload_index->behind(service);
  if (is_istio_own(context, service, behind)) return true;
  const auto undeclared = find_undeclared(context, service, behind);
  const Reach reach = undeclared.empty() ? Reach::outside : reach_of(behind);
  if (reach == Reach::unknown) return false;
  const bool guessed = reach == Reach::sidecars || has_waypoint(context, service);
  if (reach == Reach::outside || !guessed) {
    sink.judged();
  } else {
    report(service, undeclared, reach == Reach::sidecars, sink);
  }
  return true;
}

void say_unknown(const std::vector<std::string>& services, Sink& sink) {
  if (services.empty()) return;
  const std::string more =
      services.size() > 1 ? fmt::format(" and {} more", services.size() - 1) : "";
  sink.not_evaluated(fmt::format("whether the pods of Service {}{} are in the mesh is not in the "
                                 "input",
                                 services.front(), more),
                     {"workloads", "Namespace"});
}

}  // namespace

void mc506_undeclared_protocol(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  const Context context(mesh);
  std::set<std::pair<std::string_view, std::string_view>> seen;
  std::vector<std::string> unknown;
  for (const Resource* service : mesh.resources->of_kind("Service")) {
    if (!service->group().empty()) continue;
    // A base and its overlays describe one Service; one finding is enough.
    if (!seen.emplace(service->name_space(), service->name()).second) continue;
    if (!judge(context, *service, sink)) {
      unknown.push_back(fmt::format("{}/{}", service->name_space(), service->name()));
    }
  }
  say_unknown(unknown, sink);
  if (seen.empty()) sink.not_evaluated("no Service is in the input", {"Service"});
}

}  // namespace meshcheck::rules
