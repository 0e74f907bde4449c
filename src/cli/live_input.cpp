#include "cli/live_input.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "cli/live_gaps.h"
#include "input/metrics.h"
#include "input/proxy_status.h"
#include "live/istiods.h"
#include "meshcheck/version_report.h"

namespace meshcheck::cli {
namespace {

using live::Cluster;
using live::IstiodAnswer;
using live::ListState;
using live::ObjectList;

constexpr std::string_view kBegin = "<live ";

std::string live_name(const Cluster& cluster, std::string_view what) {
  return fmt::format("{}{}>/{}", kBegin, cluster.name, what);
}

constexpr std::string_view kStatus = "/debug/syncz";

std::chrono::sys_seconds time_of(const IstiodAnswer& answer) {
  return std::chrono::sys_seconds(std::chrono::seconds(answer.at));
}

std::string how_to_see(const IstiodAnswer& answer) {
  if (answer.pod.empty()) return "see what istioctl proxy-status prints";
  return fmt::format(
      "see what it answers: kubectl -n {} port-forward {} 15014, and curl localhost:15014{}",
      answer.name_space, answer.pod, kStatus);
}

// What several replicas say of their own connections is one picture.
void lay_together(std::vector<StatusSnapshot> read, const IstiodAnswer& answer,
                  std::optional<StatusSnapshot>& whole, std::vector<StatusSnapshot>& others) {
  for (StatusSnapshot& snapshot : read) {
    snapshot.live = true;
    // An answer without a time is none later than another.
    for (ProxyStatus& proxy : snapshot.proxies) proxy.seen = time_of(answer);
    if (answer.at != 0) snapshot.taken = time_of(answer);
    snapshot.revisions.insert(answer.revision);
    if (!snapshot.by_replica) {
      others.push_back(std::move(snapshot));
    } else if (!whole) {
      whole = std::move(snapshot);
    } else {
      whole->replicas += snapshot.replicas;
      whole->taken = std::max(whole->taken, snapshot.taken);
      whole->revisions.merge(snapshot.revisions);
      std::ranges::move(snapshot.proxies, std::back_inserter(whole->proxies));
    }
  }
}

void observe_status(const Cluster& cluster, Observations& observed, std::vector<Error>& errors) {
  const std::string name = live_name(cluster, kStatus.substr(1));
  bool by_istioctl = false;
  for (std::size_t look = 0;; ++look) {
    const auto answers = live::status_answers(cluster, look);
    if (answers.empty()) return;
    std::optional<StatusSnapshot> whole;
    std::vector<StatusSnapshot> others;
    for (const IstiodAnswer* answer : answers) {
      auto snapshots = live::read_status(*answer, name);
      if (snapshots) {
        lay_together(*std::move(snapshots), *answer, whole, others);
        continue;
      }
      const std::string reason =
          fmt::format("what {} says of its proxies {}",
                      answer->pod.empty() ? "istioctl" : answer->pod, snapshots.error().message);
      observed.unanswered.push_back({std::string(kStatus), reason});
      errors.push_back(fail(cluster.name, reason, how_to_see(*answer)));
    }
    // By istioctl's clock, ours, nothing is told of what was seen by an istiod's.
    const bool other_way = answers.back()->path == live::kIstioctlStatus;
    if (look > 0 && other_way != by_istioctl) observed.proxy_status.clear();
    by_istioctl = other_way;
    if (whole) observed.proxy_status.push_back(*std::move(whole));
    std::ranges::move(others, std::back_inserter(observed.proxy_status));
  }
}

// "1.30.3-<commit>-Clean", or JSON (istio: pkg/version/version.go).
std::string_view version_in(std::string_view text) {
  const std::size_t begin = text.find_first_of("0123456789");
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin);
  const std::size_t commit = text.find_first_not_of("0123456789.");
  std::string_view version = text.substr(0, commit);
  if (commit == std::string_view::npos) return version;
  for (const std::string_view kind : {"-alpha.", "-beta.", "-rc."}) {
    if (!text.substr(commit).starts_with(kind)) continue;
    const std::size_t end = text.find_first_not_of("0123456789", commit + kind.size());
    return text.substr(0, end);
  }
  return version;
}

void observe_versions(const Cluster& cluster, Observations& observed) {
  VersionReport report;
  report.file = live_name(cluster, "version");
  for (const IstiodAnswer& answer : cluster.answers) {
    if (answer.path != "/version" || answer.text.empty()) continue;
    VersionReport::Istiod istiod;
    istiod.revision = answer.revision;
    istiod.version.text = version_in(answer.text);
    istiod.version.version = Version::parse(istiod.version.text);
    istiod.version.at.file = report.file;
    const bool known = std::ranges::any_of(report.istiods, [&](const auto& other) {
      return other.revision == istiod.revision && other.version.text == istiod.version.text;
    });
    if (!known) report.istiods.push_back(std::move(istiod));
  }
  if (!report.istiods.empty()) observed.versions.push_back(std::move(report));
}

void observe_metrics(const Cluster& cluster, Observations& observed) {
  for (const IstiodAnswer& answer : cluster.answers) {
    if (answer.path != "/metrics" || answer.text.empty()) continue;
    Source source;
    source.name = live_name(cluster, answer.pod + "/metrics");
    source.text = answer.text;
    auto metrics = read_metrics(source);
    if (!metrics) {
      observed.unanswered.push_back(
          {answer.path,
           fmt::format("{} of {}: {}", answer.path, answer.pod, metrics.error().message)});
      continue;
    }
    metrics->revision = answer.revision;
    metrics->name_space = answer.name_space;
    metrics->pod = answer.pod;
    observed.metrics.push_back(*std::move(metrics));
  }
}

// An istiod that says nothing while others do takes its proxies out of the picture. Where none
// does, the right or the interface is missing, and point 7 says that it was not judged.
void add_silent(const Cluster& cluster, std::vector<Error>& errors) {
  std::vector<const IstiodAnswer*> silent;
  bool any = false;
  for (const IstiodAnswer& answer : cluster.answers) {
    if (answer.path != kStatus) continue;
    if (answer.problem.empty()) {
      any = true;
    } else if (std::ranges::find(silent, answer.pod, &IstiodAnswer::pod) == silent.end()) {
      silent.push_back(&answer);
    }
  }
  if (!any || silent.empty()) return;
  const IstiodAnswer& first = *silent.front();
  errors.push_back(fail(
      cluster.name,
      fmt::format("{}{} did not tell the state of {} proxies: {}", first.pod,
                  silent.size() > 1 ? fmt::format(" and {} more istiods", silent.size() - 1) : "",
                  silent.size() > 1 ? "their" : "its", first.problem),
      first.hint.empty() ? "see whether its pod is ready, and run again" : first.hint));
}

bool is_identity(const Resource& live, const Resource& other) {
  return live.group() == other.group() && live.kind() == other.kind();
}

// The live objects that no file stands in for, then the files'.
std::vector<const Document*> laid_over(std::span<const Document* const> documents,
                                       const std::string& prefix, const PartitionOptions& how) {
  std::vector<const Document*> files;
  ResourceIndex index;
  for (const Document* document : documents) {
    if (is_live_name(document->source->name)) continue;
    files.push_back(document);
    index.add(document->root(), how.default_namespace.empty() ? "default" : how.default_namespace);
  }
  std::vector<const Document*> all;
  for (const Document* document : documents) {
    if (!document->source->name.starts_with(prefix)) continue;
    const Resource object(document->root(), "");
    const Resource* other = index.find(object.kind(), object.name_space(), object.name());
    if (other == nullptr || !is_identity(object, *other)) all.push_back(document);
  }
  all.insert(all.end(), files.begin(), files.end());
  return all;
}

// "<live prod>/debug/syncz" is no file that a reader could open.
void forget_names(std::string& text) {
  for (std::size_t at = text.find(kBegin); at != std::string::npos; at = text.find(kBegin, at)) {
    const std::size_t end = text.find(">/", at);
    if (end == std::string::npos) return;
    text.erase(at, end + 1 - at);
  }
}

}  // namespace

