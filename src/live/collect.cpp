#include "live/collect.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "input/arena.h"
#include "input/parse.h"
#include "live/compact.h"
#include "live/discovery.h"
#include "live/istiods.h"
#include "live/resources.h"

namespace meshcheck::live {
namespace {

constexpr std::size_t kNodePage = 100;       // each tells of fifty images
constexpr std::size_t kDefinitionPage = 20;  // a schema may be a megabyte

ListState state_of(Reading reading) {
  switch (reading) {
    case Reading::whole: return ListState::whole;
    case Reading::absent: return ListState::absent;
    case Reading::partial: return ListState::partial;
    case Reading::forbidden: return ListState::forbidden;
    case Reading::failed:
    case Reading::skipped: break;
  }
  return ListState::failed;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> all;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    all.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return all;
}

// The items of a kind as they come in, page by page.
class Gathered {
 public:
  explicit Gathered(const ApiResource& resource) : resource_(resource) {}

  void add(const Page& page) {
    // What came of the whole cluster before a page was refused comes again.
    if (!page.name_space.empty()) parts_.erase("");
    Part& part = parts_[std::string(page.name_space)];
    if (page.first) part = {};
    for (const std::string_view item : page.items) {
      if (!append_object(item, resource_.api_version(), resource_.kind, part.text)) ++part.broken;
    }
  }

  std::size_t broken() const {
    std::size_t all = 0;
    for (const auto& [name_space, part] : parts_) all += part.broken;
    return all;
  }
  std::string take() {
    std::string all;
    for (auto& [name_space, part] : parts_) {
      if (all.empty()) {
        all = std::move(part.text);
      } else {
        all += part.text;
      }
    }
    return all;
  }

 private:
  struct Part {
    std::string text;
    std::size_t broken = 0;  // objects that cannot be read
  };

  const ApiResource& resource_;
  std::map<std::string, Part> parts_;  // by namespace
};

void settle(const Coverage& coverage, ObjectList& list) {
  list.state = state_of(coverage.reading);
  list.namespaces = coverage.namespaces;
  list.inconsistent = coverage.inconsistent;
  if (!coverage.error) return;
  list.reason = coverage.error->message;
  list.hint = coverage.error->hint;
}

// A kind that every API server has, or that this one said it has.
void doubt(ObjectList& list) {
  list.state = ListState::failed;
  const std::string name =
      list.group.empty() ? list.resource : fmt::format("{}.{}", list.resource, list.group);
  list.reason = fmt::format("listing {}: the server says that it has no such kind, and must", name);
  list.hint = "does something between here and the API server answer in its place?";
}

// Its agent is a DaemonSet of this name (cilium: install/kubernetes/cilium/templates/cilium-agent),
// or GKE's (cloud.google.com: Dataplane V2). Whether it is there may not have been read.
bool may_run_cilium(const Cluster& cluster) {
  return std::ranges::any_of(cluster.lists, [](const ObjectList& list) {
    if (list.kind != "DaemonSet") return false;
    const bool whole = list.state == ListState::whole && list.namespaces.empty();
    const auto has = [&](std::string_view agent) {
      return list.text.find(fmt::format(R"("metadata":{{"name":"{}",)", agent)) !=
             std::string::npos;
    };
    return (!whole && list.state != ListState::absent) || has("cilium") || has("anetd");
  });
}

class Collecting {
 public:
  Collecting(Client& client, const CollectOptions& options, const Pace& pace)
      : client_(client), options_(options), pace_(pace) {}

  Cluster run() {
    auto version = client_.connect();
    if (!version) {
      cluster_.failure = version.error().message;
      cluster_.hint = version.error().hint;
      return std::move(cluster_);
    }
    cluster_.version = version->git_version;
    std::set<std::string_view> groups;
    for (const LiveResource& resource : live_resources()) groups.insert(resource.group);
    const std::vector<std::string_view> wanted(groups.begin(), groups.end());
    discovery_ = discover(client_, wanted);
    list_all();
    find_istiods(cluster_, istiods_);
    get_config_maps();
    if (!client_.ended())
      ask_istiods(client_, istiods_,
                  {.forward = options_.forward,
                   .drift = options_.drift,
                   .istioctl = options_.istioctl,
                   .drift_window = options_.drift_window,
                   .progress = options_.progress},
                  pace_, cluster_);
    if (client_.ended()) cluster_.interrupted = "interrupted, or out of time";
    return std::move(cluster_);
  }

