// Severity, documentation and parameters: rules/mc503-telemetry-has-no-effect.yaml
#include <algorithm>
#include <set>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

using Seen = std::set<std::pair<const Document*, std::uint32_t>>;

// Several revisions may read one and the same entry; it is reported once.
bool is_first(Seen& seen, Node node) { return seen.emplace(node.document(), node.index()).second; }

void finish(Draft finding, const Telemetry& telemetry, std::string fix) {
  finding.object(telemetry.object->ref()).field("spec.accessLogging").fix(std::move(fix));
  // A list is replaced as a whole: never drop what is not the matter.
  const bool simple =
      telemetry.access_log.size() == 1 && telemetry.access_log.front().providers.size() < 2;
  if (!simple) return;
  const LogEntry& entry = telemetry.access_log.front();
  finding.patch(manifest_head(telemetry.object->ref()) + "spec:\n  accessLogging:\n" +
                indented(log_entry(entry, "envoy", entry.filter.text(), entry.disabled), 4));
}

std::string label_of(const Telemetry& telemetry) {
  if (telemetry.name_space().empty()) return fmt::format("Telemetry {}", telemetry.name());
  return fmt::format("Telemetry {} of {}", telemetry.name(), telemetry.name_space());
}

// What logs where no provider is told anything; empty if nothing does.
std::string fallback_of(const MeshConfig& config) {
  const auto& file = config.access_log_file.value;
  if (file && !file->empty() && file != "/dev/null") return fmt::format("accessLogFile {}", *file);
  return config.access_log_service.value.value_or(false) ? "enableEnvoyAccessLogService" : "";
}

// The levels down to a Telemetry leave some direction to accessLogFile.
bool leaves_fallback(const TelemetryView& view, const Telemetry& telemetry) {
  const auto levels = view.levels(&telemetry);
  return merge_access_logs(view.config(), levels, LogDirection::server).fallback() ||
         merge_access_logs(view.config(), levels, LogDirection::client).fallback();
}

void judge_without_provider(const TelemetryView& view, const Telemetry& telemetry,
                            const LogEntry& entry, bool inherits, Sink& sink) {
  if (entry.filter) {
    finish(
        sink.report(entry.filter, "the filter of {} is dropped since its entry names no provider{}",
                    label_of(telemetry), inherits ? ": every request is logged" : ""),
        telemetry, "Name the provider beside the filter.");
    return;
  }
  if (inherits || view.config() == nullptr) return;
  if (!entry.disabled) {
    finish(sink.report(entry.node,
                       "{} names no provider and the mesh has no default one: the entry does "
                       "nothing",
                       label_of(telemetry)),
           telemetry, "Name the provider.");
    return;
  }
  const std::string fallback = fallback_of(*view.config());
  if (fallback.empty() || !leaves_fallback(view, telemetry)) return;
  finish(sink.report(entry.node, "{} disables no provider, so that {} goes on logging",
                     label_of(telemetry), fallback),
         telemetry, "Name the provider that is disabled: then accessLogFile is silent, too.");
}

// Another revision that reads the Telemetry may know the provider.
bool is_lost_everywhere(std::span<const TelemetryView> views, const Telemetry& telemetry,
                        std::string_view provider) {
  return std::ranges::all_of(views, [&](const TelemetryView& view) {
    // What is below a mesh configuration and not shown may define it.
    if (view.config() != nullptr && !view.config()->access_log_service.known()) return false;
    const Telemetry* const levels[] = {&telemetry};
    for (const LogDirection direction : {LogDirection::server, LogDirection::client}) {
      const auto outputs = merge_access_logs(view.config(), levels, direction).outputs;
      if (std::ranges::count(outputs, provider, &LogOutput::provider) != 0) return false;
    }
    return true;
  });
}

// Providers that no mesh configuration of the input knows, or that write no access log.
void judge_providers(std::span<const TelemetryView> views, const TelemetryView& view,
                     const Telemetry& telemetry, const LogEntry& entry, Sink& sink) {
  for (const LogDirection direction : {LogDirection::server, LogDirection::client}) {
    const AccessLogs logs = merge_access_logs(view.config(), view.levels(&telemetry), direction);
    for (const LogOutput& lost : logs.lost) {
      const bool own = lost.from == &telemetry && lost.entry == &entry;
      if (!own || !is_lost_everywhere(views, telemetry, lost.provider)) continue;
      const auto named = std::ranges::find_if(
          entry.providers, [&](Node provider) { return provider.text() == lost.provider; });
      if (named != entry.providers.end()) {
        const Node provider = *named;
        finish(sink.report(provider, "{} {} provider {}, {}", label_of(telemetry),
                           lost.disabled ? "disables" : "logs to", lost.provider,
                           lost.found == nullptr ? "which extensionProviders do not define"
                                                 : "which writes no access logs"),
               telemetry, "Name a provider that the mesh configuration defines, or `envoy`.");
        return;
      }
    }
  }
}

