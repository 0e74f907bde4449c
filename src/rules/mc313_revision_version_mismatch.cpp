// Severity, documentation and parameters: rules/mc313-revision-version-mismatch.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// "1-29-2", "istio-1-29": by convention a revision is named for its version. Whatever else a name
// holds is its own affair.
std::optional<Version> version_in(std::string_view revision) {
  if (revision.starts_with("istio-")) revision.remove_prefix(6);
  std::string dotted;
  int numbers = 0;
  while (numbers < 3) {
    const std::size_t end = std::min(revision.find('-'), revision.size());
    const std::string_view part = revision.substr(0, end);
    const bool number = !part.empty() && part.size() <= 3 &&
                        part.find_first_not_of("0123456789") == std::string_view::npos;
    if (!number) break;
    dotted += (numbers == 0 ? "" : ".") + std::string(part);
    ++numbers;
    revision.remove_prefix(std::min(end + 1, revision.size()));
  }
  if (numbers < 2) return std::nullopt;
  const auto version = Version::parse(dotted);
  return version && version->major == 1 ? version : std::nullopt;
}

bool is_guess(const ControlPlane& plane) {
  return plane.version_from == "assumed" || plane.version_from == "revision" ||
         plane.version_from == "--istio-version";
}

bool differ(const Version& named, const Version& runs) {
  if (named.major != runs.major || named.minor != runs.minor) return true;
  return named.patch >= 0 && runs.patch >= 0 && named.patch != runs.patch;
}

}  // namespace

void mc313_revision_version_mismatch(const Mesh& mesh, const Parameters& /*parameters*/,
                                     Sink& sink) {
  for (const ControlPlane& plane : mesh.control_planes) {
    const auto named = version_in(plane.revision);
    if (!plane.revision_known || (named && (!plane.version || is_guess(plane)))) {
      sink.not_evaluated(
          fmt::format("the revision or version of {} is not in the input", plane.name));
      continue;
    }
    if (!named || !differ(*named, *plane.version)) {
      sink.judged();
      continue;
    }
    sink.report(plane.place(plane.image.from), "revision {} runs Istio {}", plane.revision,
                plane.version->text())
        .about(plane)
        .field(container_field(plane, "image"))
        .compare(plane.version->text(), named->text(), plane.image.from)
        .fix(fmt::format("Install {} as a revision of its own, and give revision {} the image of "
                         "its name again.",
                         plane.version->text(), plane.revision));
  }
}

}  // namespace meshcheck::rules