std::vector<Error> unread_of(const live::Snapshot& snapshot) {
  std::vector<Error> errors;
  for (const Cluster& cluster : snapshot.clusters) {
    if (!cluster.failure.empty()) {
      errors.push_back(fail(cluster.name, cluster.failure, cluster.hint));
      continue;
    }
    const std::size_t known = errors.size();
    std::ranges::move(gaps_of(cluster), std::back_inserter(errors));
    if (cluster.interrupted.empty()) add_silent(cluster, errors);
    if (errors.size() == known && !cluster.interrupted.empty()) {
      errors.push_back(fail(cluster.name,
                            "asking istiods about their proxies: " + cluster.interrupted,
                            "give it longer: --live-timeout"));
    }
  }
  return errors;
}

std::vector<LiveText> texts_of(const live::Snapshot& snapshot) {
  std::vector<LiveText> texts;
  for (const Cluster& cluster : snapshot.clusters) {
    for (const ObjectList& list : cluster.lists) {
      if (!list.text.empty()) texts.push_back({live_name(cluster, full_name(list)), list.text});
    }
  }
  return texts;
}

bool is_live_name(std::string_view file) { return file.starts_with(kBegin); }

void observe(const Cluster& cluster, Observations& observed, std::vector<Error>& errors) {
  for (const ObjectList& list : cluster.lists) {
    ListedKind& known = observed.listed.emplace_back();
    known.kind = list.kind;
    // Whole is also what --namespace asked for and got.
    known.everywhere = (list.state == ListState::whole || list.state == ListState::absent) &&
                       list.namespaces.empty() && !list.inconsistent;
    known.namespaces = list.namespaces;
  }
  for (const IstiodAnswer& answer : cluster.answers) {
    if (!answer.problem.empty()) observed.unanswered.push_back({answer.path, answer.problem});
  }
  observe_status(cluster, observed, errors);
  observe_versions(cluster, observed);
  observe_metrics(cluster, observed);
}

