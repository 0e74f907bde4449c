// Severity, documentation and parameters: rules/mc802-data-plane-skew.yaml
#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// (istio.io: docs/releases/supported-releases, "Control Plane/Data Plane Skew")
bool is_supported(const Version& proxy, const Version& istiod) {
  return proxy.major == istiod.major && proxy.minor <= istiod.minor &&
         proxy.minor + 1 >= istiod.minor;
}

bool is_supported(const Version& proxy, std::span<const Version> istiods) {
  return std::ranges::any_of(istiods,
                             [&](const Version& istiod) { return is_supported(proxy, istiod); });
}

const Version& nearest(const Version& proxy, std::span<const Version> istiods) {
  return *std::ranges::min_element(
      istiods, {}, [&](const Version& istiod) { return std::abs(istiod.minor - proxy.minor); });
}

std::string how(const Version& proxy, const Version& istiod) {
  return proxy.minor > istiod.minor
             ? "newer than"
             : fmt::format("{} minor versions older than", istiod.minor - proxy.minor);
}

std::vector<Version> versions_of(const VersionReport& report) {
  std::vector<Version> all;
  for (const VersionReport::Istiod& istiod : report.istiods) {
    if (istiod.version.version) all.push_back(*istiod.version.version);
  }
  return all;
}

void judge_report(const VersionReport& report, Sink& sink) {
  if (report.proxies.empty()) return;
  const std::vector<Version> istiods = versions_of(report);
  if (istiods.empty()) {
    sink.not_evaluated(fmt::format("{} names no istiod beside its proxies", report.file));
    return;
  }
  for (const VersionReport::Proxies& proxies : report.proxies) {
    const auto& version = proxies.version.version;
    if (!version || is_supported(*version, istiods)) {
      if (version) sink.judged();
      continue;
    }
    const Version& istiod = nearest(*version, istiods);
    const bool one = proxies.count == 1;
    sink.report(proxies.version.at, "{} {} run{} Istio {}, {} istiod {}", proxies.count,
                one ? "proxy" : "proxies", one ? "s" : "", version->text(), how(*version, istiod),
                istiod.text())
        .object({"", "File", "", report.file, ""})
        .field(fmt::format("dataPlaneVersion[{}]", version->minor_text()))
        .compare(version->text(), istiod.text(), {})
        .fix(version->minor > istiod.minor
                 ? "Bring istiod to the proxies' version, or the proxies back to istiod's: restart "
                   "them once their injector gives istiod's version."
                 : "Restart the workloads, so that they get the proxy of their istiod: `kubectl "
                   "rollout restart deployment -n NAMESPACE`.");
  }
}

// The image of the proxy, which native sidecars keep among the init containers.
Node proxy_image(Node pod) {
  for (const char* list : {"containers", "initContainers"}) {
    for (const Node container : pod["spec"][list].items()) {
      if (container["name"].text() == "istio-proxy") return container["image"];
    }
  }
  return {};
}

struct Group {
  const ControlPlane* plane = nullptr;
  const Resource* first = nullptr;
  Node image;
  Version version;
  std::size_t count = 0;
};

bool is_known(const ControlPlane* plane) {
  return plane != nullptr && plane->version && plane->version_from != "assumed";
}

std::string_view revision_of(const Workload& pod) {
  if (!pod.running_revision.empty()) return pod.running_revision;
  return pod.pod_labels()["istio.io/rev"].text();
}

