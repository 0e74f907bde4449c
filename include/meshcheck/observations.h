// What a running mesh or files saved from one say about it, and what pins the tools around it:
// facts that are no Kubernetes objects.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/metrics.h"
#include "meshcheck/proxy_status.h"
#include "meshcheck/tool_pin.h"
#include "meshcheck/version_report.h"

namespace meshcheck {

// A kind of which a live cluster was asked. Where it answered, what is not in the answer does not
// exist; where it did not, nothing is known.
struct ListedKind {
  std::string kind;
  bool everywhere = false;              // in all namespaces, or cluster-wide
  std::vector<std::string> namespaces;  // else those that could be listed one by one

  bool holds(std::string_view name_space) const;
};

// What an istiod was asked for and did not answer.
struct Unanswered {
  std::string path;    // "/debug/syncz", "/version", "/metrics"
  std::string reason;  // a sentence without its stop
};

struct Observations {
  std::vector<StatusSnapshot> proxy_status;  // --proxy-status, in the order given
  std::vector<MetricsFile> metrics;          // --metrics, in the order given
  std::vector<VersionReport> versions;       // --versions, in the order given
  std::vector<ToolPin> tool_pins;            // of istioctl, by file and line
  std::vector<ListedKind> listed;            // of a live cluster; empty where there is none

  std::vector<Unanswered> unanswered;  // of a live cluster

  // Why there is no answer to the path, where istiods of a cluster were asked; else `not_asked`.
  std::string why_unanswered(std::string_view path, std::string_view not_asked) const;
  // An istiod that did not answer to the path, while others may have; else null.
  const Unanswered* find_unanswered(std::string_view path) const;
  // Null where the cluster was not asked for the kind.
  const ListedKind* find_listed(std::string_view kind) const;
  // A cluster was read, live or from a snapshot.
  bool of_cluster() const { return !listed.empty(); }
};

}  // namespace meshcheck
