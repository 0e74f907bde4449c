#include "mesh/declared_injector.h"

#include "mesh/injection_template.h"
#include "mesh/label_selector.h"

namespace meshcheck {

// istio: manifests/charts/istio-control/istio-discovery/templates/istiod-injector-configmap.yaml
InjectorPolicy declared_policy(const EffectiveValues& values) {
  InjectorPolicy policy;
  const HelmValue& inject = values.find("global.proxy.autoInject");
  if (inject.truth() && !inject.unknown()) policy.policy = inject.text;
  const HelmValue& webhook = values.find("sidecarInjectorWebhook");
  for (const HelmValue& selector : webhook["alwaysInjectSelector"].items) {
    policy.always_inject.push_back(read_selector(selector));
  }
  for (const HelmValue& selector : webhook["neverInjectSelector"].items) {
    policy.never_inject.push_back(read_selector(selector));
  }
  policy.namespaces_by_default = webhook["enableNamespacesByDefault"].truth();
  return policy;
}

SidecarSettings declared_sidecar(const EffectiveValues& values,
                                 const std::optional<Version>& istiod, bool cni_component) {
  SidecarSettings settings;
  settings.version = istiod;
  const auto native = values.text(values.own("env.ENABLE_NATIVE_SIDECARS"));
  if (native.known()) settings.native = native.value;
  for (const HelmValue& name : values.find("sidecarInjectorWebhook.defaultTemplates").items) {
    settings.default_templates.push_back(name.text);
  }
  for (const HelmMember& one : values.find("sidecarInjectorWebhook.templates").members) {
    if (is_istios_template(one.key)) continue;
    // Its text is full of `{{…}}`, which is not ours to fill in; `${TEMPLATE}` hides all of it.
    const bool hidden = one.value.unknown() && one.value.text.find('\n') == std::string::npos;
    settings.own_templates.push_back({one.key, hidden || sets_resources(one.value.text)});
  }
  for (const char* path : {"pilot.cni.enabled", "cni.enabled", "istio_cni.enabled"}) {
    if (values.find(path).present && values.known(path)) {
      settings.cni = settings.cni.value_or(false) || values.truth(path);
    }
  }
  // istioctl turns the setting on with the component (istio: operator/pkg/render/manifest.go).
  if (cni_component) settings.cni = true;
  return settings;
}

}  // namespace meshcheck
