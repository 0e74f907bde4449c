#include "cli/live_gaps.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "live/istiods.h"

namespace meshcheck::cli {
namespace {

using live::Cluster;
using live::ListState;
using live::ObjectList;

using Lists = std::vector<const ObjectList*>;

// "pods, services and 24 more kinds".
std::string names_of(const Lists& lists) {
  constexpr std::size_t kNamed = 5;
  std::vector<std::string> names;
  for (const ObjectList* list : lists) {
    if (names.size() < kNamed) names.push_back(full_name(*list));
  }
  std::string all = fmt::format("{}", fmt::join(names, ", "));
  if (lists.size() > kNamed) all += fmt::format(" and {} more kinds", lists.size() - kNamed);
  return all;
}

// "namespace shop", "namespaces pay and shop", "40 namespaces".
std::string in_words(const std::vector<std::string>& namespaces) {
  constexpr std::size_t kNamed = 5;
  if (namespaces.size() == 1) return "namespace " + namespaces.front();
  if (namespaces.size() > kNamed) return fmt::format("{} namespaces", namespaces.size());
  return fmt::format("namespaces {}", fmt::join(namespaces, ", "));
}

// The rights that this very cluster asks for: of its ConfigMaps each is granted by its name.
std::string rbac_of(const Cluster& cluster) {
  std::vector<live::Istiod> istiods;
  live::find_istiods(cluster, istiods);
  std::set<std::string> flags;
  for (const live::Istiod& istiod : istiods) {
    if (istiod.name_space != "istio-system") {
      flags.insert(" --istio-namespace " + istiod.name_space);
    }
    if (istiod.revision != "default") flags.insert(" --revision " + istiod.revision);
    if (!istiod.shared_config.empty()) {
      flags.insert(" --shared-mesh-config " + istiod.shared_config);
    }
  }
  return fmt::format(
      "an administrator grants it: meshcheck rbac{} | kubectl apply -f -, and a "
      "binding",
      fmt::join(flags, ""));
}

// The lists, by what keeps them from being whole.
class Gaps {
 public:
  explicit Gaps(const Cluster& cluster) : cluster_(cluster) {
    for (const ObjectList& list : cluster.lists) add(list);
  }

  std::vector<Error> errors() {
    for (const auto& [cause, lists] : causes_) {
      say(lists.size() == 1 ? lists.front()->reason
                            : fmt::format("listing {}: {}", names_of(lists), cause),
          lists.front()->hint);
    }
    for (const auto& [namespaces, lists] : only_in_) {
      say(fmt::format(
              "{} were read in {} only: the whole cluster may not be listed (403 Forbidden)",
              names_of(lists), in_words(namespaces)),
          rbac_of(cluster_) + fmt::format("; or read less: --namespace {}",
                                          fmt::join(namespaces, " --namespace ")));
    }
    say_forbidden();
    return std::move(errors_);
  }

 private:
  void add(const ObjectList& list) {
    if (list.state == ListState::forbidden) {
      forbidden_.push_back(&list);
    } else if (list.state == ListState::partial && !list.namespaces.empty() &&
               cause_of(list).starts_with("403")) {
      add_to(only_in_, list.namespaces, list);
    } else if (const std::string cause = cause_of(list); !cause.empty()) {
      add_to(causes_, cause, list);
    } else if (!list.reason.empty()) {
      say(list.reason, list.hint);
    } else if (list.inconsistent) {
      say(fmt::format("the list of {} expired while it was read: objects may be missing",
                      full_name(list)),
          "run again when the cluster is calmer");
    }
  }

  // What a reason says beside the kind and the request that it is of.
  static std::string cause_of(const ObjectList& list) {
    const std::string of_kind = fmt::format("listing {}: ", full_name(list));
    if (!list.reason.starts_with(of_kind)) return {};
    return list.reason.substr(of_kind.size(), list.reason.rfind(" (audit id ") - of_kind.size());
  }

  template <class Key>
  static void add_to(std::vector<std::pair<Key, Lists>>& groups, const Key& key,
                     const ObjectList& list) {
    auto known = std::ranges::find(groups, key, &std::pair<Key, Lists>::first);
    if (known == groups.end()) known = groups.insert(known, {key, {}});
    known->second.push_back(&list);
  }

  void say_forbidden() {
    if (forbidden_.empty()) return;
    // They are read one by one, and the first that was refused is known.
    if (forbidden_.size() == 1 && forbidden_.front()->kind == "ConfigMap") {
      return say(forbidden_.front()->reason, rbac_of(cluster_));
    }
    const bool anonymous = std::ranges::any_of(forbidden_, [](const ObjectList* list) {
      return list->reason.find("\"system:anonymous\"") != std::string::npos;
    });
    say(fmt::format("{} may not be listed{} (403 Forbidden)", names_of(forbidden_),
                    anonymous ? " by system:anonymous" : ""),
        anonymous ? "the kubeconfig's user has no credentials that the server knows: log in, or "
                    "name another --user or --context"
                  : rbac_of(cluster_) + "; or read less: --select, --namespace");
  }

  void say(std::string message, std::string hint) {
    errors_.push_back(fail(cluster_.name, std::move(message), std::move(hint)));
  }

  const Cluster& cluster_;
  std::vector<Error> errors_;
  Lists forbidden_;
  std::vector<std::pair<std::vector<std::string>, Lists>> only_in_;  // by the namespaces read
  std::vector<std::pair<std::string, Lists>> causes_;
};

}  // namespace

std::string full_name(const ObjectList& list) {
  return list.group.empty() ? list.resource : fmt::format("{}.{}", list.resource, list.group);
}

std::vector<Error> gaps_of(const Cluster& cluster) { return Gaps(cluster).errors(); }

}  // namespace meshcheck::cli
