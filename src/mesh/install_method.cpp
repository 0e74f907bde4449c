#include <string_view>

#include "mesh/rendered.h"

namespace meshcheck {
namespace {

bool installed_by_sail(const Resource& resource) {
  for (const Node owner : resource.metadata()["ownerReferences"].items()) {
    if (owner["apiVersion"].text().starts_with("sailoperator.io/")) return true;
  }
  return resource.label("managed-by") == "sail-operator";
}

// The charts render "unknown" where no operator filled it in.
bool installed_by_istioctl(const Resource& resource) {
  const std::string_view owner = resource.label("install.operator.istio.io/owning-resource");
  return resource.labels()["operator.istio.io/managed"] || (!owner.empty() && owner != "unknown");
}

bool installed_by_helm(const Resource& resource) {
  return resource.label("app.kubernetes.io/managed-by") == "Helm" ||
         resource.labels()["helm.sh/chart"] ||
         resource.annotations()["meta.helm.sh/release-name"] ||
         resource.labels()["release"] ||  // all that charts up to 1.23 leave
         !resource.root().document()->chart_source.empty();
}

}  // namespace

// Whoever would put a changed object back comes first: Flux and Argo CD run Helm themselves.
InstallMethod install_method(const Resource& resource) {
  if (resource.labels()["helm.toolkit.fluxcd.io/name"]) return InstallMethod::flux;
  if (resource.annotations()["argocd.argoproj.io/tracking-id"] ||
      resource.labels()["argocd.argoproj.io/instance"]) {
    return InstallMethod::argo;
  }
  if (installed_by_sail(resource)) return InstallMethod::sail;
  if (installed_by_istioctl(resource)) return InstallMethod::istiooperator;
  if (installed_by_helm(resource)) return InstallMethod::helm;
  return InstallMethod::objects;
}

}  // namespace meshcheck
