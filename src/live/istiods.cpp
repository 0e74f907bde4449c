#include "live/istiods.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "input/arena.h"
#include "input/parse.h"
#include "input/proxy_status.h"
#include "input/value_json.h"
#include "live/collect.h"
#include "live/compact.h"
#include "live/port_forward.h"

namespace meshcheck::live {
namespace {

constexpr std::string_view kSyncz = "/debug/syncz";
constexpr std::chrono::seconds kBetweenLooks{15};

// Hands each object of a list to `use`.
template <class Use>
void for_each_object(const Cluster& cluster, std::string_view kind, const Use& use) {
  for (const ObjectList& list : cluster.lists) {
    if (list.kind != kind) continue;
    Source source;
    source.text = list.text;
    for (std::size_t begin = 0; begin < list.text.size();) {
      const std::size_t end = std::min(list.text.find('\n', begin), list.text.size());
      Chunk chunk;
      chunk.begin = begin;
      chunk.end = end;
      begin = end + 1;
      // Only what may be an istiod is worth its parsing.
      if (std::string_view(list.text).substr(chunk.begin, end - chunk.begin).find("istiod") ==
          std::string_view::npos) {
        continue;
      }
      Arena arena;
      const Parsed parsed = parse(source, chunk, arena, Format::json);
      if (parsed.outcome == Parsed::Outcome::tree) use(parsed.document->root());
    }
  }
}

std::string revision_in(Node labels) {
  const std::string_view revision = labels["istio.io/rev"].text();
  return revision.empty() ? "default" : std::string(revision);
}

// istio: pilot/pkg/bootstrap/mesh.go, toSources
std::string shared_config_in(Node containers) {
  for (const Node container : containers.items()) {
    for (const Node variable : container["env"].items()) {
      if (variable["name"].text() == "SHARED_MESH_CONFIG") {
        return std::string(variable["value"].text());
      }
    }
  }
  return {};
}

bool runs(Node pod) {
  return pod["status"]["phase"].text() == "Running" && !pod["metadata"]["deletionTimestamp"];
}

// istioctl answered for it.
bool is_stood_in_for(const Cluster& cluster, const IstiodAnswer& silent) {
  return silent.text.empty() &&
         std::ranges::any_of(cluster.answers, [&](const IstiodAnswer& other) {
           return other.path == kIstioctlStatus && other.look == silent.look &&
                  other.revision == silent.revision && other.name_space == silent.name_space;
         });
}

// Some type of some proxy was sent and not acknowledged.
bool is_pending(const IstiodAnswer* answer) {
  const auto snapshots = read_status(*answer, {});
  if (!snapshots) return false;
  return std::ranges::any_of(*snapshots, [](const StatusSnapshot& snapshot) {
    return std::ranges::any_of(snapshot.proxies, [](const ProxyStatus& proxy) {
      return std::ranges::any_of(
          proxy.types, [](const TypeStatus& type) { return type.state == SyncState::stale; });
    });
  });
}

bool any_pending(const Cluster& cluster, std::size_t look) {
  return std::ranges::any_of(status_answers(cluster, look), is_pending);
}

class Asking {
 public:
  Asking(Client& client, const std::vector<Istiod>& istiods, const AskOptions& options,
         const Pace& pace, Cluster& cluster)
      : client_(client), istiods_(istiods), options_(options), pace_(pace), cluster_(cluster) {}

  void look(std::size_t number) {
    for_each_pod([&](const Istiod& istiod, const std::string& pod) {
      add(istiod, pod, kSyncz, number, port_forward_get(client_, {istiod.name_space, pod}, kSyncz));
    });
    if (!options_.istioctl) return;
    for (const Istiod& istiod : istiods_) {
      if (!istiod.pods.empty() && !client_.ended()) ask_istioctl(istiod, number);
    }
  }

