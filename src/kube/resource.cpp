#include "meshcheck/resource.h"

#include <algorithm>
#include <array>

namespace meshcheck {
namespace {

// Where a workload kind keeps its pod template.
enum class TemplateAt : std::uint8_t { itself, spec, job_template, nowhere };

struct WorkloadKind {
  std::string_view kind;
  std::string_view group;  // empty: any, because Kubernetes moved kinds between groups
  TemplateAt at;
  bool needs_selector;  // the API server refuses it without spec.selector
};

constexpr std::array kWorkloadKinds = {
    WorkloadKind{"Deployment", "", TemplateAt::spec, true},
    WorkloadKind{"StatefulSet", "", TemplateAt::spec, true},
    WorkloadKind{"DaemonSet", "", TemplateAt::spec, true},
    WorkloadKind{"ReplicaSet", "", TemplateAt::spec, true},
    WorkloadKind{"ReplicationController", "", TemplateAt::spec, false},
    WorkloadKind{"Job", "batch", TemplateAt::spec, false},
    WorkloadKind{"CronJob", "batch", TemplateAt::job_template, false},
    WorkloadKind{"Pod", "", TemplateAt::itself, false},
    WorkloadKind{"DeploymentConfig", "", TemplateAt::spec, false},
    WorkloadKind{"Rollout", "argoproj.io", TemplateAt::spec, false},
    WorkloadKind{"CloneSet", "apps.kruise.io", TemplateAt::spec, true},
    WorkloadKind{"Service", "serving.knative.dev", TemplateAt::spec, false},
    WorkloadKind{"Configuration", "serving.knative.dev", TemplateAt::spec, false},
    // A Canary refers to the Deployment that it copies; it has no pods of its own to describe.
    WorkloadKind{"Canary", "flagger.app", TemplateAt::nowhere, false},
};

const WorkloadKind* find_workload_kind(std::string_view group, std::string_view kind) {
  const auto* found = std::ranges::find_if(kWorkloadKinds, [&](const WorkloadKind& known) {
    return known.kind == kind && (known.group.empty() || known.group == group);
  });
  return found == kWorkloadKinds.end() ? nullptr : found;
}

std::string_view group_of(std::string_view api_version) {
  const std::size_t slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string_view{} : api_version.substr(0, slash);
}

// True where something other than empty text and empty containers stands below: manifests written
// by tools carry `status: {}`, or a skeleton of it, without any API server having seen them.
bool has_content(Node node) {
  switch (node.kind()) {
    case NodeKind::null: return false;
    case NodeKind::scalar: return !node.text().empty();
    case NodeKind::mapping:
      for (const auto [key, value] : node.entries()) {
        if (has_content(value)) return true;
      }
      return false;
    case NodeKind::sequence:
      for (const Node item : node.items()) {
        if (has_content(item)) return true;
      }
      return false;
  }
  return false;
}

bool every_container_has_an_image(Node pod_spec) {
  const Node containers = pod_spec["containers"];
  if (containers.size() == 0) return false;
  for (const Node list : {containers, pod_spec["initContainers"]}) {
    for (const Node container : list.items()) {
      if (!container["image"]) return false;
    }
  }
  return true;
}

}  // namespace

Resource::Resource(Node root, std::string_view default_namespace)
    : Resource(root, default_namespace, root["apiVersion"].text(), root["kind"].text()) {}

Resource::Resource(Node root, std::string_view default_namespace, std::string_view api_version,
                   std::string_view kind)
    : root_(root), api_version_(api_version), kind_(kind), name_(metadata()["name"].text()) {
  if (is_cluster_scoped(group(), kind_)) return;
  name_space_ = metadata()["namespace"].text();
  if (name_space_.empty()) name_space_ = default_namespace;
}

std::string_view Resource::group() const { return group_of(api_version_); }

Node Resource::pod_template() const {
  const WorkloadKind* workload = find_workload_kind(group(), kind_);
  if (workload == nullptr) return {};
  switch (workload->at) {
    case TemplateAt::itself: return root_;
    case TemplateAt::spec: return spec()["template"];
    case TemplateAt::job_template: return spec()["jobTemplate"]["spec"]["template"];
    case TemplateAt::nowhere: return {};
  }
  return {};
}

Node Resource::anchor() const {
  if (const Node name = metadata()["name"]) return name;
  if (const Node data = metadata()) return data;
  return root_;
}

bool Resource::is_live() const {
  const Node data = metadata();
  return has_content(data["uid"]) || has_content(data["resourceVersion"]) ||
         has_content(data["managedFields"]) || has_content(root_["status"]);
}

bool Resource::is_complete() const {
  if (root_.document() != nullptr && root_.document()->patch) return false;
  const WorkloadKind* workload = find_workload_kind(group(), kind_);
  if (workload == nullptr || workload->at == TemplateAt::nowhere) return true;
  if (workload->needs_selector && !spec()["selector"]) return false;
  // An Argo Rollout may borrow the template of a Deployment.
  if (spec()["workloadRef"]) return true;
  return every_container_has_an_image(pod_template()["spec"]);
}

ObjectRef Resource::ref() const {
  return {std::string(api_version_),
          std::string(kind_),
          std::string(name_space_),
          std::string(name_),
          {}};
}

bool is_workload_kind(std::string_view kind) {
  // `Service` alone is the core kind; Resource::pod_template() tells Knative's.
  return kind != "Service" && kind != "Configuration" &&
         std::ranges::any_of(kWorkloadKinds,
                             [&](const WorkloadKind& known) { return known.kind == kind; });
}

}  // namespace meshcheck