// One finding for all Pods of one version under one istiod: an upgrade leaves hundreds behind.
void judge_pods(const Mesh& mesh, Sink& sink) {
  std::map<std::string, Group> groups;
  for (const Workload& pod : mesh.workloads) {
    if (pod.kind != "Pod") continue;
    const Node image = proxy_image(pod.object->root());
    const auto version = image ? Version::parse(image_tag(image.text())) : std::nullopt;
    if (!version) continue;
    std::string_view revision = revision_of(pod);
    if (const RevisionTag* tag = mesh.find_tag(revision)) revision = tag->revision;
    const ControlPlane* plane =
        mesh.find_control_plane(revision.empty() ? std::string_view("default") : revision);
    if (!is_known(plane)) {
      sink.not_evaluated("the version of some Pods' istiod is not in the input", {"istiod"});
      continue;
    }
    if (is_supported(*version, *plane->version)) {
      sink.judged();
      continue;
    }
    Group& group = groups[fmt::format("{} {}", plane->revision, version->minor_text())];
    if (group.count++ == 0) group = {plane, pod.object, image, *version, 1};
  }
  for (const auto& [key, group] : groups) {
    sink.report(group.image, "the proxy of Pod {}{} runs Istio {}, {} its istiod {}",
                group.first->name(),
                group.count == 1 ? "" : fmt::format(" and {} more", group.count - 1),
                group.version.text(), how(group.version, *group.plane->version),
                group.plane->version->text())
        .object(group.first->ref())
        .field("spec.containers[istio-proxy].image")
        .compare(group.version.text(), group.plane->version->text(), {})
        .related("its istiod", group.plane->anchor, group.plane->object)
        .fix(
            "Restart these workloads, so that their istiod injects the proxy of its own version; "
            "a proxy that is newer goes back with the revision that injected it.");
  }
}

struct StatusGroup {
  const ControlPlane* plane = nullptr;  // null where only a report tells the version
  const ProxyStatus* first = nullptr;
  Version version;
  Version istiod;
  std::size_t count = 0;
};

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

// What istiods say of the proxies that are connected to them; Pods in the input speak for
// themselves.
void judge_status(const Mesh& mesh, Sink& sink) {
  std::set<std::pair<std::string_view, std::string_view>> pods;
  for (const Workload& workload : mesh.workloads) {
    if (workload.kind == "Pod") pods.emplace(workload.name_space, workload.name);
  }
  std::map<std::string, StatusGroup> groups;
  for (const ObservedProxy& observed : current_proxies(mesh.observed->proxy_status)) {
    const ProxyStatus& proxy = *observed.now;
    const auto version = Version::parse(proxy.version);
    if (!version || pods.contains({proxy.name_space, proxy.name})) continue;
    const ControlPlane* plane = mesh.find_control_plane(revision_of_istiod(proxy.istiod));
    // What one istiod itself answers does not name it.
    if (proxy.istiod.empty() && mesh.control_planes.size() == 1) {
      plane = &mesh.control_planes.front();
    }
    const auto istiod =
        is_known(plane) ? plane->version : reported_version(mesh, revision_of_istiod(proxy.istiod));
    if (!istiod) {
      sink.not_evaluated("the version of some proxies' istiod is not in the input", {"istiod"});
      continue;
    }
    if (is_supported(*version, *istiod)) {
      sink.judged();
      continue;
    }
    StatusGroup& group =
        groups[fmt::format("{} {}", revision_of_istiod(proxy.istiod), version->minor_text())];
    if (group.count++ == 0) {
      group = {is_known(plane) ? plane : nullptr, &proxy, *version, *istiod, 1};
    }
  }
  for (const auto& [key, group] : groups) {
    Draft finding = sink.report(
        group.first->location, "proxy {}{} runs Istio {}, {} its istiod {}", group.first->id(),
        group.count == 1 ? "" : fmt::format(" and {} more", group.count - 1), group.version.text(),
        how(group.version, group.istiod), group.istiod.text());
    finding.object({"v1", "Pod", group.first->name_space, group.first->name, ""})
        .field("version")
        .compare(group.version.text(), group.istiod.text(), {})
        .fix("Restart these workloads, so that their istiod injects the proxy of its own version.");
    if (group.plane != nullptr) {
      finding.related("its istiod", group.plane->anchor, group.plane->object);
    }
  }
}

// Somebody tells of each proxy by itself.
bool knows_proxies(const Mesh& mesh) {
  return !mesh.observed->proxy_status.empty() ||
         std::ranges::any_of(mesh.observed->versions,
                             [](const VersionReport& report) { return !report.proxies.empty(); }) ||
         std::ranges::any_of(mesh.workloads, [](const Workload& workload) {
           return workload.kind == "Pod" && proxy_image(workload.object->root());
         });
}