  void run() {
    for_each_pod([&](const Istiod& istiod, const std::string& pod) {
      ask_by_proxy(istiod, pod, "/version");
      ask_by_proxy(istiod, pod, "/metrics");
    });
    if (!options_.drift) return;
    options_.progress("proxy status");
    look(0);
    if (options_.drift_window.count() == 0) return;
    const auto first = pace_.now();
    bool pending = any_pending(cluster_, 0);
    if (!pending) return;
    options_.progress(
        fmt::format("proxies that have not acknowledged: {} s", options_.drift_window.count()));
    for (auto due = first + kBetweenLooks; pending && !client_.ended(); due += kBetweenLooks) {
      // A second more than the window: what is stale for its length is what counts.
      const auto last = first + options_.drift_window + std::chrono::seconds(1);
      const auto next = std::min<std::chrono::steady_clock::time_point>(due, last);
      wait_until(next);
      if (client_.ended()) return;
      forget_look(1);
      look(1);
      pending = any_pending(cluster_, 1);
      if (next >= last) return;
    }
  }

 private:
  template <class Use>
  void for_each_pod(const Use& use) {
    for (const Istiod& istiod : istiods_) {
      for (const std::string& pod : istiod.pods) {
        if (client_.ended()) return;
        use(istiod, pod);
      }
    }
  }

  // Firewalls of managed clusters keep the API server from most ports of pods; the kubelet's way,
  // port-forwarding, is open then.
  void ask_by_proxy(const Istiod& istiod, const std::string& pod, std::string_view path) {
    PodAnswer said = pod_proxy_get(client_, {istiod.name_space, pod}, path);
    if (options_.forward && (said.error || said.status != 200)) {
      PodAnswer forwarded = port_forward_get(client_, {istiod.name_space, pod}, path);
      if (!forwarded.error && forwarded.status == 200) said = std::move(forwarded);
    }
    add(istiod, pod, path, 0, std::move(said));
  }

  // What no istiod of the revision answers istioctl may still know: it has its own way to them.
  void ask_istioctl(const Istiod& istiod, std::size_t number) {
    std::vector<IstiodAnswer*> silent;
    for (IstiodAnswer& answer : cluster_.answers) {
      if (answer.path != kSyncz || answer.look != number || answer.revision != istiod.revision ||
          answer.name_space != istiod.name_space) {
        continue;
      }
      if (answer.problem.empty()) return;
      silent.push_back(&answer);
    }
    if (silent.empty()) return;
    Result<std::string> said = options_.istioctl(istiod);
    for (IstiodAnswer* answer : silent) {
      if (said) {
        answer->problem.clear();
      } else {
        answer->problem += fmt::format("; {}", said.error().message);
        if (!said.error().hint.empty()) answer->hint = said.error().hint;
      }
    }
    if (!said) return;
    IstiodAnswer answer;
    answer.name_space = istiod.name_space;
    answer.revision = istiod.revision;
    answer.path = kIstioctlStatus;
    answer.at = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())
                    .time_since_epoch()
                    .count();
    answer.look = number;
    answer.text = *std::move(said);
    cluster_.answers.push_back(std::move(answer));
  }

  void forget_look(std::size_t number) {
    std::erase_if(cluster_.answers, [&](const IstiodAnswer& answer) {
      return (answer.path == kSyncz || answer.path == kIstioctlStatus) && answer.look == number;
    });
  }

  void add(const Istiod& istiod, const std::string& pod, std::string_view path, std::size_t look,
           PodAnswer said) {
    IstiodAnswer answer;
    answer.name_space = istiod.name_space;
    answer.pod = pod;
    answer.revision = istiod.revision;
    answer.path = path;
    answer.look = look;
    if (said.date) answer.at = said.date->time_since_epoch().count();
    if (said.error) {
      answer.problem = said.error->message;
      answer.hint = said.error->hint;
    } else if (said.status != 200) {
      answer.problem = fmt::format("{} of {} answers {}", path, pod, said.status);
    } else {
      answer.text = std::move(said.body);
    }
    cluster_.answers.push_back(std::move(answer));
  }

  void wait_until(std::chrono::steady_clock::time_point due) {
    constexpr std::chrono::milliseconds kNap{100};
    while (pace_.now() < due && !client_.ended()) pace_.sleep(kNap);
  }

