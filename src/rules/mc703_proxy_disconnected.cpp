// Severity, documentation and parameters: rules/mc703-proxy-disconnected.yaml
#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <string>

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
        complete_(asked_every_istiod(mesh, snapshots_)),
        latest_(latest_moment(mesh)),
        limit_(parameters.integer("min-seconds")) {
    for (const StatusSnapshot* snapshot : snapshots_) {
      for (const ProxyStatus& proxy : snapshot->proxies) {
        connected_.insert(proxy.id());
        namespaces_.insert(proxy.name_space);
      }
      partial_ = partial_ || snapshot->by_replica;
    }
  }

  void judge(const Workload& workload) {
    const Resource& pod = *workload.object;
    const std::string id = fmt::format("{}.{}", workload.name, workload.name_space);
    if (!has_proxy(pod) || !is_serving(pod) || is_proxyless(pod)) return;
    if (connected_.contains(id)) {
      sink_.judged();
      return;
    }
    const std::string& revision =
        workload.running_revision.empty() ? workload.decision.revision : workload.running_revision;
    if (has_external_istiod(pod)) {
      sink_.not_evaluated("the istiod of some pods is outside of their cluster");
    } else if (revision.empty() || !revisions_.contains(revision)) {
      sink_.not_evaluated(fmt::format(
          "no --proxy-status of revision {0}: istioctl proxy-status --revision {0} -o json",
          revision.empty() ? "default" : revision));
    } else if (!complete_ || (partial_ && !namespaces_.contains(workload.name_space))) {
      sink_.not_evaluated(
          "an istiod names its own connections only: give /debug/syncz of every "
          "istiod, or the output of istioctl proxy-status");
    } else if (!is_old_enough(pod)) {
      sink_.not_evaluated(fmt::format("{} may be younger than {} s", id, limit_.count()));
    } else {
      report(workload, revision);
    }
  }

 private:
  bool is_old_enough(const Resource& pod) {
    const auto started = start_of(pod);
    if (!started) return false;
    if (latest_ && *latest_ - *started > limit_) return true;
    return Moment(sink_.today()) - *started > limit_;
  }

  void report(const Workload& workload, const std::string& revision) {
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

  Sink& sink_;
  std::vector<const StatusSnapshot*> snapshots_;
  std::set<std::string> revisions_;
  std::set<std::string, std::less<>> connected_;
  std::set<std::string, std::less<>> namespaces_;
  bool complete_ = false;
  bool partial_ = false;
  std::optional<Moment> latest_;
  std::chrono::seconds limit_;
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
  if (sink.judged_count() == 0 && sink.skipped().empty()) {
    sink.not_evaluated(
        "no running Pod with a sidecar is in the input: kubectl get pods -A -o yaml > FILE",
        {"Pod"});
  }
}

}  // namespace meshcheck::rules
