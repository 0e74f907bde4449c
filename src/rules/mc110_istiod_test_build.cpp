// Severity, documentation and parameters: rules/mc110-istiod-test-build.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

constexpr std::string_view kDebug = "-debug";

// Hubs of unreleased builds, wherever they are mirrored to: whole path components only, since
// `corp/istio-testing-ok` is somebody's own (istio: manifests/charts/istio-control/istio-discovery/
// values.yaml, `hub`).
bool is_testing_hub(std::string_view image) {
  const std::string path = fmt::format("/{}", image);
  return path.find("/istio-testing/") != std::string::npos ||
         path.find("/registry.istio.io/testing/") != std::string::npos;
}

// Why the tag names no release, or empty.
std::string_view unreleased(std::string_view tag) {
  if (tag == "latest" || tag.starts_with("latest-")) return "a tag that moves";
  if (tag == "master" || tag.starts_with("master-")) return "a build of the development branch";
  const auto version = Version::parse(tag);
  return version && version->prerelease() ? "a pre-release" : "";
}

void report_unreleased(const ControlPlane& plane, std::string_view tag, Sink& sink) {
  const Node where = plane.place(plane.image.from);
  const std::string_view why = unreleased(tag);
  const bool testing = is_testing_hub(plane.image.value);
  Draft finding =
      why.empty() ? sink.report(where, "{} runs {}, from Istio's hub for test builds", plane.name,
                                plane.image.value.substr(0, plane.image.value.find('@')))
                  : sink.report(where, "{} runs {}, {}", plane.name, tag, why);
  finding.about(plane)
      .field(container_field(plane, "image"))
      .container(kIstiodContainer)
      .compare(plane.image.value, "a released version", plane.image.from)
      .fix("Run a released version, named in full, from docker.io/istio or your own mirror of it.");
  // Where the tag is at fault too, another hub alone would not pull.
  if (testing && why.empty()) finding.setting("global.hub", "docker.io/istio");
}

void report_debug(const ControlPlane& plane, std::string_view tag, Sink& sink) {
  std::string image = plane.image.value;
  image.erase(image.rfind(kDebug), kDebug.size());
  sink.report_as("debug-variant", plane.place(plane.image.from), "{} runs {}, the debug variant",
                 plane.name, tag)
      .about(plane)
      .field(container_field(plane, "image"))
      .container(kIstiodContainer)
      .compare(plane.image.value, image, plane.image.from)
      .fix("Run the default or the distroless variant of the same version.")
      .patch(container_patch(plane, "image: " + image + "\n"));
}

void judge(const ControlPlane& plane, Sink& sink) {
  const Provenance& from = plane.image.from;
  if (!from.known()) {
    sink.not_evaluated(fmt::format("the image of {} is not known: {}", plane.name, from.text));
    return;
  }
  if (plane.image.value.empty()) {
    sink.not_evaluated(fmt::format("nothing says which image {} runs", plane.name));
    return;
  }
  const std::string_view tag = image_tag(plane.image.value);
  if (is_testing_hub(plane.image.value) || !unreleased(tag).empty()) {
    report_unreleased(plane, tag, sink);
  } else if (tag.ends_with(kDebug)) {
    report_debug(plane, tag, sink);
  } else {
    sink.judged();
  }
}

}  // namespace

void mc110_istiod_test_build(const Mesh& mesh, const Parameters&, Sink& sink) {
  for (const ControlPlane& plane : mesh.control_planes) judge(plane, sink);
}

}  // namespace meshcheck::rules
