// Severity, documentation and parameters: rules/mc703-proxy-disconnected.yaml
#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

using Moment = std::chrono::sys_seconds;

bool has_proxy(const Resource& pod) {
  return static_cast<bool>(find_container(pod.spec(), kProxyContainer));
}

Node ready_condition(const Resource& pod) {
  for (const Node condition : pod.root()["status"]["conditions"].items()) {
    if (condition["type"].text() == "Ready") return condition;
  }
  return {};
}

bool is_serving(const Resource& pod) {
  return pod.root()["status"]["phase"].text() == "Running" &&
         !pod.metadata()["deletionTimestamp"] && ready_condition(pod)["status"].text() == "True";
}

// gRPC without a proxy: the application itself connects, and need not.
bool is_proxyless(const Resource& pod) {
  return pod.annotation("inject.istio.io/templates").find("grpc") != std::string_view::npos;
}

// An istiod outside of this cluster, which the files need not show.
bool has_external_istiod(const Resource& pod) {
  for (const char* list : {"containers", "initContainers"}) {
    for (const Node container : pod.spec()[list].items()) {
      for (const Node variable : container["env"].items()) {
        const std::string_view name = variable["name"].text();
        const std::string_view value = variable["value"].text();
        if (name == "CA_ADDR" && !value.empty() && value.find(".svc") == std::string_view::npos) {
          return true;
        }
        const std::size_t address = value.find("discoveryAddress");
        if (name == "PROXY_CONFIG" && address != std::string_view::npos &&
            value.find(".svc", address) == std::string_view::npos) {
          return true;
        }
      }
    }
  }
  return false;
}

std::optional<Moment> start_of(const Resource& pod) {
  const Node status = pod.root()["status"];
  if (const auto started = parse_time(status["startTime"].text())) return started;
  return parse_time(pod.metadata()["creationTimestamp"].text());
}

// The input was saved at this moment, or later.
std::optional<Moment> latest_moment(const Mesh& mesh) {
  std::optional<Moment> latest;
  const auto see = [&](std::optional<Moment> moment) {
    if (moment && (!latest || *moment > *latest)) latest = moment;
  };
  for (const Resource* pod : mesh.resources->of_kind("Pod")) {
    see(start_of(*pod));
    for (const Node condition : pod->root()["status"]["conditions"].items()) {
      see(parse_time(condition["lastTransitionTime"].text()));
    }
  }
  for (const StatusSnapshot& snapshot : mesh.observed->proxy_status) {
    see(snapshot.taken);
    for (const ProxyStatus& proxy : snapshot.proxies) {
      for (const TypeStatus& type : proxy.types) see(type.sent_at);
    }
  }
  return latest;
}

// What /debug/syncz of one istiod shows is all that is connected only where every istiod was asked.
bool asked_every_istiod(const Mesh& mesh, std::span<const StatusSnapshot* const> snapshots) {
  std::size_t asked = 0;
  bool by_replica = false;
  for (const StatusSnapshot* snapshot : snapshots) {
    by_replica = by_replica || snapshot->by_replica;
    asked += snapshot->by_replica ? snapshot->replicas : 0;
  }
  if (!by_replica) return true;
  const auto istiods =
      std::ranges::count_if(mesh.resources->of_kind("Pod"), [](const Resource* pod) {
        return pod->label("app") == "istiod" && pod->root()["status"]["phase"].text() == "Running";
      });
  return istiods > 0 && asked >= static_cast<std::size_t>(istiods);
}

class Judge {
 public:
  Judge(const Mesh& mesh, const Parameters& parameters, Sink& sink)
      : sink_(sink),
        snapshots_(current_snapshots(mesh.observed->proxy_status)),
        revisions_(revisions_shown(mesh)),
        live_(mesh.observed->proxy_status.front().live),
        silent_(live_ ? mesh.observed->find_unanswered("/debug/syncz") : nullptr),
        complete_(silent_ == nullptr && asked_every_istiod(mesh, snapshots_)),
        latest_(latest_moment(mesh)),
        limit_(parameters.integer("min-seconds")) {
    for (const StatusSnapshot* snapshot : snapshots_) see(*snapshot);
    // A pod may be gone by the second look, since it was listed before the first.
    if (!live_) return;
    for (const StatusSnapshot& snapshot : mesh.observed->proxy_status) see(snapshot);
  }

