#include "meshcheck/skew.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "meshcheck/container.h"
#include "meshcheck/mesh.h"

namespace meshcheck {
namespace {

// By istiod and minor version.
class Groups {
 public:
  // The group of `proxies`, if their istiod does not serve them.
  void add(std::string_view istiod, const SkewedProxies& proxies) {
    if (is_supported_skew(proxies.version, proxies.istiod)) {
      skew_.any_fit = true;
      return;
    }
    SkewedProxies& group = groups_[fmt::format("{} {}", istiod, proxies.version.minor_text())];
    if (group.count == 0) group = proxies;
    ++group.count;
  }

  void add_unknown() { skew_.any_unknown = true; }

  Skew take() {
    for (const auto& [key, group] : groups_) skew_.skewed.push_back(group);
    return std::move(skew_);
  }

 private:
  std::map<std::string, SkewedProxies> groups_;
  Skew skew_;
};

// Or the tag, of the istiod that injected a running Pod; empty for the default.
std::string_view revision_of(const Workload& pod) {
  if (!pod.running_revision.empty()) return pod.running_revision;
  return pod.pod_labels()["istio.io/rev"].text();
}

// What `istioctl version` said of the istiods of a revision. Its text form names none, and then
// tells something only where all are of one version.
std::optional<Version> reported_version(const Mesh& mesh, std::string_view revision) {
  std::optional<Version> found;
  for (const VersionReport& report : mesh.observed->versions) {
    for (const VersionReport::Istiod& istiod : report.istiods) {
      if (!istiod.revision.empty() && istiod.revision != revision) continue;
      const auto& version = istiod.version.version;
      if (!version || (found && found->text() != version->text())) return std::nullopt;
      found = version;
    }
  }
  return found;
}

// The istiod that the proxy is connected to, where its version is known; else null.
const ControlPlane* istiod_of(const Mesh& mesh, const ProxyStatus& proxy) {
  const ControlPlane* plane = mesh.find_control_plane(revision_of_istiod(proxy.istiod));
  // What one istiod itself answers does not name it.
  if (proxy.istiod.empty() && mesh.control_planes.size() == 1) plane = &mesh.control_planes.front();
  return plane != nullptr && plane->version_known() ? plane : nullptr;
}

}  // namespace

bool is_supported_skew(const Version& proxy, const Version& istiod) {
  return proxy.major == istiod.major && proxy.minor <= istiod.minor &&
         proxy.minor + 1 >= istiod.minor;
}

bool is_supported_skew(const Version& proxy, std::span<const Version> istiods) {
  return std::ranges::any_of(
      istiods, [&](const Version& istiod) { return is_supported_skew(proxy, istiod); });
}

Skew skew_of_pods(const Mesh& mesh) {
  Groups groups;
  for (const Workload& pod : mesh.workloads) {
    if (pod.kind != "Pod") continue;
    const Node image = proxy_image(*pod.object);
    const auto version = image ? Version::parse(image_tag(image.text())) : std::nullopt;
    if (!version) continue;
    std::string_view revision = revision_of(pod);
    if (const RevisionTag* tag = mesh.find_tag(revision)) revision = tag->revision;
    const ControlPlane* plane =
        mesh.find_control_plane(revision.empty() ? std::string_view("default") : revision);
    if (plane == nullptr || !plane->version_known()) {
      groups.add_unknown();
      continue;
    }
    groups.add(plane->revision, {.plane = plane,
                                 .version = *version,
                                 .istiod = *plane->version,
                                 .count = 0,
                                 .pod = pod.object,
                                 .image = image,
                                 .proxy = nullptr});
  }
  return groups.take();
}

Skew skew_of_connected(const Mesh& mesh) {
  std::set<std::pair<std::string_view, std::string_view>> pods;
  for (const Workload& workload : mesh.workloads) {
    if (workload.kind == "Pod") pods.emplace(workload.name_space, workload.name);
  }
  Groups groups;
  for (const ObservedProxy& observed : current_proxies(mesh.observed->proxy_status)) {
    const ProxyStatus& proxy = *observed.now;
    const auto version = Version::parse(proxy.version);
    if (!version || pods.contains({proxy.name_space, proxy.name})) continue;
    const ControlPlane* plane = istiod_of(mesh, proxy);
    const std::string revision = revision_of_istiod(proxy.istiod);
    const auto istiod = plane != nullptr ? plane->version : reported_version(mesh, revision);
    if (!istiod) {
      groups.add_unknown();
      continue;
    }
    groups.add(revision, {.plane = plane,
                          .version = *version,
                          .istiod = *istiod,
                          .count = 0,
                          .pod = nullptr,
                          .image = {},
                          .proxy = &proxy});
  }
  return groups.take();
}

bool shows_proxies(const Mesh& mesh) {
  return !mesh.observed->proxy_status.empty() ||
         std::ranges::any_of(mesh.observed->versions,
                             [](const VersionReport& report) { return !report.proxies.empty(); }) ||
         std::ranges::any_of(mesh.workloads, [](const Workload& workload) {
           return workload.kind == "Pod" && proxy_image(*workload.object);
         });
}

Node proxy_image(const Resource& pod) {
  return find_container(pod.spec(), kProxyContainer)["image"];
}

}  // namespace meshcheck
