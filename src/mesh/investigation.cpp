#include "meshcheck/investigation.h"

namespace meshcheck {
namespace {

std::optional<InvestigationMark> by_settings(const Mesh& mesh, std::string_view name_space,
                                             std::string_view workload) {
  std::optional<InvestigationMark> found;
  for (const Investigation& investigation : mesh.settings->investigations) {
    if (investigation.name_space != name_space) continue;
    if (!investigation.workload.empty() && investigation.workload != workload) continue;
    // The one that lasts longest counts.
    const bool longer =
        !found || !investigation.until || (found->until && *found->until < *investigation.until);
    if (!longer) continue;
    found = InvestigationMark{investigation.until, {}, investigation.reason, {}};
  }
  return found;
}

}  // namespace

std::optional<InvestigationMark> investigation_of(Node metadata) {
  const Node until = metadata["annotations"][kLogUntil];
  if (!until) return std::nullopt;
  InvestigationMark mark;
  mark.where = until;
  mark.until = parse_day(until.text());
  if (!mark.until) mark.unreadable = until.text();
  mark.reason = metadata["annotations"][kLogReason].text();
  return mark;
}

std::optional<InvestigationMark> investigation_of(const Mesh& mesh, std::string_view name_space,
                                                  std::string_view workload) {
  if (auto mark = by_settings(mesh, name_space, workload)) return mark;
  const Namespace* object = mesh.find_namespace(name_space);
  return object == nullptr ? std::nullopt : investigation_of(object->object->metadata());
}

std::optional<InvestigationMark> investigation_of(const Mesh& mesh, const Workload& workload) {
  if (auto mark = by_settings(mesh, workload.name_space, workload.name)) return mark;
  if (auto mark = investigation_of(workload.object->pod_template()["metadata"])) return mark;
  return investigation_of(mesh, workload.name_space);
}

}  // namespace meshcheck
