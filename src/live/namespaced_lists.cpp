#include "live/namespaced_lists.h"

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

#include "input/parallel.h"

namespace meshcheck::live {

namespace {

constexpr std::size_t kMostNamespaces = 500;

// One list to read.
struct Job {
  std::size_t query = 0;
  std::string name_space;  // empty: all
};

// The listed namespaces, sorted, each once; what is above the limit goes to `left_out`.
std::vector<std::string> tried(std::vector<std::string> names, std::vector<std::string>* left_out) {
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  if (names.size() > kMostNamespaces && left_out != nullptr) {
    left_out->assign(names.begin() + kMostNamespaces, names.end());
    names.resize(kMostNamespaces);
  }
  return names;
}

Coverage of_all(const ApiResource& resource, Listed listed) {
  Coverage coverage;
  coverage.resource = resource;
  coverage.reading = listed.reading;
  coverage.objects = listed.objects;
  coverage.resource_version = std::move(listed.resource_version);
  coverage.at = listed.at;
  coverage.inconsistent = listed.inconsistent;
  coverage.error = std::move(listed.error);
  return coverage;
}

class Lists {
 public:
  Lists(Caller& caller, std::span<const ListQuery> queries, const PagesFn& page)
      : caller_(caller), queries_(queries), page_(page) {
    for (std::size_t i = 0; i < workers(); ++i) listers_.emplace_back(caller);
  }

  std::vector<Listed> run(const std::vector<Job>& jobs) {
    std::vector<Listed> results(jobs.size());
    in_parallel(workers(), jobs.size(), [&](std::size_t worker, std::size_t index) {
      const Job& job = jobs[index];
      results[index] =
          listers_[worker].list(queries_[job.query], job.name_space, [&](const Page& page) {
            const std::scoped_lock lock(mutex_);
            page_(job.query, page);
          });
    });
    return results;
  }

 private:
  std::size_t workers() const { return std::max<std::size_t>(caller_.options().parallel, 1); }

  Caller& caller_;
  std::span<const ListQuery> queries_;
  const PagesFn& page_;
  std::mutex mutex_;
  std::vector<Lister> listers_;
};

// The lists of single namespaces, `names` for each of `queries`.
std::vector<Job> jobs_of(const std::vector<std::size_t>& queries,
                         const std::vector<std::string>& names) {
  std::vector<Job> jobs;
  for (const std::size_t query : queries) {
    for (const auto& name : names) jobs.push_back({query, name});
  }
  return jobs;
}

}  // namespace

std::vector<Coverage> list_all(Caller& caller, std::span<const ListQuery> queries,
                               const Scope& scope, const PagesFn& page) {
  std::vector<Coverage> coverages(queries.size());
  Lists lists(caller, queries, page);
  const auto read_each = [&](const std::vector<std::size_t>& wanted,
                             const std::vector<std::string>& names, const Parts& common) {
    auto results = lists.run(jobs_of(wanted, names));
    auto result = results.begin();
    for (const std::size_t query : wanted) {
      Parts parts = common;
      parts.denied = std::move(coverages[query].error);
      for (const auto& name : names) parts.parts.push_back({name, std::move(*result++)});
      coverages[query] = unite(queries[query].resource, parts);
      // Each of all namespaces is the cluster.
      if (parts.denied && coverages[query].complete()) coverages[query].namespaces.clear();
    }
  };

  std::vector<Job> whole;
  std::vector<std::size_t> split;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    if (scope.only.empty() || !queries[i].resource.namespaced) {
      whole.push_back({i, {}});
    } else {
      split.push_back(i);
    }
  }
  auto results = lists.run(whole);
  std::vector<std::size_t> denied;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const std::size_t query = whole[i].query;
    coverages[query] = of_all(queries[query].resource, std::move(results[i]));
    const bool by_namespace = coverages[query].reading == Reading::forbidden &&
                              queries[query].resource.namespaced && !scope.known.empty();
    if (by_namespace) denied.push_back(query);
  }
  read_each(split, tried(scope.only, nullptr), {});
  Parts fallback;
  fallback.are_all = scope.known_are_all;
  const auto known = tried(scope.known, &fallback.untried);
  read_each(denied, known, fallback);
  return coverages;
}

Coverage unite(const ApiResource& resource, const Parts& parts) {
  Coverage coverage;
  coverage.resource = resource;
  coverage.unread = parts.untried;
  const Listed* worst = nullptr;
  bool present = false;
  for (const auto& [name, listed] : parts.parts) {
    coverage.objects += listed.objects;
    coverage.inconsistent = coverage.inconsistent || listed.inconsistent;
    if (!coverage.at) coverage.at = listed.at;
    if (listed.reading == Reading::whole || listed.reading == Reading::absent) {
      present = present || listed.reading == Reading::whole;
      coverage.namespaces.push_back(name);
      continue;
    }
    coverage.unread.push_back(name);
    // A failure says more than a right that is missing.
    if (worst == nullptr || worst->reading == Reading::forbidden) worst = &listed;
  }
  std::ranges::sort(coverage.unread);
  if (worst != nullptr) coverage.error = worst->error;
  const bool gap = worst != nullptr || !parts.untried.empty() || !parts.are_all;
  if (parts.denied && gap && (worst == nullptr || worst->reading == Reading::forbidden)) {
    coverage.error = parts.denied;
  }
  if (coverage.namespaces.empty() && worst != nullptr) {
    coverage.reading = worst->reading;
  } else if (gap) {
    coverage.reading = Reading::partial;
  } else {
    coverage.reading = present || parts.parts.empty() ? Reading::whole : Reading::absent;
  }
  return coverage;
}

}  // namespace meshcheck::live
