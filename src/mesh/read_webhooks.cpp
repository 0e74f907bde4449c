// The injectors' webhooks: those in the input, and for an istiod without any those its chart makes.
#include <algorithm>
#include <initializer_list>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mesh/label_selector.h"
#include "mesh/read_injection.h"
#include "mesh/rendered.h"

namespace meshcheck {
namespace {

using Operator = LabelRequirement::Operator;

// As istioctl finds them (istio: istioctl/pkg/util/common.go); a webhook of the same configuration
// that does not end so injects nothing.
bool is_injector(Node webhook) {
  return webhook["name"].text().ends_with("sidecar-injector.istio.io");
}

// It is asked about new pods; one whose `rules` leave them out is never called for any.
bool sees_new_pods(Node webhook) {
  const auto names = [](Node list, std::initializer_list<std::string_view> wanted) {
    return std::ranges::any_of(
        list.items(), [&](Node item) { return std::ranges::count(wanted, item.text()) != 0; });
  };
  const Node rules = webhook["rules"];
  return rules.is_null() || std::ranges::any_of(rules.items(), [&](Node rule) {
           return names(rule["resources"], {"pods", "*", "*/*"}) &&
                  names(rule["operations"], {"CREATE", "*"});
         });
}

// Of one without the label that charts give it: by its Service, else by what it asks of namespaces
// where a URL leads to istiod.
std::string revision_of(const InjectorWebhooks& webhooks) {
  if (!webhooks.service.empty()) {
    return revision_in_name(webhooks.service, "istiod").value_or("default");
  }
  for (const InjectorWebhook& webhook : webhooks.webhooks) {
    for (const LabelRequirement& requirement : webhook.namespaces) {
      const bool one = requirement.op == Operator::in && requirement.values.size() == 1;
      if (requirement.key == "istio.io/rev" && one) return requirement.values.front();
    }
  }
  return "default";
}

std::optional<InjectorWebhooks> read(const Resource& object) {
  InjectorWebhooks read;
  bool any = false;
  for (const Node webhook : object.root()["webhooks"].items()) {
    if (!is_injector(webhook)) continue;
    any = true;
    const Node service = webhook["clientConfig"]["service"];
    read.service = service["name"].text();
    read.service_namespace = service["namespace"].text();
    read.fails_closed = webhook["failurePolicy"].text() != "Ignore";
    if (!sees_new_pods(webhook)) continue;
    read.webhooks.push_back({std::string(webhook["name"].text()),
                             read_selector(webhook["namespaceSelector"]),
                             read_selector(webhook["objectSelector"])});
  }
  if (!any) return std::nullopt;
  read.name = object.name();
  read.tag = object.label("istio.io/tag");
  read.revision = object.label("istio.io/rev");
  if (read.revision.empty()) read.revision = revision_of(read);
  read.object = &object;
  read.anchor = object.anchor();
  return read;
}

LabelRequirement in(std::string_view key, std::string_view value) {
  return {std::string(key), Operator::in, {std::string(value)}};
}

LabelRequirement absent(std::string_view key) {
  return {std::string(key), Operator::does_not_exist, {}};
}

LabelRequirement inject_is_not_false() {
  return {"sidecar.istio.io/inject", Operator::not_in, {"false"}};
}

// istio: manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml and
// revision-tags-mwc.yaml
std::vector<InjectorWebhook> chart_webhooks(std::string_view wanted, bool owns_default,
                                            bool namespaces_by_default) {
  std::vector<InjectorWebhook> webhooks;
  const auto add = [&](std::string_view prefix, LabelSelector namespaces, LabelSelector pods) {
    webhooks.push_back({fmt::format("{}.sidecar-injector.istio.io", prefix), std::move(namespaces),
                        std::move(pods)});
  };
  const LabelRequirement no_injection = absent("istio-injection");
  const LabelRequirement no_revision = absent("istio.io/rev");
  add("rev.namespace", {in("istio.io/rev", wanted), no_injection}, {inject_is_not_false()});
  add("rev.object", {no_revision, no_injection},
      {inject_is_not_false(), in("istio.io/rev", wanted)});
  if (!owns_default) return webhooks;
  add("namespace", {in("istio-injection", "enabled")}, {inject_is_not_false()});
  add("object", {no_injection, no_revision}, {in("sidecar.istio.io/inject", "true"), no_revision});
  if (!namespaces_by_default) return webhooks;
  add("auto",
      {no_injection,
       no_revision,
       {"kubernetes.io/metadata.name",
        Operator::not_in,
        {"kube-system", "kube-public", "kube-node-lease", "local-path-storage"}}},
      {absent("sidecar.istio.io/inject"), no_revision});
  return webhooks;
}

std::string with_suffix(std::string_view base, std::string_view revision) {
  return revision == "default" ? std::string(base) : fmt::format("{}-{}", base, revision);
}

bool injects_by_default(const Mesh& mesh, std::string_view revision) {
  return std::ranges::any_of(mesh.injectors, [&](const Injector& injector) {
    return injector.revision == revision && injector.policy.namespaces_by_default;
  });
}

InjectorWebhooks made_by_chart(const Mesh& mesh, const std::string& revision,
                               const std::string& tag, const std::string& name_space, Node anchor) {
  const std::string& wanted = tag.empty() ? revision : tag;
  InjectorWebhooks made;
  made.name = tag.empty() ? with_suffix("istio-sidecar-injector", revision)
                          : fmt::format("istio-revision-tag-{}", tag);
  made.revision = revision;
  made.tag = tag;
  made.service = with_suffix("istiod", revision);
  made.service_namespace = name_space;
  made.webhooks = chart_webhooks(wanted, wanted == "default", injects_by_default(mesh, revision));
  made.anchor = anchor;
  return made;
}

bool has_webhooks(const Mesh& mesh, std::string_view revision, std::string_view tag) {
  return std::ranges::any_of(mesh.injector_webhooks, [&](const InjectorWebhooks& known) {
    return tag.empty() ? known.tag.empty() && known.revision == revision : known.tag == tag;
  });
}

bool any_owns_default(const Mesh& mesh) {
  return has_webhooks(mesh, "default", "") || has_webhooks(mesh, "", "default");
}

void add_those_of_control_planes(Mesh& mesh) {
  for (const ControlPlane& plane : mesh.control_planes) {
    // All that there is has been shown.
    if (plane.deployment != nullptr && mesh.covers_all("MutatingWebhookConfiguration")) continue;
    if (has_webhooks(mesh, plane.revision, "")) continue;
    mesh.injector_webhooks.push_back(
        made_by_chart(mesh, plane.revision, "", plane.name_space, plane.anchor));
  }
}

void add_those_of_tags(bool any_shown, Mesh& mesh) {
  for (const RevisionTag& tag : mesh.tags) {
    if (has_webhooks(mesh, "", tag.name)) continue;
    // Beside webhooks that are shown, a tag that is a Service only has none.
    const bool by_service = std::ranges::any_of(
        mesh.resources->of_kind("Service"),
        [&](const Resource* service) { return service->label("istio.io/tag") == tag.name; });
    if (by_service && (any_shown || mesh.covers_all("MutatingWebhookConfiguration"))) continue;
    const ControlPlane* plane = mesh.find_control_plane(tag.revision);
    mesh.injector_webhooks.push_back(
        made_by_chart(mesh, tag.revision, tag.name,
                      plane == nullptr ? "istio-system" : plane->name_space, tag.anchor));
  }
}

// The first installation by istioctl gets the tag `default` whatever its revision
// (istio: operator/pkg/webhook/webhook.go).
void add_istioctl_default(Mesh& mesh) {
  if (any_owns_default(mesh)) return;
  for (const ControlPlane& plane : mesh.control_planes) {
    if (plane.method != InstallMethod::istiooperator || plane.deployment != nullptr) continue;
    mesh.injector_webhooks.push_back(
        made_by_chart(mesh, plane.revision, "default", plane.name_space, plane.anchor));
    return;
  }
}

// Where nothing of a control plane is in the input, what labels ask for is taken to exist.
void assume_what_labels_ask_for(Mesh& mesh) {
  std::set<std::string> wanted = {"default"};
  for (const Resource* resource : mesh.resources->all()) {
    const Node labels = resource->kind() == "Namespace"
                            ? resource->labels()
                            : resource->pod_template()["metadata"]["labels"];
    if (const Node revision = labels["istio.io/rev"]; !revision.text().empty()) {
      wanted.emplace(revision.text());
    }
  }
  for (const std::string& revision : wanted) {
    mesh.injector_webhooks.push_back(made_by_chart(mesh, revision, "", "istio-system", {}));
    mesh.injector_webhooks.back().assumed = true;
  }
}

}  // namespace

void add_remote_webhooks(const std::string& revision, const std::string& name_space, bool by_url,
                         Node anchor, Mesh& mesh) {
  if (has_webhooks(mesh, revision, "")) return;
  InjectorWebhooks made = made_by_chart(mesh, revision, "", name_space, anchor);
  if (by_url) made.service.clear();
  mesh.injector_webhooks.push_back(std::move(made));
}

bool hangs_on_conditions(const InjectorWebhooks& webhooks, const WebhookVerdict& verdict) {
  if (webhooks.object == nullptr || verdict.hits.empty()) return false;
  const Node all = webhooks.object->root()["webhooks"];
  return std::ranges::any_of(all.items(), [&](Node webhook) {
    return webhook["matchConditions"].size() != 0 &&
           std::ranges::any_of(verdict.hits, [&](const InjectorWebhook* hit) {
             return hit->name == webhook["name"].text();
           });
  });
}

// What the input shows goes before what an installation was found to make.
void read_injector_webhooks(Mesh& mesh) {
  std::vector<InjectorWebhooks> declared = std::exchange(mesh.injector_webhooks, {});
  for (const Resource* object : mesh.resources->of_kind("MutatingWebhookConfiguration")) {
    auto webhooks = read(*object);
    // One name is one object, in how many files it may stand.
    const bool fresh = webhooks && std::ranges::count(mesh.injector_webhooks, webhooks->name,
                                                      &InjectorWebhooks::name) == 0;
    if (fresh) mesh.injector_webhooks.push_back(std::move(*webhooks));
  }
  const bool any_shown = !mesh.injector_webhooks.empty();
  add_those_of_control_planes(mesh);
  for (InjectorWebhooks& made : declared) {
    if (has_webhooks(mesh, made.revision, "")) continue;
    mesh.injector_webhooks.push_back(std::move(made));
  }
  add_those_of_tags(any_shown, mesh);
  if (!any_shown) add_istioctl_default(mesh);
  if (mesh.injector_webhooks.empty() && !mesh.covers_all("MutatingWebhookConfiguration"))
    assume_what_labels_ask_for(mesh);
}

}  // namespace meshcheck
