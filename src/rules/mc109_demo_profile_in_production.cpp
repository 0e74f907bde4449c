// Severity, documentation and parameters: rules/mc109-demo-profile-in-production.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// What the demo profile sets, the same since 1.9 (istio: manifests/helm-profiles/demo.yaml).
constexpr std::string_view kCpu = "10m";
constexpr std::string_view kMemory = "100Mi";
constexpr std::string_view kProxyMemory = "40Mi";

// Which of the profile's marks a control plane bears.
struct Marks {
  bool requests = false;
  bool tracing = false;
  const Injector* proxies = nullptr;
  const MeshConfig* access_log = nullptr;

  // Small requests are anybody's choice; the same numbers to the last digit in two places are not.
  // An access log to stdout is too common to prove anything.
  bool prove_demo() const { return requests && (tracing || proxies != nullptr); }

  std::vector<std::string> described() const {
    std::vector<std::string> found;
    if (requests)
      found.push_back(fmt::format("it requests {} of CPU and {} of memory", kCpu, kMemory));
    if (proxies != nullptr) {
      found.push_back(fmt::format("its proxies request {} and {}", kCpu, kProxyMemory));
    }
    if (tracing) found.emplace_back("every request is traced");
    if (access_log != nullptr) found.emplace_back("every request is logged");
    return found;
  }
};

bool requests_are(const Resources& resources, std::string_view cpu, std::string_view memory) {
  return resources.cpu_request.value == Quantity::parse(cpu) &&
         resources.memory_request.value == Quantity::parse(memory);
}

Marks marks_of(const Mesh& mesh, const ControlPlane& plane) {
  Marks marks;
  marks.requests = requests_are(plane.resources, kCpu, kMemory);
  for (const EnvVar& variable : plane.env) {
    marks.tracing |= variable.name == "PILOT_TRACE_SAMPLING" &&
                     Quantity::parse(variable.value.value_or("")) == Quantity::parse("100");
  }
  for (const Injector& injector : mesh.injectors) {
    if (injector.name_space == plane.name_space && injector.revision == plane.revision &&
        requests_are(injector.resources, kCpu, kProxyMemory)) {
      marks.proxies = &injector;
    }
  }
  for (const MeshConfig& config : mesh.mesh_configs) {
    if (config.name_space == plane.name_space && config.revision == plane.revision &&
        config.access_log_file.value == "/dev/stdout") {
      marks.access_log = &config;
    }
  }
  return marks;
}

// What the charts give istiod by default, and the limits that must then go with it.
struct Sized {
  Quantity cpu = Quantity::parse("500m").value();
  Quantity memory = Quantity::parse("2Gi").value();
  std::optional<std::string> cpu_limit;
  std::optional<std::string> memory_limit;

  explicit Sized(const Resources& present)
      : cpu_limit(raised_limit(present.cpu_limit, cpu, Quantity::parse("2").value())),
        memory_limit(raised_limit(present.memory_limit, memory, Quantity::parse("4Gi").value())) {}

  std::string yaml() const {
    std::string out = fmt::format("resources:\n  requests:\n    cpu: {}\n    memory: {}\n",
                                  cpu.text(), memory.text());
    if (cpu_limit || memory_limit) out += "  limits:\n";
    if (cpu_limit) out += fmt::format("    cpu: {}\n", yaml_word(*cpu_limit));
    if (memory_limit) out += fmt::format("    memory: {}\n", yaml_word(*memory_limit));
    return out;
  }
};

void add_fix(Draft& finding, const ControlPlane& plane, const Marks& marks) {
  const Sized sized(plane.resources);
  finding
      .fix(
          "Install the default profile instead of demo (Helm: no `profile`; IstioOperator: "
          "`profile: default`), or override what demo sets.")
      .setting("resources.requests.cpu", sized.cpu.text())
      .setting("resources.requests.memory", sized.memory.text())
      .setting("traceSampling", "1")
      .setting("global.proxy.resources.requests.cpu", "100m")
      .setting("global.proxy.resources.requests.memory", "128Mi")
      .patch(container_patch(plane,
                             "env:\n"
                             "  - name: PILOT_TRACE_SAMPLING\n"
                             "    value: \"1\"\n" +
                                 sized.yaml()));
  if (sized.cpu_limit) finding.setting("resources.limits.cpu", yaml_word(*sized.cpu_limit));
  if (sized.memory_limit)
    finding.setting("resources.limits.memory", yaml_word(*sized.memory_limit));
  if (marks.access_log != nullptr) finding.setting("meshConfig.accessLogFile", "\"\"");
}

void report(const ControlPlane& plane, const Marks& marks, Sink& sink) {
  const bool asked = plane.profile == "demo";
  const Provenance& requests = plane.resources.memory_request.from;
  const Node where = plane.profile_node ? plane.profile_node : plane.place(requests);
  const std::vector<std::string> found = marks.described();
  Draft finding = asked ? sink.report(where, "{} is installed with the demo profile{}{}",
                                      plane.name, found.empty() ? "" : ": ", fmt::join(found, ", "))
                        : sink.report(where, "{} has the settings of the demo profile: {}",
                                      plane.name, fmt::join(found, ", "));
  finding.about(plane).field(asked ? "profile" : container_field(plane, "resources.requests"));
  add_fix(finding, plane, marks);
  if (plane.deployment == nullptr) return;
  if (marks.proxies != nullptr) {
    finding.related("the proxies' requests", marks.proxies->anchor);
  }
  if (marks.access_log != nullptr) {
    finding.related("the access log", plane.place(marks.access_log->access_log_file.from));
  }
}

}  // namespace

void mc109_demo_profile_in_production(const Mesh& mesh, const Parameters&, Sink& sink) {
  for (const ControlPlane& plane : mesh.control_planes) {
    const Marks marks = marks_of(mesh, plane);
    // What is left of the profile where everything is overridden does no harm.
    const bool asked = plane.profile == "demo" && !marks.described().empty();
    if (asked || marks.prove_demo()) {
      report(plane, marks, sink);
    } else if (!plane.resources.memory_request.known()) {
      sink.not_evaluated(fmt::format("the memory request of {} is not known: {}", plane.name,
                                     plane.resources.memory_request.from.text));
    } else {
      sink.judged();
    }
  }
}

}  // namespace meshcheck::rules