 private:
  void plan_lists();
  Coverage list_alternatives(std::size_t query, const Scope& scope, Coverage coverage,
                             Gathered& gathered);
  void list_namespaces(Scope& scope, Gathered& gathered);
  void list_all();
  void get_config_maps();
  void get_config_map(ObjectList& list, std::string_view name_space, const std::string& name);

  Client& client_;
  const CollectOptions& options_;
  const Pace& pace_;
  Cluster cluster_;
  Discovery discovery_;
  std::vector<Istiod> istiods_;
  std::vector<ListQuery> queries_;
  std::vector<std::size_t> places_;  // of the queries in cluster_.lists
  // Of the queries: versions to try where that one is absent, and whether one must be there.
  std::vector<std::vector<ApiResource>> alternatives_;
  std::vector<bool> expected_;
};

// What to ask for each kind; what will not be asked is settled here.
void Collecting::plan_lists() {
  for (const LiveResource& wanted : live_resources()) {
    ObjectList& list = cluster_.lists.emplace_back();
    list.group = wanted.group;
    list.resource = wanted.resource;
    list.kind = wanted.kind;
    // Not asked for: nothing is known of it.
    if (!options_.kinds.empty() &&
        std::ranges::find(options_.kinds, wanted.kind) == options_.kinds.end()) {
      list.state = ListState::partial;
      continue;
    }
    const auto choice = discovery_.choose(
        {wanted.group, wanted.resource, wanted.kind, wanted.namespaced, words(wanted.versions)});
    if (!choice.resource) {
      list.state = state_of(choice.reading);
      if (choice.error) {
        list.reason = choice.error->message;
        list.hint = choice.error->hint;
      }
      if (choice.reading == Reading::absent && wanted.essential) doubt(list);
      continue;
    }
    list.version = choice.resource->version;
    ListQuery query;
    query.resource = *choice.resource;
    if (wanted.kind == "Node") query.page_size = kNodePage;
    if (wanted.kind == "CustomResourceDefinition") query.page_size = kDefinitionPage;
    if (wanted.kind == "Pod") {
      query.field_selector = "status.phase!=Succeeded,status.phase!=Failed";
    }
    queries_.push_back(std::move(query));
    places_.push_back(cluster_.lists.size() - 1);
    alternatives_.push_back(choice.alternatives);
    const bool known = wanted.group.empty() ? discovery_.core_known : discovery_.groups_known;
    expected_.push_back(known || wanted.essential);
  }
}

// Where nothing says which versions are served, each is tried in its turn.
Coverage Collecting::list_alternatives(std::size_t query, const Scope& scope, Coverage coverage,
                                       Gathered& gathered) {
  for (const ApiResource& other : alternatives_[query]) {
    if (coverage.reading != Reading::absent || client_.ended()) break;
    queries_[query].resource = other;
    cluster_.lists[places_[query]].version = other.version;
    coverage = client_.list(queries_[query], scope, [&](const Page& page) { gathered.add(page); });
  }
  return coverage;
}

// Where a kind may not be listed everywhere, each of them is tried.
void Collecting::list_namespaces(Scope& scope, Gathered& gathered) {
  options_.progress("namespaces");
  const Coverage coverage = client_.list(queries_.front(), scope, [&](const Page& page) {
    gathered.add(page);
    if (page.first) scope.known.clear();
    for (const std::string_view item : page.items) {
      std::string line;
      if (!append_object(item, "v1", "Namespace", line)) continue;
      scope.known.push_back(name_of_object(line));
    }
  });
  settle(coverage, cluster_.lists[places_.front()]);
  if (coverage.reading == Reading::absent) return doubt(cluster_.lists[places_.front()]);
  scope.known_are_all = coverage.complete();
}

void Collecting::list_all() {
  plan_lists();
  std::vector<Gathered> gathered;
  gathered.reserve(queries_.size());
  for (const ListQuery& query : queries_) gathered.emplace_back(query.resource);
  Scope scope;
  scope.only = options_.namespaces;
  scope.known = {"istio-system"};
  if (!options_.name_space.empty()) scope.known.push_back(options_.name_space);
  const bool namespaces = !queries_.empty() && queries_.front().resource.kind == "Namespace";
  if (namespaces) list_namespaces(scope, gathered.front());
  const std::size_t from = namespaces ? 1 : 0;
  options_.progress("objects");
  const auto rest = std::span(queries_).subspan(from);
  const auto coverages = client_.lists(
      rest, scope, [&](std::size_t query, const Page& page) { gathered[from + query].add(page); });
  for (std::size_t i = from; i < queries_.size(); ++i) {
    const Coverage coverage = list_alternatives(i, scope, coverages[i - from], gathered[i]);
    settle(coverage, cluster_.lists[places_[i]]);
    if (coverage.reading == Reading::absent && expected_[i]) doubt(cluster_.lists[places_[i]]);
  }
  for (std::size_t i = 0; i < queries_.size(); ++i) {
    ObjectList& list = cluster_.lists[places_[i]];
    list.text = gathered[i].take();
    list.text.shrink_to_fit();
    list.count = static_cast<std::size_t>(std::ranges::count(list.text, '\n'));
    if (gathered[i].broken() == 0) continue;
    list.state = ListState::failed;
    list.reason = fmt::format("{} of the {} that were sent cannot be read", gathered[i].broken(),
                              list.resource);
  }
}

// ConfigMaps hold anything, so none is listed: those of Istio are asked for by their names.
void Collecting::get_config_maps() {
  ObjectList list;
  list.resource = "configmaps";
  list.kind = "ConfigMap";
  list.version = "v1";
  list.state = ListState::partial;
  std::set<std::pair<std::string, std::string>> wanted;
  for (const Istiod& istiod : istiods_) {
    for (const char* const name : {"istio", "istio-sidecar-injector", "values"}) {
      wanted.emplace(istiod.name_space, istiod.revision == "default"
                                            ? std::string(name)
                                            : fmt::format("{}-{}", name, istiod.revision));
    }
    if (!istiod.shared_config.empty()) wanted.emplace(istiod.name_space, istiod.shared_config);
  }
  if (may_run_cilium(cluster_)) wanted.emplace("kube-system", "cilium-config");
  for (const auto& [name_space, name] : wanted) {
    if (client_.ended()) break;
    get_config_map(list, name_space, name);
  }
  list.count = static_cast<std::size_t>(std::ranges::count(list.text, '\n'));
  cluster_.lists.push_back(std::move(list));
}

void Collecting::get_config_map(ObjectList& list, std::string_view name_space,
                                const std::string& name) {
  const ApiResource resource{"", "v1", "configmaps", "ConfigMap", true};
  const Fetched fetched = client_.get(resource, name_space, name);
  if (fetched.reading == Reading::whole) {
    if (append_object(fetched.body, "v1", "ConfigMap", list.text)) return;
  }
  // Cilium's settings are a courtesy; nobody without Cilium grants them. Old charts write no
  // values.
  const bool of_istio = name_space != "kube-system" && !name.starts_with("values");
  const bool needed = of_istio && fetched.reading != Reading::absent;
  if (!needed || !list.reason.empty()) return;
  list.state = state_of(fetched.reading);
  const bool refused = fetched.reading == Reading::forbidden;
  list.reason = refused || !fetched.error
                    ? fmt::format("ConfigMap {}/{} {} be read{}", name_space, name,
                                  refused ? "may not" : "cannot", refused ? " (403 Forbidden)" : "")
                    : fetched.error->message;
  if (fetched.error) list.hint = fetched.error->hint;
}

}  // namespace

Cluster collect(Client& client, const CollectOptions& options, const Pace& pace) {
  return Collecting(client, options, pace).run();
}

}  // namespace meshcheck::live
