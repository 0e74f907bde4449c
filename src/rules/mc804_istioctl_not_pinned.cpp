// Severity, documentation and parameters: rules/mc804-istioctl-not-pinned.yaml
#include <algorithm>
#include <array>
#include <set>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

bool ends_path(std::string_view text, std::string_view name) {
  return text == name || (text.ends_with(name) && text[text.size() - name.size() - 1] == '/');
}

// Charts called `base` or `gateway` are Istio's only where they come from Istio.
bool is_istios(std::string_view chart, std::string_view repository) {
  if (ends_path(chart, "istiod")) return true;
  constexpr std::array<std::string_view, 4> kCharts = {"base", "gateway", "cni", "ztunnel"};
  const bool named =
      std::ranges::any_of(kCharts, [&](std::string_view name) { return ends_path(chart, name); });
  return named && repository.find("istio") != std::string_view::npos;
}

// "1.*", ">=1.28", "~1.29", "1.x": which minor comes of it is not written. A range within one minor
// is somebody's deliberate patch policy.
bool spans_minors(std::string_view version) {
  if (version.empty() || version == "*" || version == "latest") return true;
  if (version.find_first_of("<>^|") != std::string_view::npos) return true;
  while (version.starts_with('~') || version.starts_with('=') || version.starts_with(' ') ||
         version.starts_with('v')) {
    version.remove_prefix(1);
  }
  const std::size_t dot = version.find('.');
  if (dot == std::string_view::npos) return version.size() <= 1;
  const std::string_view minor = version.substr(dot + 1);
  return minor.starts_with('*') || minor.starts_with('x') || minor.starts_with('X');
}

void judge_chart(const Resource& object, std::string_view chart, Node version, Node fallback,
                 std::string field, Sink& sink) {
  if (holds_variable(version.text())) {
    sink.not_evaluated(fmt::format("the chart version of {} is {}", object.name(), version.text()));
    return;
  }
  if (!spans_minors(version.text())) return sink.judged();
  const bool absent = version.text().empty();
  sink.report(version ? version : fallback, "{} {} takes {}", object.kind(), object.name(),
              absent ? fmt::format("the latest chart {}", chart)
                     : fmt::format("whatever chart {} the range {} allows", chart, version.text()))
      .object(object.ref())
      .field(std::move(field))
      .compare(absent ? "no version" : std::string(version.text()), "one version", {})
      .fix("Name the version of the control plane that runs, and raise it by pull request.");
}

void judge_releases(const Mesh& mesh, Sink& sink) {
  for (const Resource* release : mesh.resources->of_kind("HelmRelease")) {
    if (!release->group().starts_with("helm.toolkit.fluxcd.io")) continue;
    const Node chart = release->spec()["chart"]["spec"];
    const std::string_view source = chart["sourceRef"]["name"].text();
    // A chart out of a Git repository or bucket has the version of its commit.
    if (chart["sourceRef"]["kind"].text() != "HelmRepository") continue;
    if (!is_istios(chart["chart"].text(), source)) continue;
    judge_chart(*release, chart["chart"].text(), chart["version"], chart["chart"],
                "spec.chart.spec.version", sink);
  }
}

void judge_application(const Resource& object, Node spec, const std::string& path, Sink& sink) {
  const auto judge_source = [&](Node source, const std::string& field) {
    const std::string_view chart = source["chart"].text();
    if (chart.empty() || !is_istios(chart, source["repoURL"].text())) return;
    judge_chart(object, chart, source["targetRevision"], source["chart"], field + ".targetRevision",
                sink);
  };
  judge_source(spec["source"], path + "source");
  for (const Node source : spec["sources"].items()) {
    judge_source(source, fmt::format("{}sources[{}]", path, source["chart"].text()));
  }
}

// Of the one istiod in the input; an example where there are several or none.
std::string wanted_version(const Mesh& mesh) {
  std::set<std::string> versions;
  for (const ControlPlane& plane : mesh.control_planes) {
    if (!plane.version_known() || plane.version->patch < 0) continue;
    versions.insert(fmt::format("{}.{}", plane.version->minor_text(), plane.version->patch));
  }
  return versions.size() == 1 ? *versions.begin() : "1.30.3";
}

void judge_pin(const ToolPin& pin, const Mesh& mesh, Sink& sink) {
  if (pin.kind == ToolPin::Kind::exact) return sink.judged();
  // "~1.29" and "1.29.x" name their minor, which is what has to match.
  if (pin.kind == ToolPin::Kind::range && !spans_minors(pin.text)) return sink.judged();
  std::string message = fmt::format("{} takes whatever istioctl {} allows", pin.name, pin.text);
  if (pin.text.empty()) {
    message = fmt::format("{} installs the latest istioctl", pin.name);
  } else if (pin.kind == ToolPin::Kind::latest) {
    message = fmt::format("{} is `{}`: it installs the latest istioctl", pin.name, pin.text);
  }
  sink.report(pin.at, "{}", message)
      .object({"", "File", "", pin.at.file, ""})
      .field(pin.name)
      .compare(pin.text.empty() ? "no version" : pin.text, "one version", {})
      .fix(pin.name == "downloadIstio"
               ? fmt::format(
                     "Set ISTIO_VERSION for the script to the version of the control plane: `curl "
                     "-sL https://istio.io/downloadIstioctl | ISTIO_VERSION={} sh -`.",
                     wanted_version(mesh))
               : "Name the version of the control plane, in full.");
}

}  // namespace

void mc804_istioctl_not_pinned(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  for (const ToolPin& pin : mesh.observed->tool_pins) judge_pin(pin, mesh, sink);
  judge_releases(mesh, sink);
  for (const Resource* object : mesh.resources->of_kind("Application")) {
    if (object->group() != "argoproj.io") continue;
    judge_application(*object, object->spec(), "spec.", sink);
  }
  for (const Resource* object : mesh.resources->of_kind("ApplicationSet")) {
    if (object->group() != "argoproj.io") continue;
    judge_application(*object, object->spec()["template"]["spec"], "spec.template.spec.", sink);
  }
}

}  // namespace meshcheck::rules
