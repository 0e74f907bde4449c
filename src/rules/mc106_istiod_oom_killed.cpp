// Severity, documentation and parameters: rules/mc106-istiod-oom-killed.yaml
#include <algorithm>
#include <chrono>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

Node status_of_discovery(const Resource& pod) {
  for (const Node status : pod.root()["status"]["containerStatuses"].items()) {
    if (status["name"].text() == kIstiodContainer) return status;
  }
  return {};
}

// What ended it: now, or the last time.
Node end_of(Node status) {
  const Node now = status["state"]["terminated"];
  return now ? now : status["lastState"]["terminated"];
}

const ControlPlane* plane_of(const Mesh& mesh, const Resource& pod) {
  const std::string_view revision = pod.label("istio.io/rev");
  const ControlPlane* plane =
      mesh.find_control_plane(revision.empty() ? std::string_view("default") : revision);
  return plane != nullptr && plane->name_space == pod.name_space() ? plane : nullptr;
}

// The limit doubled, and not less than what the baseline asks for.
std::string higher_limit(const ControlPlane& plane) {
  constexpr std::int64_t kGi = 1'073'741'824;
  const auto& limit = plane.resources.memory_limit.value;
  const std::int64_t bytes = limit ? limit->value() * 2 : 0;
  return fmt::format("{}Gi", std::max<std::int64_t>(4, (bytes + kGi - 1) / kGi));
}

Draft finish(Draft finding, const Resource& pod, const ControlPlane* plane) {
  finding.object(pod.ref()).field("status.containerStatuses[discovery].lastState");
  if (plane != nullptr) {
    finding.subject(plane->subject());
    const auto& limit = plane->resources.memory_limit;
    finding.related(limit.value ? fmt::format("its memory limit: {}", limit.value->text())
                                : std::string("it has no memory limit"),
                    plane->place(limit.from), plane->object);
  }
  return finding;
}

void killed(const Resource& pod, Node end, const ControlPlane* plane, std::int64_t restarts,
            Sink& sink) {
  const Node when = end["finishedAt"];
  Draft finding = finish(
      sink.report(end["reason"], "istiod was killed for its memory{}{}",
                  when ? fmt::format(" at {}", when.text()) : std::string{},
                  restarts > 1 ? fmt::format(", after {} restarts", restarts) : std::string{}),
      pod, plane);
  if (plane == nullptr) {
    finding.fix("Raise istiod's memory limit, then scope what each proxy gets.");
    return;
  }
  const std::string memory = higher_limit(*plane);
  finding
      .fix(fmt::format("Raise the memory limit to {}, then scope what each proxy gets with Sidecar "
                       "resources or discoverySelectors{}.",
                       memory,
                       plane->version && !plane->version->at_least(1, 29)
                           ? ", and set GOMEMLIMIT to 90 % of the limit"
                           : ""))
      .patch(
          container_patch(*plane, fmt::format("resources:\n  limits:\n    memory: {}\n", memory)));
}

void judge(const Mesh& mesh, const Resource& pod, std::int64_t most, Sink& sink) {
  const Node status = status_of_discovery(pod);
  if (!status) return;
  const Node end = end_of(status);
  const ControlPlane* plane = plane_of(mesh, pod);
  const std::int64_t restarts = status["restartCount"].integer().value_or(0);
  if (end["reason"].text() == "OOMKilled") return killed(pod, end, plane, restarts, sink);
  const auto ended = parse_time(end["finishedAt"].text());
  // Restarts of long ago are history.
  const bool lately =
      ended && sink.today() - std::chrono::floor<std::chrono::days>(*ended) <= std::chrono::days(1);
  if (restarts < most || !lately) return sink.judged();
  finish(sink.report_as("restarts", status["restartCount"],
                        "istiod has restarted {} times, the last time with exit status {}",
                        restarts, end["exitCode"].integer().value_or(0)),
         pod, plane)
      .compare(fmt::format("{} restarts", restarts), fmt::format("fewer than {}", most), {})
      .fix(fmt::format("See why it ended: kubectl -n {} logs {} -c discovery --previous",
                       pod.name_space(), pod.name()));
}

}  // namespace

void mc106_istiod_oom_killed(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  bool any = false;
  for (const Resource* pod : mesh.resources->of_kind("Pod")) {
    if (pod->label("app") != "istiod") continue;
    any = true;
    judge(mesh, *pod, parameters.integer("min-restarts"), sink);
  }
  if (!any) sink.not_evaluated("no pod of istiod is in the input", {"Pod"});
}

}  // namespace meshcheck::rules
