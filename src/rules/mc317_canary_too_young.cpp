// Severity, documentation and parameters: rules/mc317-canary-too-young.yaml
#include <algorithm>
#include <array>
#include <chrono>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// A tag of such a name is where a revision proves itself.
bool is_trial(std::string_view tag) {
  constexpr std::array<std::string_view, 8> kWords = {"canary", "stag", "test", "dev",
                                                      "rapid",  "edge", "next", "preview"};
  return std::ranges::any_of(kWords,
                             [&](auto word) { return tag.find(word) != std::string_view::npos; });
}

std::optional<Day> day_of(const ControlPlane& plane) {
  if (plane.deployment == nullptr) return std::nullopt;
  const auto made = parse_time(plane.deployment->metadata()["creationTimestamp"].text());
  if (!made) return std::nullopt;
  return std::chrono::floor<std::chrono::days>(*made);
}

const RevisionTag* largest_tag(const Mesh& mesh) {
  const RevisionTag* largest = nullptr;
  for (const RevisionTag& tag : mesh.tags) {
    if (tag.namespaces.empty() || is_trial(tag.name)) continue;
    if (largest == nullptr || tag.namespaces.size() > largest->namespaces.size()) largest = &tag;
  }
  return largest;
}

}  // namespace

void mc317_canary_too_young(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  const RevisionTag* tag = largest_tag(mesh);
  const ControlPlane* plane = tag == nullptr ? nullptr : mesh.find_control_plane(tag->revision);
  const auto made = plane == nullptr ? std::nullopt : day_of(*plane);
  const ControlPlane* before = nullptr;
  for (const ControlPlane& other : mesh.control_planes) {
    const auto day = made ? day_of(other) : std::nullopt;
    if (day && &other != plane && *day < *made) before = &other;
  }
  if (!made || before == nullptr) {
    sink.not_evaluated(
        "no tag that namespaces use beside two running istiods of known age is in the input",
        {"MutatingWebhookConfiguration", "Deployment"});
    return;
  }
  // A date has no hours: what may be old enough is.
  const std::int64_t days = (sink.today() - *made).count();
  if (days < 0 || days >= parameters.integer("min-hours") / 24) return sink.judged();
  sink.report(plane->deployment->metadata()["creationTimestamp"],
              "tag {} gives {} namespace{} revision {}, which was installed {}", tag->name,
              tag->namespaces.size(), tag->namespaces.size() == 1 ? "" : "s", plane->revision,
              days == 0 ? "today" : "yesterday")
      .about(*plane)
      .field("metadata.creationTimestamp")
      .compare(to_string(*made), fmt::format("{} hours ago", parameters.integer("min-hours")), {})
      .related("the tag", tag->anchor)
      .related("the revision before", before->anchor, before->object)
      .fix(fmt::format("If something is wrong, move the tag back: istioctl tag set {} --revision "
                       "{} --overwrite",
                       tag->name, before->revision));
}

}  // namespace meshcheck::rules
