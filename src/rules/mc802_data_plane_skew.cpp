// Severity, documentation and parameters: rules/mc802-data-plane-skew.yaml
#include <algorithm>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

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
    if (!version || is_supported_skew(*version, istiods)) {
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

// Ends with the verb.
std::string and_more(const SkewedProxies& group) {
  return group.count == 1 ? " runs" : fmt::format(" and {} more run", group.count - 1);
}

// What there is to say of the whole: that some fit, or that nothing was shown.
void conclude(const Skew& skew, std::string_view of_whom, Sink& sink) {
  if (skew.any_fit) sink.judged();
  if (skew.any_unknown) {
    sink.not_evaluated(fmt::format("the version of some {} istiod is not in the input", of_whom),
                       {"istiod"});
  }
}

void judge_pods(const Mesh& mesh, Sink& sink) {
  const Skew skew = skew_of_pods(mesh);
  conclude(skew, "Pods'", sink);
  for (const SkewedProxies& group : skew.skewed) {
    sink.report(group.image, "{} of Pod {}{} Istio {}, {} its istiod {}",
                group.count == 1 ? "the proxy" : "the proxies", group.pod->name(), and_more(group),
                group.version.text(), how(group.version, group.istiod), group.istiod.text())
        .object(group.pod->ref())
        .field("spec.containers[istio-proxy].image")
        .compare(group.version.text(), group.istiod.text(), {})
        .related("its istiod", group.plane->anchor, group.plane->object)
        .fix(
            "Restart these workloads, so that their istiod injects the proxy of its own version; "
            "a proxy that is newer goes back with the revision that injected it.");
  }
}

void judge_connected(const Mesh& mesh, Sink& sink) {
  const Skew skew = skew_of_connected(mesh);
  conclude(skew, "proxies'", sink);
  for (const SkewedProxies& group : skew.skewed) {
    const ProxyStatus& first = *group.proxy;
    Draft finding =
        sink.report(first.location, "{} {}{} Istio {}, {} its istiod {}",
                    group.count == 1 ? "proxy" : "proxies", first.id(), and_more(group),
                    group.version.text(), how(group.version, group.istiod), group.istiod.text());
    finding.object({"v1", "Pod", first.name_space, first.name, ""})
        .field("version")
        .compare(group.version.text(), group.istiod.text(), {})
        .fix("Restart these workloads, so that their istiod injects the proxy of its own version.");
    if (group.plane != nullptr) {
      finding.related("its istiod", group.plane->anchor, group.plane->object);
    }
  }
}

// How many proxies of which version an istiod counts, where nobody tells more (istio:
// pilot/pkg/xds/monitoring.go, pilot_xds).
void judge_metrics(const Mesh& mesh, Sink& sink) {
  if (shows_proxies(mesh)) return;
  for (const MetricsPair& pair : pair_metrics(mesh.observed->metrics)) {
    const auto istiod = Version::parse(pair.now->istio_version());
    const auto [first, last] = pair.now->range("pilot_xds");
    for (const MetricSample* sample = first; istiod && sample != last; ++sample) {
      const auto version = Version::parse(sample->label("version"));
      if (!version || !(sample->value >= 1)) continue;
      if (is_supported_skew(*version, *istiod)) {
        sink.judged();
        continue;
      }
      const bool one = sample->value < 2;
      sink.report(sample->location, "{:.0f} {} run{} Istio {}, {} their istiod {}", sample->value,
                  one ? "proxy" : "proxies", one ? "s" : "", version->text(),
                  how(*version, *istiod), istiod->text())
          .object(pair.now->object("pilot_xds"))
          .field(fmt::format("pilot_xds[{}]", version->minor_text()))
          .compare(version->text(), istiod->text(), {})
          .fix(
              "Find them with `istioctl proxy-status`, and restart their workloads, so that their "
              "istiod injects the proxy of its own version.");
    }
  }
}

std::string_view container_of(const NodeAgent& agent) {
  return agent.kind == NodeAgent::Kind::cni ? "install-cni" : kProxyContainer;
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
    if (!plane.version_known() || plane.retired()) continue;
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
    if (is_supported_skew(version, istiods)) {
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
  judge_connected(mesh, sink);
  judge_metrics(mesh, sink);
  judge_node_agents(mesh, sink);
  if (sink.judged_count() != 0 || !sink.skipped().empty()) return;
  for (const VersionReport& report : mesh.observed->versions) {
    sink.not_evaluated(fmt::format("{} names no proxy", report.file));
  }
}

}  // namespace meshcheck::rules