void judge_entries(std::span<const TelemetryView> views, const TelemetryView& view,
                   const Telemetry& telemetry, Seen& seen, Sink& sink) {
  bool inherits = view.config() != nullptr && !view.config()->default_log_providers.empty();
  for (const Telemetry* level : view.levels(&telemetry)) {
    for (const LogEntry& entry : level->access_log) {
      if (level == &telemetry && is_first(seen, entry.node)) {
        if (entry.providers.empty()) {
          judge_without_provider(view, telemetry, entry, inherits, sink);
        } else if (view.config() != nullptr) {
          judge_providers(views, view, telemetry, entry, sink);
        }
      }
      inherits = inherits || !entry.providers.empty();
    }
  }
}

// Files apart may be meant for one cluster each, or one instead of the other.
bool stand_together(const Mesh& mesh, const Telemetry& a, const Telemetry& b) {
  const Node one = a.object->root();
  const Node other = b.object->root();
  return mesh.covers_all("Telemetry") || (!a.created().empty() && !b.created().empty()) ||
         one.document()->source == other.document()->source;
}

void judge_rivals(const Mesh& mesh, const TelemetryView& view, std::string_view name_space,
                  Seen& seen, Sink& sink) {
  const auto wide = view.wide(name_space);
  for (std::size_t i = 1; i < wide.size() && !name_space.empty(); ++i) {
    const Telemetry& loser = *wide[i];
    const Telemetry& winner = *wide.front();
    if (!stand_together(mesh, winner, loser) || !is_first(seen, loser.object->anchor())) continue;
    Draft finding =
        is_certain(wide)
            ? sink.report(loser.object->anchor(),
                          "{} is ignored: {} has no selector either and is older", label_of(loser),
                          winner.name())
            : sink.report(loser.object->anchor(),
                          "Telemetry {} and {} of {} have no selector: only the older one is read, "
                          "the other is ignored",
                          winner.name(), loser.name(), name_space);
    finding.object(loser.object->ref())
        .related("the other one", winner.object->anchor(), winner.object->ref())
        .fix("Join them into one Telemetry, or give this one a selector.");
  }
}

// Its selector is for pods of its own namespace alone, also in the root namespace (istio:
// pilot/pkg/model/telemetry.go, applicableTelemetries).
void judge_selectors(const Mesh& mesh, Sink& sink) {
  std::optional<bool> unplaced;
  for (const Telemetry& telemetry : mesh.telemetries) {
    const Node labels = telemetry.object->spec()["selector"]["matchLabels"];
    const std::string_view name_space = telemetry.name_space();
    if (labels.size() == 0 || !mesh.covers("Deployment", name_space) ||
        selects_any(mesh, name_space, labels)) {
      continue;
    }
    if (!unplaced) unplaced = has_unplaced_workloads(mesh);
    if (*unplaced) return;
    if (const auto added = find_added_label(mesh, labels, name_space, false); !added.empty()) {
      sink.not_evaluated(
          fmt::format("which running pods have the label {}, which no template shows, is not in "
                      "the input",
                      added),
          {"Pod"});
      continue;
    }
    sink.report_as("selects-nothing", labels,
                   "{} selects no workload: none of its namespace has the labels {}",
                   label_of(telemetry), flow_mapping(labels))
        .object(telemetry.object->ref())
        .field("spec.selector.matchLabels")
        .fix("Name the labels of the pods that are meant, or delete the Telemetry.");
  }
}

void judge_defaults(const MeshConfig& config, Seen& seen, Sink& sink) {
  const AccessLogs logs = merge_access_logs(&config, {}, LogDirection::client);
  for (const LogOutput& lost : logs.lost) {
    for (const DefaultLogProvider& provider : config.default_log_providers) {
      if (provider.name != lost.provider || !is_first(seen, provider.node)) continue;
      sink.report(provider.node, "defaultProviders.accessLogging of {} names {}, {}", config.name,
                  lost.provider,
                  lost.found == nullptr ? "which extensionProviders do not define"
                                        : "which writes no access logs")
          .object({.api_version = "v1",
                   .kind = "ConfigMap",
                   .name_space = config.name_space,
                   .name = config.name,
                   .revision = config.revision})
          .field("defaultProviders.accessLogging")
          .fix("Define the provider in extensionProviders, or take it out of the defaults.");
    }
  }
}

}  // namespace

void mc503_telemetry_has_no_effect(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  if (mesh.mesh_configs.empty()) {
    sink.not_evaluated("providers are defined in the mesh configuration, which is not in the input",
                       {"ConfigMap istio", "Helm values", "IstioOperator"});
  } else {
    sink.judged();
  }
  judge_selectors(mesh, sink);
  Seen seen;
  const std::vector<TelemetryView> views = telemetry_views(mesh);
  for (const TelemetryView& view : views) {
    if (view.config() != nullptr) judge_defaults(*view.config(), seen, sink);
    for (const Telemetry* telemetry : view.in_force()) {
      judge_entries(views, view, *telemetry, seen, sink);
    }
    for (const std::string_view name_space : view.namespaces()) {
      judge_rivals(mesh, view, name_space, seen, sink);
    }
  }
}

}  // namespace meshcheck::rules
