// Severity, documentation and parameters: rules/mc316-restart-pending.yaml
#include <algorithm>
#include <map>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

constexpr std::size_t kMostListed = 10;

// "web-7d9f8b6c5-x2x4z" of ReplicaSet "web-7d9f8b6c5" is of Deployment "web".
std::string_view deployment_of(const Resource& pod) {
  const std::string_view hash = pod.label("pod-template-hash");
  for (const Node owner : pod.metadata()["ownerReferences"].items()) {
    std::string_view name = owner["name"].text();
    if (owner["kind"].text() != "ReplicaSet" || hash.empty() || !name.ends_with(hash)) continue;
    name.remove_suffix(hash.size());
    if (name.ends_with('-')) return name.substr(0, name.size() - 1);
  }
  return {};
}

std::string_view controller_of(const Resource& pod) {
  for (const Node owner : pod.metadata()["ownerReferences"].items()) {
    if (owner["controller"].boolean().value_or(false)) return owner["name"].text();
  }
  return {};
}

class Judge {
 public:
  Judge(const Mesh& mesh, Sink& sink) : mesh_(mesh), sink_(sink) {
    for (const Workload& workload : mesh.workloads) {
      if (workload.kind == "Pod") continue;
      owners_[{workload.name_space, workload.name}] = &workload;
    }
  }

  void run() {
    for (const Workload& workload : mesh_.workloads) {
      if (workload.kind == "Pod" && !workload.running_revision.empty()) look_at(workload);
    }
    for (const auto& [key, group] : groups_) report(group);
    if (!any_ && unanswered_) {
      sink_.not_evaluated(
          "what a restart gives is not in the input: no injector webhook, no istiod",
          {"MutatingWebhookConfiguration"});
    } else if (!any_) {
      sink_.not_evaluated("no running pod with a sidecar is in the input", {"Pod"});
    }
  }

 private:
  struct Group {
    std::string name_space;
    std::string runs;   // "revision 1-29"
    std::string gives;  // "revision 1-30"
    std::string tag;
    std::vector<const Workload*> pods;
  };

  // What the next pod of the same owner would get. The labels of a running pod are no measure: the
  // injector wrote some of them.
  const InjectionDecision* next_decision(const Workload& pod) const {
    std::string_view owner = deployment_of(*pod.object);
    if (owner.empty()) owner = controller_of(*pod.object);
    const auto found = owners_.find({pod.name_space, owner});
    if (found != owners_.end()) return &found->second->decision;
    if (!owner.empty() || pod.pod_labels()["istio.io/rev"]) return nullptr;
    const Namespace* name_space = mesh_.find_namespace(pod.name_space);
    return name_space == nullptr ? nullptr : &name_space->decision;
  }

  void look_at(const Workload& pod) {
    const InjectionDecision* next = next_decision(pod);
    if (next == nullptr || !next->injected || next->revision.empty()) return;
    // What labels ask for, where nothing in the input shows whom they call.
    if (!mesh_.has_revision(next->revision)) {
      unanswered_ = true;
      return;
    }
    any_ = true;
    if (next->revision != pod.running_revision) {
      add(pod, "revision " + pod.running_revision, "revision " + next->revision, next->tag);
      return;
    }
    const ControlPlane* plane = mesh_.find_control_plane(next->revision);
    const Node image = proxy_image(*pod.object);
    const auto runs = image ? Version::parse(image_tag(image.text())) : std::nullopt;
    const bool known = plane != nullptr && plane->version_known();
    if (!runs || !known) return sink_.judged();
    // An image of the pod's own choice stays after a restart.
    if (pod.object->annotation("sidecar.istio.io/proxyImage") == image.text()) {
      return sink_.judged();
    }
    if (runs->major == plane->version->major && runs->minor == plane->version->minor) {
      return sink_.judged();
    }
    add(pod, "Istio " + runs->minor_text(), "Istio " + plane->version->minor_text(), next->tag);
  }

  void add(const Workload& pod, std::string runs, std::string gives, const std::string& tag) {
    Group& group = groups_[fmt::format("{}\n{}\n{}", pod.name_space, runs, gives)];
    group.name_space = pod.name_space;
    group.runs = std::move(runs);
    group.gives = std::move(gives);
    group.tag = tag;
    group.pods.push_back(&pod);
  }

  void report(const Group& group) {
    const Workload& first = *group.pods.front();
    const std::size_t count = group.pods.size();
    Draft finding = sink_.report(
        first.object->anchor(), "{} of namespace {} run{} the proxy of {}; a restart gives {}{}",
        count == 1 ? fmt::format("pod {}", first.name) : fmt::format("{} pods", count),
        group.name_space, count == 1 ? "s" : "", group.runs, group.gives,
        group.tag.empty() ? std::string{} : fmt::format(" (tag {})", group.tag));
    finding.object({"v1", "Namespace", "", group.name_space, ""})
        .field(fmt::format("pods[{}]", group.runs))
        .compare(group.runs, group.gives, {})
        .fix(fmt::format("Restart them: kubectl -n {} rollout restart deployment",
                         group.name_space));
    for (std::size_t i = 1; i < std::min(count, kMostListed); ++i) {
      finding.related(fmt::format("pod {}", group.pods[i]->name), group.pods[i]->object->anchor(),
                      group.pods[i]->object->ref());
    }
  }

  const Mesh& mesh_;
  Sink& sink_;
  std::map<std::pair<std::string_view, std::string_view>, const Workload*> owners_;
  std::map<std::string, Group> groups_;
  bool any_ = false;
  bool unanswered_ = false;
};

}  // namespace

void mc316_restart_pending(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  Judge(mesh, sink).run();
}

}  // namespace meshcheck::rules
