// Severity, documentation and parameters: rules/mc502-namespace-access-log.yaml
#include <algorithm>
#include <map>
#include <set>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// How a log stands, the worst last.
enum class Standing : std::uint8_t { investigated, reduced, open, expired };

// A Telemetry that makes proxies of its namespace write logs.
struct Log {
  const Telemetry* telemetry = nullptr;
  LogOutput output;
  const MeshConfig* config = nullptr;
  bool within_mesh_wide = false;  // the whole mesh logs, too
  bool gateways_only = false;
  std::optional<InvestigationMark> mark = {};
  Standing standing = Standing::open;
};

// What this very Telemetry switches on, for either direction; an output without filter first.
std::optional<LogOutput> switched_on(const TelemetryView& view, const Telemetry& telemetry) {
  std::optional<LogOutput> found;
  for (const LogDirection direction : {LogDirection::server, LogDirection::client}) {
    for (LogOutput& output :
         merge_access_logs(view.config(), view.levels(&telemetry), direction).outputs) {
      const bool writes = output.found == nullptr || output.found->writes();
      // What a dropped filter lets through is another matter.
      if (output.from != &telemetry || output.disabled || !writes || output.filter_dropped()) {
        continue;
      }
      if (!found || (found->filter && !output.filter)) found = std::move(output);
    }
  }
  return found;
}

std::vector<const Workload*> selected_by(const WorkloadIndex& workloads,
                                         const Telemetry& telemetry) {
  if (!telemetry.scoped) {
    const auto all = workloads.in_namespace(telemetry.name_space());
    return {all.begin(), all.end()};
  }
  return workloads.select(telemetry.name_space(),
                          telemetry.object->spec()["selector"]["matchLabels"]);
}

std::vector<Node> targets_of(const Telemetry& telemetry) {
  const Node spec = telemetry.object->spec();
  std::vector<Node> targets;
  for (const Node target : spec["targetRefs"].items()) targets.push_back(target);
  if (spec["targetRef"].is_mapping()) targets.push_back(spec["targetRef"]);
  return targets;
}

// Names of the labels that charts and istiod give to gateways' pods.
bool selects_gateways_by_name(const Telemetry& telemetry) {
  const Node spec = telemetry.object->spec();
  const Node labels = spec["selector"]["matchLabels"];
  const auto targets_gateway = [](Node target) { return target["kind"].text() == "Gateway"; };
  return labels["istio"].text().ends_with("gateway") ||
         labels["gateway.networking.k8s.io/gateway-name"] ||
         labels["service.istio.io/canonical-name"].text().ends_with("gateway") ||
         targets_gateway(spec["targetRef"]) ||
         (spec["targetRefs"].size() != 0 &&
          std::ranges::all_of(spec["targetRefs"].items(), targets_gateway));
}

// A waypoint logs what the sidecars of its namespace would, and is no edge of the mesh.
bool names_waypoint(const Mesh& mesh, const Telemetry& telemetry) {
  return std::ranges::any_of(targets_of(telemetry), [&](Node target) {
    const Resource* gateway =
        mesh.resources->find("Gateway", telemetry.name_space(), target["name"].text());
    return target["kind"].text() == "Gateway" && gateway != nullptr && is_waypoint(*gateway);
  });
}

// Whether only gateways write: by the workloads of the input, else by how the Telemetry selects.
bool only_gateways(const Mesh& mesh, const Telemetry& telemetry,
                   const std::vector<const Workload*>& selected) {
  if (selected.empty()) {
    return telemetry.scoped && selects_gateways_by_name(telemetry) &&
           !names_waypoint(mesh, telemetry);
  }
  return std::ranges::all_of(selected, [&](const Workload* one) { return mesh.is_gateway(*one); });
}

// What ends sooner; a date that is none holds nothing open, and no date at all never ends.
bool is_worse(const InvestigationMark& mark, const InvestigationMark& other) {
  if (mark.unreadable || other.unreadable) return !other.unreadable;
  return mark.until && (!other.until || *mark.until < *other.until);
}

