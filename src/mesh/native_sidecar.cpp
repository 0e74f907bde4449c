#include "mesh/native_sidecar.h"

#include <algorithm>
#include <array>

namespace meshcheck {
namespace {

constexpr std::string_view kSwitch = "ENABLE_NATIVE_SIDECARS";

enum class Mode : std::uint8_t { off, on, by_kubelet, unknown };

Mode default_mode(const std::optional<Version>& version) {
  if (!version) return Mode::unknown;
  return version->at_least(1, 27) ? Mode::by_kubelet : Mode::off;
}

// istio: pilot/pkg/features/pilot.go; up to 1.26 a plain boolean.
Mode parse_mode(std::string_view text, const std::optional<Version>& version) {
  constexpr std::array<std::string_view, 5> kTrue = {"true", "1", "t", "TRUE", "True"};
  const bool automatic = !version || version->at_least(1, 27);
  if (automatic && text == "auto") return Mode::by_kubelet;
  return std::ranges::count(kTrue, text) != 0 ? Mode::on : Mode::off;
}

std::optional<Version> version_of(const ControlPlane* plane, const Injector* injector) {
  if (plane != nullptr && plane->version) return plane->version;
  return injector == nullptr ? std::nullopt : injector->sidecar.version;
}

Mode mode_of(const Mesh& mesh, std::string_view revision, const Injector* injector) {
  const ControlPlane* plane = mesh.find_control_plane(revision);
  const std::optional<Version> version = version_of(plane, injector);
  if (plane != nullptr) {
    for (const EnvVar& variable : plane->env) {
      if (variable.name != kSwitch) continue;
      return variable.value ? parse_mode(*variable.value, version) : Mode::unknown;
    }
  }
  if (injector != nullptr && injector->sidecar.native) {
    return parse_mode(*injector->sidecar.native, version);
  }
  return default_mode(version);
}

}  // namespace

std::optional<Version> oldest_kubelet(const Mesh& mesh) {
  if (mesh.settings->kubernetes) return mesh.settings->kubernetes;
  std::optional<Version> oldest;
  for (const Resource* node : mesh.resources->of_kind("Node")) {
    const Node text = node->root()["status"]["nodeInfo"]["kubeletVersion"];
    std::string_view said = text.text();
    if (said.starts_with('v')) said.remove_prefix(1);
    const auto version = Version::parse(said);
    if (!version) continue;
    const bool older = !oldest || !version->at_least(oldest->major, oldest->minor);
    if (older) oldest = version;
  }
  return oldest;
}

NativeSidecars::NativeSidecars(const Mesh& mesh) : mesh_(mesh), kubelet_(oldest_kubelet(mesh)) {}

std::optional<bool> NativeSidecars::of(Node annotations, std::string_view revision,
                                       const Injector* injector) const {
  const std::string_view wanted = annotations["sidecar.istio.io/nativeSidecar"].text();
  const auto version = version_of(mesh_.find_control_plane(revision), injector);
  // No injector before 1.24 reads it (istio: releasenotes/notes of 1.24).
  const bool read = !version || version->at_least(1, 24);
  if (read && wanted == "true") return true;
  if (read && wanted == "false") return false;
  switch (mode_of(mesh_, revision, injector)) {
    case Mode::off: return false;
    case Mode::on: return true;
    case Mode::by_kubelet:
      if (!kubelet_) return std::nullopt;
      return kubelet_->at_least(1, 33);
    case Mode::unknown: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace meshcheck
