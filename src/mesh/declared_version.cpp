#include "mesh/declared_version.h"

#include <algorithm>

#include "mesh/chart_defaults.h"

namespace meshcheck {
namespace {

// `image` may be a whole reference, which then leaves no tag a say. With a digest or without a tag
// it does not tell the version.
const HelmValue* whole_image(const HelmValue& values) {
  for (const char* path : {"pilot.image", "image"}) {
    const HelmValue& image = values.find(path);
    const bool whole = image.text.find('/') != std::string::npos;
    if (image.truth()) return whole || image.unknown() ? &image : nullptr;
  }
  return nullptr;
}

std::optional<Version> image_version(const HelmValue& image) {
  return image.unknown() ? std::nullopt : Version::parse(image_tag(image.text));
}

std::optional<Version> tag_version(const HelmValue& values) {
  for (const char* path : {"pilot.tag", "tag", "global.tag"}) {
    const HelmValue& tag = values.find(path);
    if (tag.truth()) return tag.unknown() ? std::nullopt : Version::parse(tag.text);
  }
  return std::nullopt;
}

// "1-22-8", "istio-1-22-8": by convention a revision is named for its version.
std::optional<Version> revision_version(std::string_view revision) {
  if (revision.starts_with("istio-")) revision.remove_prefix(6);
  if (revision.find('-') == std::string_view::npos) return std::nullopt;
  std::string dotted(revision);
  std::ranges::replace(dotted, '-', '.');
  return Version::parse(dotted);
}

}  // namespace

// From the surest source to a guess. The chart need not be as old as the image: istioctl brings its
// own, and so may --istio-version say.
DeclaredVersions declared_versions(const Declaration& declaration, const BuildOptions& options) {
  DeclaredVersions versions;
  const auto take = [&](const std::optional<Version>& version, const char* from) {
    if (versions.istiod || !version) return;
    versions.istiod = version;
    versions.from = from;
  };
  const HelmValue* const image = whole_image(declaration.values);
  const std::optional<Version> tag = tag_version(declaration.values);
  const auto by_revision = revision_version(declaration.values["revision"].text);
  take(image != nullptr ? image_version(*image) : tag, "image tag");
  take(declaration.chart_version, declaration.chart_version_from.c_str());
  take(options.istio_version, "--istio-version");
  if (image == nullptr) take(by_revision, "revision");
  std::optional<Version> chart = declaration.chart_version;
  for (const auto& version : {options.istio_version, versions.istiod, tag, by_revision}) {
    if (!chart) chart = version;
  }
  versions.assumed = !chart;
  versions.chart = chart.value_or(newest_known_version());
  if (image == nullptr) take(versions.chart, "assumed");
  return versions;
}

}  // namespace meshcheck
