// Severity, documentation and parameters: rules/mc401-sidecar-default-requests.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

using TracedQuantity = Traced<std::optional<Quantity>>;

const ControlPlane* find_istiod(const Mesh& mesh, const Injector& injector) {
  for (const ControlPlane& plane : mesh.control_planes) {
    const bool same =
        plane.revision == injector.revision && plane.name_space == injector.name_space;
    if (same) return &plane;
  }
  return nullptr;
}

// What a container really requests: a limit stands in for a request that is not set.
const TracedQuantity& requested(const TracedQuantity& request, const TracedQuantity& limit) {
  return request.value || !limit.value ? request : limit;
}

struct Shortage {
  const char* resource;
  const char* what;
  const TracedQuantity& have;
  const TracedQuantity& limit;
  const char* chart_limit;
  Quantity floor;

  bool exists() const { return !have.value || *have.value < floor; }
  std::string text() const {
    return have.value ? fmt::format("{} of {}", have.value->text(), what)
                      : fmt::format("no {}", what);
  }
};

void report(const Mesh& mesh, const Injector& injector, const std::vector<Shortage>& shortages,
            Sink& sink) {
  std::vector<std::string> texts;
  std::vector<std::string> floors;
  bool memory_missing = false;
  for (const Shortage& shortage : shortages) {
    texts.push_back(shortage.text());
    floors.push_back(shortage.floor.text());
    memory_missing |= shortage.what == std::string_view("memory") && !shortage.have.value;
  }
  const Shortage& first = shortages.front();
  const Node where = first.have.from.node ? first.have.from.node : injector.anchor;
  const std::string message = fmt::format(
      "sidecars of revision {} request {} by default{}, below {}", injector.revision,
      fmt::join(texts, " and "), in_parentheses(first.have.from), fmt::join(floors, " and "));
  Draft finding = memory_missing ? sink.report_as("memory-missing", where, "{}", message)
                                 : sink.report(where, "{}", message);
  if (const ControlPlane* plane = find_istiod(mesh, injector)) finding.about(*plane);
  finding
      .object({.api_version = "v1",
               .kind = "ConfigMap",
               .name_space = injector.name_space,
               .name = injector.name,
               .revision = injector.revision})
      .field("global.proxy.resources.requests")
      .compare(first.have.value ? first.have.value->text() : "none",
               "at least " + first.floor.text(), first.have.from)
      .fix(
          "Raise global.proxy.resources.requests in the values that istiod is installed with; pods "
          "take it up when they restart.");
  for (const Shortage& shortage : shortages) {
    const auto field = [&](const char* kind) {
      return fmt::format("global.proxy.resources.{}.{}", kind, shortage.resource);
    };
    finding.setting(field("requests"), shortage.floor.text());
    const Quantity preferred = Quantity::parse(shortage.chart_limit).value();
    const auto limit = raised_limit(shortage.limit, shortage.floor, preferred);
    if (limit) finding.setting(field("limits"), yaml_word(*limit));
  }
}

}  // namespace

void mc401_sidecar_default_requests(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  if (mesh.injectors.empty()) {
    sink.not_evaluated("no injector's defaults are in the input",
                       {"ConfigMap istio-sidecar-injector", "istiod's Helm values"});
  }
  for (const Injector& injector : mesh.injectors) {
    const Resources& defaults = injector.resources;
    if (const std::string own =
            injector.sidecar.resizing(injector.sidecar.resolve(injector.sidecar.default_templates));
        !own.empty()) {
      sink.not_evaluated(
          fmt::format("sidecars of {} are made with the template {}, which may set their requests",
                      injector.name, own));
      continue;
    }
    if (!defaults.cpu_request.known() || !defaults.memory_request.known()) {
      const bool cpu = !defaults.cpu_request.known();
      sink.not_evaluated(
          fmt::format("the default requests of {} are not known: {}", injector.name,
                      cpu ? defaults.cpu_request.from.text : defaults.memory_request.from.text));
      continue;
    }
    const Shortage all[] = {
        {"cpu", "CPU", requested(defaults.cpu_request, defaults.cpu_limit), defaults.cpu_limit,
         "2000m", parameters.quantity("min-cpu")},
        {"memory", "memory", requested(defaults.memory_request, defaults.memory_limit),
         defaults.memory_limit, "1Gi", parameters.quantity("min-memory")}};
    std::vector<Shortage> shortages;
    for (const Shortage& one : all) {
      if (one.exists()) shortages.push_back(one);
    }
    if (shortages.empty()) {
      sink.judged();
    } else {
      report(mesh, injector, shortages, sink);
    }
  }
}

}  // namespace meshcheck::rules
