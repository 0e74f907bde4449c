// Severity, documentation and parameters: rules/mc701-proxies-stale.yaml
#include <algorithm>
#include <chrono>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

constexpr std::size_t kMostListed = 20;

ObjectRef pod_of(const ProxyStatus& proxy) {
  return {"v1", "Pod", proxy.name_space, proxy.name, revision_of_istiod(proxy.istiod)};
}

void finish(Draft finding, const Fleet& fleet, const std::vector<StaleProxy>& stale,
            std::int64_t percent) {
  finding.object(pod_of(*stale.front().proxy))
      .field("status")
      .compare(fmt::format("{} of {}", stale.size(), fleet.total),
               fmt::format("at most {} %", percent), {})
      .fix(fmt::format("Look at istiod's CPU and memory, then at the proxy's log: {}. A proxy that "
                       "hangs: restart its "
                       "pod.",
                       stale.front().proxy->logs_command()));
  for (std::size_t i = 1; i < std::min(stale.size(), kMostListed); ++i) {
    finding.related(fmt::format("{}: {}", stale[i].proxy->id(), stale[i].types),
                    stale[i].first->location, pod_of(*stale[i].proxy));
  }
  if (stale.size() > kMostListed) {
    finding.related(fmt::format("and {} more", stale.size() - kMostListed),
                    stale[kMostListed].first->location);
  }
}

// What was looked at, and how.
struct Looked {
  bool live = false;
  bool whole = true;  // every istiod that was asked answered
  std::int64_t percent = 0;
  std::int64_t seconds = 0;

  std::string untold() const {
    return live ? fmt::format(
                      "looks over less than {0} s do not tell for how long: give it "
                      "--drift-window {0}s",
                      seconds)
                : fmt::format(
                      "one look does not tell for how long: give a second --proxy-status, taken {} "
                      "s later",
                      seconds);
  }
};

void judge(const Fleet& fleet, const Looked& looked, Sink& sink) {
  const auto [live, whole, percent, seconds] = looked;
  if (fleet.total == 0) return;
  if (!fleet.stale.empty() && fleet.exceeds(fleet.stale.size(), percent)) {
    const StaleProxy& first = fleet.stale.front();
    if (fleet.stale.size() == 1) {
      finish(sink.report_as("one-proxy", first.first->location,
                            "proxy {} is STALE for more than {} s ({})", first.proxy->id(), seconds,
                            first.types),
             fleet, fleet.stale, percent);
    } else {
      finish(sink.report(first.first->location,
                         "{} of {} {} are STALE for more than {} s: {} ({}) and others",
                         fleet.stale.size(), fleet.total, fleet.word, seconds, first.proxy->id(),
                         first.types),
             fleet, fleet.stale, percent);
    }
    return;
  }
  if (!fleet.exceeds(fleet.stale.size() + fleet.perhaps.size(), percent)) {
    // Those of an istiod that is silent may all be stale.
    if (whole) sink.judged();
    return;
  }
  if (fleet.perhaps.size() > 1) {
    const StaleProxy& first = fleet.perhaps.front();
    finish(sink.report_as("one-look", first.first->location, "{} of {} {} are STALE, and {}",
                          fleet.perhaps.size(), fleet.total, fleet.word, looked.untold()),
           fleet, fleet.perhaps, percent);
    return;
  }
  sink.not_evaluated(
      fmt::format("{} is STALE, which is normal for a moment, and {}",
                  fleet.perhaps.front().proxy->id(), looked.untold()),
      {live ? fmt::format("--drift-window {}s", seconds) : "a second --proxy-status FILE"});
}

// A revision whose proxies no file names: since 1.28 istioctl shows those of one revision only.
void name_unseen_revisions(const Mesh& mesh, const std::set<std::string>& seen, Sink& sink) {
  for (const ControlPlane& plane : mesh.control_planes) {
    if (plane.retired() || !plane.revision_known || seen.contains(plane.revision)) continue;
    if (mesh.observed->proxy_status.front().live) {
      sink.not_evaluated(fmt::format("no istiod of revision {} answered", plane.revision));
      continue;
    }
    sink.not_evaluated(fmt::format("no --proxy-status of revision {}: istioctl proxy-status "
                                   "--revision {} -o json",
                                   plane.revision, plane.revision),
                       {"--proxy-status FILE"});
  }
}

}  // namespace

void mc701_proxies_stale(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  const auto& snapshots = mesh.observed->proxy_status;
  if (snapshots.empty()) {
    sink.not_evaluated(mesh.observed->why_unanswered(
        "/debug/syncz", "no --proxy-status was given: istioctl proxy-status -o json > FILE"));
    return;
  }
  const bool live = snapshots.front().live;
  bool whole = true;
  for (const Unanswered& silent : mesh.observed->unanswered) {
    if (!live || silent.path != "/debug/syncz") continue;
    sink.not_evaluated(silent.reason);
    whole = false;
  }
  for (const StatusSnapshot& snapshot : snapshots) {
    if (snapshot.shows_states) continue;
    sink.not_evaluated(
        fmt::format("{} shows no state: istioctl 1.27 and newer tell it with `-o "
                    "json` or `-v 1`",
                    snapshot.file));
  }
  if (std::ranges::all_of(snapshots, [](const auto& look) { return look.proxies.empty(); })) {
    sink.not_evaluated(fmt::format("{} shows no proxy", snapshots.front().file));
  }
  const std::int64_t seconds = parameters.integer("min-seconds");
  const Drift drift = drift_of(snapshots, std::chrono::seconds(seconds));
  if (!drift.strange.empty()) {
    const ProxyStatus& first = *drift.strange.front();
    sink.not_evaluated(fmt::format("{} is in a state that meshcheck does not know ({}:{})",
                                   first.id(), first.location.file, first.location.line));
  }
  const Looked looked{live, whole, parameters.integer("max-stale-percent"), seconds};
  judge(drift.envoys, looked, sink);
  judge(drift.ztunnels, looked, sink);
  const auto seen = revisions_shown(mesh);
  if (!seen.empty()) name_unseen_revisions(mesh, seen, sink);
}

}  // namespace meshcheck::rules