// On the Telemetry, for its namespace, or for each workload that it selects.
std::optional<InvestigationMark> mark_of(const Mesh& mesh, const Telemetry& telemetry,
                                         const std::vector<const Workload*>& selected) {
  if (auto mark = investigation_of(telemetry.object->metadata())) return mark;
  if (auto mark = investigation_of(mesh, telemetry.name_space())) return mark;
  if (!telemetry.scoped) return std::nullopt;
  std::optional<InvestigationMark> worst;
  for (const Workload* workload : selected) {
    auto mark = investigation_of(mesh, *workload);
    if (!mark) return std::nullopt;
    if (!worst || is_worse(*mark, *worst)) worst = std::move(mark);
  }
  if (worst) return worst;
  // Without workloads in the input their names are taken from the labels that select them.
  for (const Entry label : telemetry.object->spec()["selector"]["matchLabels"].entries()) {
    auto mark = investigation_of(mesh, telemetry.name_space(), label.value.text());
    if (mark) return mark;
  }
  for (const Node target : targets_of(telemetry)) {
    auto mark = investigation_of(mesh, telemetry.name_space(), target["name"].text());
    if (mark) return mark;
  }
  return std::nullopt;
}

Standing standing_of(const Log& log, Sink& sink) {
  if (log.mark) {
    const bool dated = log.mark->until.has_value();
    if (log.mark->holds(dated ? sink.today() : Day{})) return Standing::investigated;
    if (dated) return Standing::expired;
  }
  return log.output.filter || log.gateways_only ? Standing::reduced : Standing::open;
}

std::string who_logs(const Log& log) {
  const std::string_view name = log.telemetry->name_space();
  // Files may leave it to `kubectl apply -n`.
  std::string name_space = name.empty()
                               ? fmt::format("the namespace of Telemetry {}", log.telemetry->name())
                               : fmt::format("namespace {}", name);
  const Node spec = log.telemetry->object->spec();
  if (log.gateways_only) return fmt::format("the gateways of {}", name_space);
  if (!log.telemetry->scoped) return name_space;
  std::vector<std::string> labels;
  for (const Entry label : spec["selector"]["matchLabels"].entries()) {
    labels.push_back(fmt::format("{}={}", label.key.text(), label.value.text()));
  }
  for (const Node target : targets_of(*log.telemetry)) {
    if (target["kind"].text() == "GatewayClass") return "every waypoint";
    labels.push_back(fmt::format("{} {}", target["kind"].text(), target["name"].text()));
  }
  if (labels.empty()) return fmt::format("a part of {}", name_space);
  return fmt::format("{} of {}", fmt::join(labels, ","), name_space);
}

// What is not dated by a day that can be read has no end.
std::string no_end_of(const InvestigationMark& mark) {
  const std::string text = mark.unreadable.value_or("");
  return text.empty() ? ", and the date to end it is empty"
                      : fmt::format(", and `{}` is no date to end it", text);
}

// The filter stands in the Telemetry itself, not in one above it whose providers it takes.
bool has_own_filter(const Log& log) {
  const Node filter = log.output.filter;
  return std::ranges::any_of(log.telemetry->access_log, [&](const LogEntry& entry) {
    return entry.filter.document() == filter.document() && entry.filter.index() == filter.index();
  });
}

Draft message(const Log& log, Sink& sink) {
  const std::string who = who_logs(log);
  const Node where = log.output.entry->node;
  if (log.standing == Standing::expired) {
    return sink.report_as("expired", log.mark->where ? log.mark->where : where,
                          "the access log of {} was wanted until {} and is still on", who,
                          to_string(*log.mark->until));
  }
  const std::string no_end = log.mark ? no_end_of(*log.mark) : "";
  if (log.output.filter) {
    const bool own = has_own_filter(log);
    const Node here = own ? log.output.filter : where;
    return sink.report_as("reduced", log.mark ? log.mark->where : here,
                          "the requests of {} that match {} filter are logged{}", who,
                          own && !log.mark ? "this" : "a", no_end);
  }
  if (log.standing == Standing::reduced) {
    return sink.report_as("reduced", log.mark ? log.mark->where : where,
                          "every request of {} is logged{}", who, no_end);
  }
  if (log.mark) {
    return sink.report(log.mark->where, "every request of {} is logged{}", who, no_end);
  }
  return sink.report(where,
                     "every request of {} is logged, and it is not marked as under "
                     "investigation",
                     who);
}