  void judge(const Workload& workload) {
    const Resource& pod = *workload.object;
    const std::string id = fmt::format("{}.{}", workload.name, workload.name_space);
    if (!has_proxy(pod) || !is_serving(pod) || is_proxyless(pod)) return;
    const std::string& revision =
        workload.running_revision.empty() ? workload.decision.revision : workload.running_revision;
    if (connected_.contains(id)) {
      // Those of an istiod that is silent may all be without it.
      if (silent_ == nullptr) sink_.judged();
    } else if (has_external_istiod(pod)) {
      sink_.not_evaluated("the istiod of some pods is outside of their cluster");
    } else if (silent_ != nullptr) {
      sink_.not_evaluated(silent_->reason);
    } else if (revision.empty() || !revisions_.contains(revision)) {
      sink_.not_evaluated(unseen(revision.empty() ? "default" : revision));
    } else if (!complete_) {
      sink_.not_evaluated(
          "an istiod names its own connections only: give /debug/syncz of every "
          "istiod, or the output of istioctl proxy-status");
    } else if (!is_old_enough(pod)) {
      sink_.not_evaluated(fmt::format("{} may be younger than {} s", id, limit_.count()));
    } else {
      lost_[{workload.name_space, revision}].push_back(&workload);
    }
  }

  // What keeps a whole namespace from its istiod is one cause.
  void report() {
    constexpr std::size_t kFew = 3;
    for (const auto& [where, pods] : lost_) {
      if (pods.size() > kFew) {
        report_many(where.first, where.second, pods);
        continue;
      }
      for (const Workload* pod : pods) report_one(*pod, where.second);
    }
    if (silent_ != nullptr) sink_.not_evaluated(silent_->reason);
  }

 private:
  void see(const StatusSnapshot& snapshot) {
    for (const ProxyStatus& proxy : snapshot.proxies) connected_.insert(proxy.id());
  }

  std::string unseen(const std::string& revision) const {
    if (live_) return fmt::format("no istiod of revision {} answered", revision);
    return fmt::format(
        "no --proxy-status of revision {0}: istioctl proxy-status --revision {0} -o json",
        revision);
  }

  bool is_old_enough(const Resource& pod) {
    const auto started = start_of(pod);
    if (!started) return false;
    if (latest_ && *latest_ - *started > limit_) return true;
    return Moment(sink_.today()) - *started > limit_;
  }

  void report_one(const Workload& workload, const std::string& revision) {
    const Resource& pod = *workload.object;
    sink_
        .report(pod.anchor(),
                "pod {} is running and ready, and its sidecar is connected to no istiod",
                workload.name)
        .object(pod.ref())
        .field("status")
        .related("no line for it in this status", snapshots_.front()->location)
        .compare("not connected", fmt::format("connected to an istiod of revision {}", revision),
                 {})
        .fix(fmt::format("See why: kubectl -n {0} logs {1} -c istio-proxy | grep -i xds. Then "
                         "kubectl -n {0} delete pod {1}, so that it starts anew.",
                         workload.name_space, workload.name));
  }

  void report_many(const std::string& name_space, const std::string& revision,
                   const std::vector<const Workload*>& pods) {
    constexpr std::size_t kMostListed = 20;
    const Resource& first = *pods.front()->object;
    Draft finding =
        sink_.report(first.anchor(),
                     "{} pods of namespace {} are running and ready, and their "
                     "sidecars are connected to no istiod of revision {}: {} and others",
                     pods.size(), name_space, revision, pods.front()->name);
    finding.object({"v1", "Namespace", "", name_space, revision})
        .field("status")
        .compare("not connected", fmt::format("connected to an istiod of revision {}", revision),
                 {})
        .fix(fmt::format("See why: kubectl -n {} logs {} -c istio-proxy | grep -i xds. Often a "
                         "NetworkPolicy keeps the namespace from istiod's port 15012.",
                         name_space, pods.front()->name));
    for (std::size_t i = 1; i < std::min(pods.size(), kMostListed); ++i) {
      finding.related(fmt::format("pod {}", pods[i]->name), pods[i]->object->anchor(),
                      pods[i]->object->ref());
    }
    finding.related("no line for them in this status", snapshots_.front()->location);
  }

  Sink& sink_;
  std::vector<const StatusSnapshot*> snapshots_;
  std::set<std::string> revisions_;
  bool live_;
  const Unanswered* silent_;  // an istiod that was asked, and did not answer
  bool complete_;
  std::optional<Moment> latest_;
  std::chrono::seconds limit_;
  std::set<std::string, std::less<>> connected_;
  std::map<std::pair<std::string, std::string>, std::vector<const Workload*>> lost_;
};

}  // namespace

void mc703_proxy_disconnected(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  if (mesh.observed->proxy_status.empty()) {
    sink.not_evaluated(mesh.observed->why_unanswered(
        "/debug/syncz", "no --proxy-status was given: istioctl proxy-status -o json > FILE"));
    return;
  }
  Judge judge(mesh, parameters, sink);
  for (const Workload& workload : mesh.workloads) {
    if (workload.kind == "Pod") judge.judge(workload);
  }
  judge.report();
  if (sink.judged_count() == 0 && sink.skipped().empty()) {
    sink.not_evaluated(
        "no running Pod with a sidecar is in the input: kubectl get pods -A -o yaml > FILE",
        {"Pod"});
  }
}

}  // namespace meshcheck::rules
