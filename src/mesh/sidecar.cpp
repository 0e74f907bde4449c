#include "mesh/sidecar.h"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/container_resources.h"
#include "meshcheck/container.h"

namespace meshcheck {
namespace {

using TracedQuantity = Traced<std::optional<Quantity>>;

constexpr std::string_view kTemplates = "inject.istio.io/templates";

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    std::string item(text.substr(0, end));
    std::erase(item, ' ');
    if (!item.empty()) items.push_back(std::move(item));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return items;
}

enum class Template : std::uint8_t { sidecar, gateway, grpc_agent, other };

std::vector<std::string> templates_of(Node annotations, const Injector* injector) {
  std::vector<std::string> names = split_list(annotations[kTemplates].text());
  if (injector == nullptr) return names;
  if (names.empty()) names = injector->sidecar.default_templates;
  return injector->sidecar.resolve(names);
}

// Templates are merged one after the other, so the one that makes a sidecar decides wherever it
// stands (istio: pkg/kube/inject/inject.go, RunTemplate).
Template template_of(Node annotations, const Injector* injector) {
  const std::vector<std::string> names = templates_of(annotations, injector);
  const auto has = [&](std::string_view name) { return std::ranges::count(names, name) != 0; };
  if (names.empty() || has("sidecar")) return Template::sidecar;
  if (has("gateway")) return Template::gateway;
  return has("grpc-agent") ? Template::grpc_agent : Template::other;
}

// Read from a cluster, or injected by kube-inject where no webhook will do so again: one that does
// lays the container that it finds over its own.
bool is_final(const Workload& workload, Node annotations, Node container) {
  if (!annotations["sidecar.istio.io/status"] || !container) return false;
  if (container["image"].text() == "auto") return false;
  return !workload.decision.injected || (workload.kind == "Pod" && workload.object->is_live());
}

bool is_native(Node pod_spec) {
  return std::ranges::any_of(pod_spec["initContainers"].items(), [](Node container) {
    return container["name"].text() == kProxyContainer;
  });
}

TracedQuantity read_annotation(Node annotations, const ResourceAnnotation& annotation,
                               Node nearest) {
  const Node node = annotations[annotation.key];
  if (!node) return {std::nullopt, absent_at(nearest)};
  if (const auto quantity = Quantity::parse(node.text())) return {quantity, from_input(node)};
  return {std::nullopt, {Provenance::Kind::unknown, node, "not a quantity"}};
}

Resources read_annotations(Node annotations) {
  Node nearest;
  for (const ResourceAnnotation& annotation : kResourceAnnotations) {
    if (const Node node = annotations[annotation.key]; node && !nearest) nearest = node;
  }
  Resources read;
  for (const ResourceAnnotation& annotation : kResourceAnnotations) {
    read.*annotation.member = read_annotation(annotations, annotation, nearest);
  }
  return read;
}

// istio: pkg/kube/inject/webhook.go, reapplyOverwrittenContainers: key by key over the template's.
void overlay(Resources& resources, Node container) {
  const Resources own = read_container_resources(container["resources"], container["name"]);
  for (const ResourceAnnotation& annotation : kResourceAnnotations) {
    const TracedQuantity& value = own.*annotation.member;
    const bool written = value.from.kind == Provenance::Kind::input || !value.known();
    if (written) resources.*annotation.member = value;
  }
}

Resources all_from(const Provenance& from) {
  return {{{}, from}, {{}, from}, {{}, from}, {{}, from}};
}

}  // namespace

bool sizes_proxy(Node annotations) {
  return std::ranges::any_of(kResourceAnnotations, [&](const ResourceAnnotation& annotation) {
    return static_cast<bool>(annotations[annotation.key]);
  });
}

std::string describe_origin(const Sidecar& sidecar) {
  std::string text;
  switch (sidecar.origin) {
    case Sidecar::Origin::injector:
      text = sidecar.injector == nullptr ? "injector not in the input"
                                         : "injector " + sidecar.injector->name;
      break;
    case Sidecar::Origin::annotations: text = "annotations"; break;
    case Sidecar::Origin::none: text = "gateway template"; break;
    case Sidecar::Origin::running: return "running container";
  }
  const Provenance& from = sidecar.resources.cpu_request.from;
  if (sidecar.injector != nullptr && !from.known()) text += fmt::format(" ({})", from.text);
  if (sidecar.container && sidecar.container["resources"].size() != 0) {
    text += fmt::format(" + container {}", kProxyContainer);
  }
  if (!sidecar.limit_range.empty()) text += " + LimitRange " + sidecar.limit_range;
  return text;
}