  Client& client_;
  const std::vector<Istiod>& istiods_;
  const AskOptions& options_;
  const Pace& pace_;
  Cluster& cluster_;
};

}  // namespace

std::string name_of_object(std::string_view json) {
  Source source;
  source.text = json;
  Arena arena;
  const Parsed parsed = parse(source, whole(json), arena, Format::json);
  if (parsed.outcome != Parsed::Outcome::tree) return {};
  return std::string(parsed.document->root()["metadata"]["name"].text());
}

// istiod's label in every chart since 1.6 (istio: manifests/charts/istio-control/istio-discovery,
// templates/deployment.yaml).
void find_istiods(const Cluster& cluster, std::vector<Istiod>& istiods) {
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> found;
  std::map<std::pair<std::string, std::string>, std::string> shared;
  for_each_object(cluster, "Deployment", [&](Node root) {
    const Node pod = root["spec"]["template"];
    const Node labels = pod["metadata"]["labels"];
    if (labels["app"].text() != "istiod") return;
    const std::pair key(std::string(root["metadata"]["namespace"].text()), revision_in(labels));
    found[key];
    shared[key] = shared_config_in(pod["spec"]["containers"]);
  });
  for_each_object(cluster, "Pod", [&](Node root) {
    const Node labels = root["metadata"]["labels"];
    if (labels["app"].text() != "istiod" || !runs(root)) return;
    found[{std::string(root["metadata"]["namespace"].text()), revision_in(labels)}].emplace_back(
        root["metadata"]["name"].text());
  });
  for (auto& [key, pods] : found) {
    std::ranges::sort(pods);
    istiods.push_back({key.first, key.second, std::move(pods), std::move(shared[key])});
  }
}

std::vector<const IstiodAnswer*> status_answers(const Cluster& cluster, std::size_t look) {
  std::vector<const IstiodAnswer*> answers;
  for (const std::string_view path : {kSyncz, kIstioctlStatus}) {
    for (const IstiodAnswer& answer : cluster.answers) {
      if (answer.path == path && answer.look == look && answer.problem.empty() &&
          !is_stood_in_for(cluster, answer)) {
        answers.push_back(&answer);
      }
    }
  }
  return answers;
}

Result<std::vector<StatusSnapshot>> read_status(const IstiodAnswer& answer, std::string name) {
  Source source;
  source.name = std::move(name);
  source.text = answer.text;
  if (answer.path == kIstioctlStatus) return read_proxy_status(source);
  // With the name of the one that says it.
  std::string named = "{";
  append_json_string(answer.pod, named);
  named += fmt::format(":{}}}", answer.text);
  source.text = named;
  std::optional<std::chrono::sys_seconds> taken;
  if (answer.at != 0) taken = std::chrono::sys_seconds(std::chrono::seconds(answer.at));
  return read_proxy_status(source, taken);
}

void ask_istiods(Client& client, const std::vector<Istiod>& istiods, const AskOptions& options,
                 const Pace& pace, Cluster& cluster) {
  Asking(client, istiods, options, pace, cluster).run();
}

Cluster look_at_proxies(Client& client, const Scope& scope) {
  Cluster cluster;
  ListQuery query;
  query.resource = {"", "v1", "pods", "Pod", true};
  query.label_selector = "app=istiod";
  ObjectList& list = cluster.lists.emplace_back();
  list.kind = "Pod";
  const Coverage coverage = client.list(query, scope, [&](const Page& page) {
    for (const std::string_view item : page.items) {
      // One that cannot be read is not asked.
      static_cast<void>(append_object(item, "v1", "Pod", list.text));
    }
  });
  std::vector<Istiod> istiods;
  find_istiods(cluster, istiods);
  if (istiods.empty()) {
    cluster.failure = coverage.error ? coverage.error->message : "no istiod runs in it";
    cluster.hint = coverage.error ? coverage.error->hint
                                  : "a control plane outside of the cluster tells nothing here: "
                                    "istioctl proxy-status -o json > FILE, and audit "
                                    "--proxy-status FILE";
    return cluster;
  }
  Asking(client, istiods, {}, {}, cluster).look(0);
  return cluster;
}

}  // namespace meshcheck::live
