// Severity, documentation and parameters: rules/mc805-proxy-image-override.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

constexpr std::string_view kAnnotation = "sidecar.istio.io/proxyImage";

bool differ(const Version& proxy, const Version& istiod) {
  if (proxy.major != istiod.major || proxy.minor != istiod.minor) return true;
  return proxy.patch >= 0 && istiod.patch >= 0 && proxy.patch != istiod.patch;
}

bool is_known(const ControlPlane* plane) { return plane != nullptr && plane->version_known(); }

void judge_workload(const Mesh& mesh, const Workload& workload, Sink& sink) {
  const Node image = workload.object->pod_template()["metadata"]["annotations"][kAnnotation];
  if (!image) return;
  const auto version = Version::parse(image_tag(image.text()));
  const ControlPlane* plane =
      workload.decision.injected ? mesh.find_control_plane(workload.decision.revision) : nullptr;
  if (!version || !is_known(plane)) {
    sink.not_evaluated(
        fmt::format("the version of the proxy or of the istiod of {} is not known", workload.name));
    return;
  }
  if (!differ(*version, *plane->version)) return sink.judged();
  sink.report(image, "{} keeps its proxy at {}; its istiod runs {}", workload.name, version->text(),
              plane->version->text())
      .object(workload.object->ref())
      .field(workload.kind == "Pod" ? "metadata.annotations[sidecar.istio.io/proxyImage]"
                                    : "spec.template.metadata.annotations[sidecar.istio.io/"
                                      "proxyImage]")
      .compare(version->text(), plane->version->text(), {})
      .related("its istiod", plane->anchor, plane->object)
      .fix("Remove the annotation: the injector gives the proxy of its own version.");
}

// The values that a control plane is installed with: a file of them, or those of an IstioOperator,
// a Flux HelmRelease or a Sail Istio.
Node values_of(const ControlPlane& plane) {
  if (plane.anchor.document() == nullptr) return {};
  const Node root = plane.anchor.document()->root();
  return root["kind"] ? root["spec"]["values"] : root;
}

void judge_values(const ControlPlane& plane, Sink& sink) {
  const Node global = values_of(plane)["global"];
  const Node image = global["proxy"]["image"];
  const bool whole = image.text().find('/') != std::string_view::npos;
  const Node written = whole ? image : global["tag"];
  const auto version = Version::parse(whole ? image_tag(image.text()) : written.text());
  if (!version || !is_known(&plane)) return;
  if (!differ(*version, *plane.version)) return sink.judged();
  sink.report(written, "{} {} has proxies of Istio {} beside istiod {}",
              whole ? "global.proxy.image" : "global.tag", written.text(), version->text(),
              plane.version->text())
      .about(plane)
      .field(whole ? "global.proxy.image" : "global.tag")
      .compare(version->text(), plane.version->text(), {})
      .fix(
          "Give istiod and its proxies one version: set `global.tag` alone, and neither "
          "`pilot.tag`, `pilot.image` nor a tag in `global.proxy.image`.");
}

// What the injector of a rendered istiod gives: `global.proxy.image` where it is a whole reference,
// else `global.tag` (istio: manifests/charts/istio-control/istio-discovery/files/
// injection-template.yaml).
void judge_injector(const Mesh& mesh, const Injector& injector, Sink& sink) {
  const Resource* map = mesh.resources->find("ConfigMap", injector.name_space, injector.name);
  const ControlPlane* plane = mesh.find_control_plane(injector.revision);
  if (map == nullptr || !is_known(plane)) return;
  const Node values = map->root()["data"]["values"];
  const Node global = values.embedded()["global"];
  const std::string_view image = global["proxy"]["image"].text();
  const bool whole = image.find('/') != std::string_view::npos;
  const std::string_view tag = whole ? image_tag(image) : global["tag"].text();
  const auto version = Version::parse(tag);
  if (!version) {
    sink.not_evaluated(fmt::format("{} names no version of the proxy", injector.name));
    return;
  }
  if (!differ(*version, *plane->version)) return sink.judged();
  sink.report(whole ? global["proxy"]["image"] : global["tag"],
              "the injector gives proxies of Istio {} beside istiod {}", version->text(),
              plane->version->text())
      .object(map->ref())
      .field(whole ? "data.values.global.proxy.image" : "data.values.global.tag")
      .compare(version->text(), plane->version->text(), {})
      .related("its istiod", plane->anchor, plane->object)
      .fix(
          "Give istiod and its proxies one version: set `global.tag` alone, and neither "
          "`pilot.tag`, `pilot.image` nor `global.proxy.image`.");
}

}  // namespace

void mc805_proxy_image_override(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  for (const Workload& workload : mesh.workloads) judge_workload(mesh, workload, sink);
  for (const Injector& injector : mesh.injectors) judge_injector(mesh, injector, sink);
  for (const ControlPlane& plane : mesh.control_planes) judge_values(plane, sink);
}

}  // namespace meshcheck::rules