namespace {

void add_defaults(const Workload& workload, const std::string& revision, Sidecar& sidecar) {
  const Node annotations = workload.object->pod_template()["metadata"]["annotations"];
  if (sidecar.gateway) {
    sidecar.origin = Sidecar::Origin::none;
    const Node name = sidecar.container["name"];
    sidecar.resources = all_from(absent_at(name ? name : workload.object->anchor()));
  } else if (sizes_proxy(annotations)) {
    sidecar.origin = Sidecar::Origin::annotations;
    sidecar.resources = read_annotations(annotations);
  } else if (sidecar.injector != nullptr) {
    sidecar.resources = sidecar.injector->resources;
  } else {
    sidecar.resources =
        all_from({Provenance::Kind::unknown, workload.object->anchor(),
                  fmt::format("the injector of revision {} is not in the input", revision)});
  }
}

// A template of the user's own, laid over Istio's, may size the proxy.
void obscure_resized(Node annotations, const Workload& workload, Sidecar& sidecar) {
  const SidecarSettings none;
  const SidecarSettings& settings = sidecar.injector == nullptr ? none : sidecar.injector->sidecar;
  const std::string name = settings.resizing(templates_of(annotations, sidecar.injector));
  if (name.empty()) return;
  const Node asked = annotations[kTemplates];
  sidecar.resources =
      all_from({Provenance::Kind::unknown, asked ? asked : workload.object->anchor(),
                fmt::format("the injection template {} may set them", name)});
}

}  // namespace

Sidecars::Sidecars(const Mesh& mesh) : limit_ranges_(*mesh.resources), native_(mesh) {
  for (const Injector& injector : mesh.injectors) injectors_.emplace(injector.revision, &injector);
}

Sidecar Sidecars::injected(const Workload& workload, const std::string& revision,
                           Node container) const {
  const Node annotations = workload.object->pod_template()["metadata"]["annotations"];
  Sidecar sidecar;
  sidecar.container = container;
  const auto injector = injectors_.find(revision);
  if (injector != injectors_.end()) sidecar.injector = injector->second;
  const Template made = template_of(annotations, sidecar.injector);
  sidecar.gateway = made == Template::gateway;
  add_defaults(workload, revision, sidecar);
  obscure_resized(annotations, workload, sidecar);
  overlay(sidecar.resources, container);
  default_requests_to_limits(sidecar.resources);
  sidecar.limit_range = limit_ranges_.apply(workload.name_space, sidecar.resources);
  sidecar.native = false;
  if (made == Template::sidecar) {
    sidecar.native = native_.of(annotations, revision, sidecar.injector);
  }
  return sidecar;
}

std::optional<Sidecar> Sidecars::of(const Workload& workload) const {
  const Node pod = workload.object->pod_template();
  const Node annotations = pod["metadata"]["annotations"];
  const Node container = find_container(pod["spec"], kProxyContainer);
  if (is_final(workload, annotations, container)) {
    Sidecar sidecar;
    sidecar.origin = Sidecar::Origin::running;
    sidecar.container = container;
    sidecar.gateway = template_of(annotations, nullptr) == Template::gateway;
    sidecar.resources = read_container_resources(container["resources"], container["name"]);
    sidecar.native = is_native(pod["spec"]);
    return sidecar;
  }
  if (!workload.decision.injected) return std::nullopt;
  return made(workload, workload.decision.revision);
}

std::optional<Sidecar> Sidecars::likely(const Workload& workload) const {
  const bool only_one = injectors_.size() == 1;
  return made(workload, only_one ? injectors_.begin()->first : std::string("default"));
}

std::optional<Sidecar> Sidecars::made(const Workload& workload, const std::string& revision) const {
  const Node pod = workload.object->pod_template();
  const auto injector = injectors_.find(revision);
  const Injector* known = injector == injectors_.end() ? nullptr : injector->second;
  if (template_of(pod["metadata"]["annotations"], known) == Template::other) return std::nullopt;
  return injected(workload, revision, find_container(pod["spec"], kProxyContainer));
}

const Sidecar* Workload::sized_sidecar() const {
  if (sidecar) return &*sidecar;
  if (!likely_sidecar) return nullptr;
  const bool sized = likely_sidecar->origin == Sidecar::Origin::annotations ||
                     likely_sidecar->container["resources"].size() != 0;
  return sized ? &*likely_sidecar : nullptr;
}

}  // namespace meshcheck