// Switches off what is not under investigation, each provider by its name; empty where a Telemetry
// says more than that one thing, and a person must choose.
std::string off_switch(const std::vector<Log>& logs) {
  std::string yaml;
  for (const Log& log : logs) {
    if (log.standing == Standing::investigated) continue;
    const bool simple =
        log.telemetry->access_log.size() == 1 && log.output.entry->providers.size() < 2;
    if (!simple) return {};
    if (!yaml.empty()) yaml += "---\n";
    yaml += manifest_head(log.telemetry->object->ref()) + "spec:\n  accessLogging:\n" +
            indented(log_entry(*log.output.entry, log.output.provider, {}, true), 4);
  }
  return yaml;
}

void add_fix(Draft& finding, const std::vector<Log>& logs, const Log& worst, Sink& sink) {
  const std::string off = worst.standing == Standing::reduced ? "" : off_switch(logs);
  const std::string until = to_string(sink.today() + std::chrono::days(7));
  // A mark beside a log of the whole mesh would mend nothing.
  const std::string mark =
      worst.within_mesh_wide
          ? ""
          : fmt::format("metadata:\n  annotations:\n    {}: \"{}\"\n    {}: what is looked for\n",
                        kLogUntil, until, kLogReason);
  if (off.empty()) {
    finding
        .fix(
            "Delete the Telemetry when it has served; until then say why it is there and until "
            "when.")
        .patch(mark);
    return;
  }
  const std::string note = mark.empty() ? ""
                                        : fmt::format(" ({}: \"{}\", {}: what is looked for)",
                                                      kLogUntil, until, kLogReason);
  finding
      .fix(fmt::format("Switch it off, or delete the Telemetry, when it has served; until then say "
                       "on it why it is there and until when{}.",
                       note))
      .patch(off);
}

void report(const Mesh& mesh, const std::vector<Log>& logs, Sink& sink) {
  const Log& worst = *std::ranges::max_element(logs, {}, &Log::standing);
  if (worst.standing == Standing::investigated) return;
  Draft finding = message(worst, sink);
  // Where the whole mesh logs, this is a part of that.
  if (worst.within_mesh_wide) {
    if (const ControlPlane* plane = mesh.find_reader(*worst.config)) finding.about(*plane);
  }
  finding.object(worst.telemetry->object->ref()).field("spec.accessLogging");
  add_fix(finding, logs, worst, sink);
  for (const Log& log : logs) {
    if (&log == &worst || log.standing == Standing::investigated) continue;
    finding.related(fmt::format("so are those of {}", who_logs(log)), log.output.entry->node,
                    log.telemetry->object->ref());
  }
}

// The logs that Telemetry objects of namespaces switch on, as this revision reads them.
std::vector<Log> find_logs(const Mesh& mesh, const TelemetryView& view,
                           const WorkloadIndex& workloads) {
  std::vector<Log> logs;
  const bool mesh_wide = view.config() != nullptr && mesh_wide_log(view).on;
  for (const Telemetry* telemetry : view.in_force()) {
    if (telemetry->access_log.empty()) continue;
    if (!telemetry->scoped && telemetry->name_space() == view.root_namespace()) continue;
    auto output = switched_on(view, *telemetry);
    if (!output) continue;
    const auto selected = selected_by(workloads, *telemetry);
    logs.push_back({.telemetry = telemetry,
                    .output = std::move(*output),
                    .config = view.config(),
                    .within_mesh_wide = mesh_wide,
                    .gateways_only = only_gateways(mesh, *telemetry, selected),
                    .mark = mark_of(mesh, *telemetry, selected)});
  }
  return logs;
}

}  // namespace

void mc502_namespace_access_log(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (mesh.mesh_configs.empty() && mesh.telemetries.empty()) {
    sink.not_evaluated("no Telemetry is in the input", {"Telemetry"});
    return;
  }
  sink.judged();
  const WorkloadIndex& workloads = *mesh.workload_index;
  std::map<std::string_view, std::vector<Log>> by_namespace;
  std::set<const Telemetry*> seen;
  for (const TelemetryView& view : telemetry_views(mesh)) {
    for (Log& log : find_logs(mesh, view, workloads)) {
      if (!seen.insert(log.telemetry).second) continue;
      log.standing = standing_of(log, sink);
      by_namespace[log.telemetry->name_space()].push_back(std::move(log));
    }
  }
  for (const auto& [name_space, logs] : by_namespace) report(mesh, logs, sink);
}

}  // namespace meshcheck::rules