// How many proxies of which version an istiod counts, where nobody tells more (istio:
// pilot/pkg/xds/monitoring.go, pilot_xds).
void judge_metrics(const Mesh& mesh, Sink& sink) {
  if (knows_proxies(mesh)) return;
  for (const MetricsPair& pair : pair_metrics(mesh.observed->metrics)) {
    const auto istiod = Version::parse(pair.now->istio_version());
    const auto [first, last] = pair.now->range("pilot_xds");
    for (const MetricSample* sample = first; istiod && sample != last; ++sample) {
      const auto version = Version::parse(sample->label("version"));
      if (!version || !(sample->value >= 1)) continue;
      if (is_supported(*version, *istiod)) {
        sink.judged();
        continue;
      }
      const bool one = sample->value < 2;
      sink.report(sample->location, "{:.0f} {} run{} Istio {}, {} their istiod {}", sample->value,
                  one ? "proxy" : "proxies", one ? "s" : "", version->text(),
                  how(*version, *istiod), istiod->text())
          .object({"", "Metrics", {}, "pilot_xds", std::string(pair.now->revision)})
          .field(fmt::format("pilot_xds[{}]", version->minor_text()))
          .compare(version->text(), istiod->text(), {})
          .fix(
              "Find them with `istioctl proxy-status`, and restart their workloads, so that their "
              "istiod injects the proxy of its own version.");
    }
  }
}

std::string_view container_of(const NodeAgent& agent) {
  return agent.kind == NodeAgent::Kind::cni ? "install-cni" : "istio-proxy";
}

// Missing where its DaemonSet is not in the input.
Node image_of(const NodeAgent& agent) {
  if (agent.workload == nullptr) return {};
  const Node containers = agent.workload->pod_template()["spec"]["containers"];
  for (const Node container : containers.items()) {
    if (container["name"].text() == container_of(agent)) return container["image"];
  }
  return containers.at(0)["image"];
}

// They serve the whole node, so one istiod that they fit is enough while another is tried out.
void judge_node_agents(const Mesh& mesh, Sink& sink) {
  std::vector<Version> istiods;
  const ControlPlane* newest = nullptr;
  for (const ControlPlane& plane : mesh.control_planes) {
    if (!is_known(&plane) || plane.retired()) continue;
    istiods.push_back(*plane.version);
    const bool newer = newest == nullptr ||
                       plane.version->at_least(newest->version->major, newest->version->minor);
    if (newer) newest = &plane;
  }
  for (const NodeAgent& agent : mesh.node_agents) {
    const std::string_view name = to_string(agent.kind);
    if (!agent.version || newest == nullptr) {
      sink.not_evaluated(fmt::format("the version of {} or of istiod is not known", name));
      continue;
    }
    const Version& version = *agent.version;
    if (is_supported(version, istiods)) {
      sink.judged();
      continue;
    }
    const Node image = image_of(agent);
    sink.report(image ? image : agent.anchor, "{} runs Istio {}, {} istiod {}", name,
                version.text(), how(version, *newest->version), newest->version->text())
        .object({"apps/v1", "DaemonSet", agent.name_space, agent.name, ""})
        .field(fmt::format("spec.template.spec.containers[{}].image", container_of(agent)))
        .compare(version.text(), newest->version->text(), {})
        .related("istiod", newest->anchor, newest->object)
        .fix(
            "Upgrade istiod first, then the CNI agent, then ztunnel, one minor version at a time.");
  }
}

}  // namespace

void mc802_data_plane_skew(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  for (const VersionReport& report : mesh.observed->versions) judge_report(report, sink);
  judge_pods(mesh, sink);
  judge_status(mesh, sink);
  judge_metrics(mesh, sink);
  judge_node_agents(mesh, sink);
  if (sink.judged_count() != 0 || !sink.skipped().empty()) return;
  for (const VersionReport& report : mesh.observed->versions) {
    sink.not_evaluated(fmt::format("{} names no proxy", report.file));
  }
}

}  // namespace meshcheck::rules