Meshes live_meshes(const live::Snapshot& snapshot, std::span<const Document* const> documents,
                   std::span<const Observations> observed, PartitionOptions how) {
  Meshes meshes;
  const bool several = snapshot.clusters.size() > 1;
  for (std::size_t i = 0; i < snapshot.clusters.size(); ++i) {
    const Cluster& cluster = snapshot.clusters[i];
    if (!cluster.failure.empty()) continue;
    how.build.observed = &observed[i];
    const auto own = laid_over(documents, live_name(cluster, ""), how);
    add_mesh(several ? cluster.name : "", own, how, meshes);
  }
  return meshes;
}

void forget_places(Report& report) {
  for (NotEvaluated& entry : report.not_evaluated) forget_names(entry.reason);
  for (Point& point : report.points) forget_names(point.reason);
  const auto forget = [](std::optional<Location>& at) {
    if (at && is_live_name(at->file)) at.reset();
  };
  for (Finding& finding : report.findings) {
    forget(finding.location);
    if (finding.values && is_live_name(finding.values->provenance)) {
      finding.values->provenance.clear();
    }
    if (report.clusters.size() > 1 && !finding.mesh.empty()) {
      finding.logical = fmt::format("{}/{}", finding.mesh, finding.logical);
    }
    for (Related& related : finding.related) forget(related.location);
  }
}

std::vector<ClusterRead> describe_clusters(const live::Snapshot& snapshot) {
  std::vector<ClusterRead> clusters;
  for (const Cluster& cluster : snapshot.clusters) {
    ClusterRead& read = clusters.emplace_back();
    read.name = cluster.name;
    read.server = cluster.server;
    read.version = cluster.version;
    read.user = cluster.user;
    read.insecure = cluster.insecure;
    read.taken = snapshot.taken;
    read.reached = cluster.failure.empty();
    for (const ObjectList& list : cluster.lists) {
      // What expired while it was read may lack objects.
      const ListState state = list.inconsistent ? ListState::partial : list.state;
      read.lists.push_back({full_name(list), std::string(live::to_string(state)), list.count});
    }
  }
  return clusters;
}

}  // namespace meshcheck::cli
