// What the user says about the mesh beside the mesh itself: in meshcheck.yaml and by flags.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "meshcheck/day.h"
#include "meshcheck/quantity.h"

namespace meshcheck {

// What the sidecars of one namespace, or of all namespaces of one team, may request together.
struct Budget {
  std::string name_space;  // either this …
  std::string team;        // … or this, the value of the namespaces' team label
  std::optional<Quantity> cpu;
  std::optional<Quantity> memory;
};

// Where access logs are wanted for now.
struct Investigation {
  std::string name_space;
  std::string workload;      // empty: the whole namespace
  std::optional<Day> until;  // to the end of that day
  std::string reason;
};

// --node-allocatable cpu=4,memory=16Gi,count=10
struct NodeCapacity {
  std::optional<Quantity> cpu;     // of one node
  std::optional<Quantity> memory;  // of one node
  std::int64_t count = 1;
};

struct Settings {
  std::string team_label = "team";  // the namespaces' label that names who owns them
  std::vector<Budget> budgets;
  std::vector<Investigation> investigations;
  std::map<std::string, double, std::less<>> requests_per_second;  // by "namespace/workload"
  std::map<std::string, Day, std::less<>> support;  // last day of support, by minor: "1.29"
  std::optional<NodeCapacity> nodes;
  std::optional<Version> kubernetes;  // --kube-version
};

}  // namespace meshcheck
