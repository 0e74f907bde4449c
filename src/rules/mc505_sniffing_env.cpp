// Severity, documentation and parameters: rules/mc505-sniffing-env.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

constexpr std::string_view kInbound = "PILOT_ENABLE_PROTOCOL_SNIFFING_FOR_INBOUND";
constexpr std::string_view kOutbound = "PILOT_ENABLE_PROTOCOL_SNIFFING_FOR_OUTBOUND";

const EnvVar* find(const ControlPlane& plane, std::string_view name) {
  const auto found = std::ranges::find(plane.env, name, &EnvVar::name);
  return found == plane.env.end() ? nullptr : &*found;
}

// istio: pilot/pkg/features, Go's strconv.ParseBool; anything else leaves the default, true.
bool is_false(const EnvVar& variable) {
  constexpr std::string_view kFalse[] = {"0", "f", "F", "false", "FALSE", "False"};
  return variable.value && std::ranges::count(kFalse, *variable.value) != 0;
}

void report_unknown(const ControlPlane& plane, const EnvVar& variable, Sink& sink) {
  sink.report(variable.node ? variable.node : plane.anchor,
              "{} sets {}, which istiod {} does not know: since 1.19 it always detects protocols",
              plane.name, variable.name, plane.version->text())
      .about(plane)
      .field(fmt::format("env[{}]", variable.name))
      .compare(variable.value.value_or("set"), "not set", {})
      .fix("Take the variable away, and declare protocols by `appProtocol` or the port's name.");
}

// Meshed Services whose ports become plain TCP where nothing is detected.
std::vector<std::string> undeclared_services(const Mesh& mesh) {
  std::vector<std::string> names;
  for (const Resource* service : mesh.resources->of_kind("Service")) {
    if (!service->group().empty()) continue;
    const auto ports = service->spec()["ports"].items();
    const bool undeclared =
        std::ranges::any_of(ports, [](Node port) { return declared_protocol(port).empty(); });
    if (!undeclared) continue;
    const auto behind = mesh.workload_index->behind(*service);
    if (std::ranges::any_of(behind, [](const Workload* one) { return one->decision.injected; })) {
      names.push_back(fmt::format("{}/{}", service->name_space(), service->name()));
    }
  }
  return names;
}

std::string first_few(std::vector<std::string> names) {
  constexpr std::size_t kShown = 3;
  const std::size_t rest = names.size() > kShown ? names.size() - kShown : 0;
  names.resize(names.size() - rest);
  std::string text = fmt::format("{}", fmt::join(names, ", "));
  if (rest > 0) text += fmt::format(" and {} more", rest);
  return text;
}

void finish(Draft finding, const ControlPlane& plane, std::string_view name, std::string actual) {
  finding.about(plane)
      .field(fmt::format("env[{}]", name))
      .compare(std::move(actual), "true", {})
      .fix("Set PILOT_ENABLE_PROTOCOL_SNIFFING_FOR_INBOUND and _OUTBOUND to true.")
      .setting("enableProtocolSniffingForInbound", "true")
      .setting("enableProtocolSniffingForOutbound", "true")
      .patch(container_patch(plane, fmt::format("env:\n"
                                                "  - name: {}\n    value: \"true\"\n"
                                                "  - name: {}\n    value: \"true\"\n",
                                                kInbound, kOutbound)));
}

void report_off(const Mesh& mesh, const ControlPlane& plane, const EnvVar& variable, Sink& sink) {
  const Node where = variable.node ? variable.node : plane.anchor;
  const auto services =
      variable.name == kInbound ? undeclared_services(mesh) : std::vector<std::string>{};
  if (services.empty()) {
    finish(sink.report(where, "{} sets {} to false: ports that declare no protocol are plain TCP",
                       plane.name, variable.name),
           plane, variable.name, "false");
    return;
  }
  finish(sink.report_as("off", where,
                        "{} sets {} to false: ports that declare no protocol are plain TCP, as "
                        "those of {}",
                        plane.name, variable.name, first_few(services)),
         plane, variable.name, "false");
}

void judge_old(const Mesh& mesh, const ControlPlane& plane, Sink& sink) {
  std::vector<std::string_view> unset;
  for (const std::string_view name : {kInbound, kOutbound}) {
    const EnvVar* variable = find(plane, name);
    if (variable == nullptr) {
      unset.push_back(name);
    } else if (is_false(*variable)) {
      report_off(mesh, plane, *variable, sink);
    }
  }
  if (unset.empty()) return;
  finish(sink.report_as("unset", plane.anchor, "{} does not set {}: the default, true, holds",
                        plane.name, fmt::join(unset, " and ")),
         plane, unset.front(), "not set");
}

}  // namespace

void mc505_sniffing_env(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (mesh.control_planes.empty()) sink.not_evaluated("no istiod is in the input", {"istiod"});
  for (const ControlPlane& plane : mesh.control_planes) {
    const bool asked = find(plane, kInbound) != nullptr || find(plane, kOutbound) != nullptr;
    if (!plane.version || (asked && plane.version_from == "assumed")) {
      sink.not_evaluated(fmt::format("the version of {} is not in the input", plane.name),
                         {"--istio-version"});
      continue;
    }
    sink.judged();
    if (!plane.version->at_least(1, 19)) {
      judge_old(mesh, plane, sink);
      continue;
    }
    for (const std::string_view name : {kInbound, kOutbound}) {
      if (const EnvVar* variable = find(plane, name)) report_unknown(plane, *variable, sink);
    }
  }
}

}  // namespace meshcheck::rules
