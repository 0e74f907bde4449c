// Where access logs are wanted for now, as the user says in the settings or by annotations.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "meshcheck/day.h"
#include "meshcheck/document.h"
#include "meshcheck/mesh.h"

namespace meshcheck {

inline constexpr std::string_view kLogUntil = "meshcheck/access-log-until";
inline constexpr std::string_view kLogReason = "meshcheck/access-log-reason";

struct InvestigationMark {
  std::optional<Day> until;               // to the end of that day; nullopt: open, or unreadable
  std::optional<std::string> unreadable;  // a date that is none; it may be empty
  std::string reason;
  Node where;  // missing for the settings

  bool holds(Day today) const { return !unreadable && (!until || today <= *until); }
};

// By annotations of an object, or of a pod template.
std::optional<InvestigationMark> investigation_of(Node metadata);
// By the settings, and by the annotations of the Namespace. `workload` is empty for all of it.
std::optional<InvestigationMark> investigation_of(const Mesh& mesh, std::string_view name_space,
                                                  std::string_view workload = {});
// By the settings, its pod template, or its Namespace.
std::optional<InvestigationMark> investigation_of(const Mesh& mesh, const Workload& workload);

}  // namespace meshcheck
