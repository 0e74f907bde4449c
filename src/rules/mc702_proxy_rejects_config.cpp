// Severity, documentation and parameters: rules/mc702-proxy-rejects-config.yaml
#include <algorithm>
#include <map>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

constexpr std::size_t kMostListed = 20;
constexpr const char* kRejects = "pilot_total_xds_rejects";

struct Refusal {
  const ProxyStatus* proxy = nullptr;
  const TypeStatus* type = nullptr;
};

ObjectRef pod_of(const ProxyStatus& proxy) {
  return {"v1", "Pod", proxy.name_space, proxy.name, revision_of_istiod(proxy.istiod)};
}

// What many proxies refuse for the same reason is one mistake.
void report_refusals(const std::vector<Refusal>& refusals, Sink& sink) {
  const Refusal& first = refusals.front();
  const std::string who = refusals.size() == 1 ? fmt::format("proxy {} refuses", first.proxy->id())
                                               : fmt::format("{} proxies ({} and others) refuse",
                                                             refusals.size(), first.proxy->id());
  const std::string why =
      first.type->detail.empty() ? std::string() : ": " + first.type->detail.substr(0, 300);
  Draft finding = sink.report(first.type->location, "{} {} {} configuration{}", who,
                              refusals.size() == 1 ? "its" : "their", first.type->type, why);
  finding.object(pod_of(*first.proxy))
      .field("status." + first.type->type)
      .fix(fmt::format(
          "See what it is: {} | grep rejected. Then undo the change that holds it, often "
          "an EnvoyFilter.",
          first.proxy->logs_command()));
  for (std::size_t i = 1; i < std::min(refusals.size(), kMostListed); ++i) {
    finding.related(refusals[i].proxy->id(), refusals[i].type->location,
                    pod_of(*refusals[i].proxy));
  }
}

void judge_status(const Mesh& mesh, Sink& sink) {
  const auto& snapshots = mesh.observed->proxy_status;
  const Unanswered* silent = !snapshots.empty() && snapshots.front().live
                                 ? mesh.observed->find_unanswered("/debug/syncz")
                                 : nullptr;
  // By what is refused, and why.
  std::map<std::pair<std::string, std::string>, std::vector<Refusal>> causes;
  for (const ObservedProxy& proxy : current_proxies(snapshots)) {
    if (!proxy.shows_states) continue;
    // What those of an istiod that is silent refuse is not known.
    if (silent == nullptr) sink.judged();
    for (const TypeStatus& type : proxy.now->types) {
      if (type.state == SyncState::error) {
        causes[{type.type, type.detail}].push_back({proxy.now, &type});
      }
    }
  }
  for (const auto& [cause, refusals] : causes) report_refusals(refusals, sink);
  if (silent != nullptr) sink.not_evaluated(silent->reason);
}

void report_rejects(const MetricsPair& pair, const MetricSample& sample, Sink& sink) {
  double before = 0;
  if (pair.before != nullptr) {
    const auto [first, last] = pair.before->range(kRejects);
    const auto same = std::find_if(
        first, last, [&](const MetricSample& other) { return other.labels == sample.labels; });
    if (same != last) before = same->value;
  }
  // Without `!`, NaN would count.
  if (!(sample.value > before)) return;
  const std::string type = sample.label("type").empty() ? std::string("configuration")
                                                        : std::string(sample.label("type"));
  const std::string who = pair.now->pod.empty() ? "proxies" : "proxies of " + pair.now->pod;
  Draft finding =
      pair.before == nullptr
          ? sink.report_as(
                "one-look", sample.location,
                "{} refused {} {} times since istiod started; {} tells whether they "
                "still do",
                who, type, sample.value,
                pair.now->pod.empty() ? "a second --metrics, taken later," : "a later audit")
          : sink.report(sample.location, "{} refuse {}: {} times between the two samples", who,
                        type, sample.value - before);
  finding.object(pair.now->object(kRejects))
      .field(pair.now->field(kRejects, type))
      .fix("istioctl proxy-status names the proxies (ERROR), and their logs the reason.");
}

void judge_metrics(const Mesh& mesh, Sink& sink) {
  for (const MetricsPair& pair : pair_metrics(mesh.observed->metrics)) {
    // A counter appears with its first refusal; that it is istiod's file another metric tells.
    if (pair.now->istio_version().empty() && pair.now->find("pilot_xds_pushes") == nullptr &&
        pair.now->find(kRejects) == nullptr) {
      continue;
    }
    sink.judged();
    const auto [first, last] = pair.now->range(kRejects);
    for (const MetricSample* sample = first; sample != last; ++sample) {
      report_rejects(pair, *sample, sink);
    }
  }
}

}  // namespace

void mc702_proxy_rejects_config(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  judge_status(mesh, sink);
  judge_metrics(mesh, sink);
  if (sink.judged_count() != 0) return;
  const auto& snapshots = mesh.observed->proxy_status;
  const auto& metrics = mesh.observed->metrics;
  if (snapshots.empty() && !metrics.empty()) {
    sink.not_evaluated(
        fmt::format("{} tells nothing of what istiod has sent", metrics.front().who()));
  } else if (snapshots.empty() && mesh.observed->find_unanswered("/debug/syncz") != nullptr) {
    sink.not_evaluated(mesh.observed->why_unanswered("/debug/syncz", {}));
  } else if (!snapshots.empty() && std::ranges::all_of(snapshots, [](const auto& look) {
               return look.proxies.empty();
             })) {
    sink.not_evaluated(fmt::format("{} shows no proxy", snapshots.front().file));
  }
}

}  // namespace meshcheck::rules
