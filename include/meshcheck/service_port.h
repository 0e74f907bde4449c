// What istiod takes the ports of Services for, and which workloads answer on them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/mesh.h"

namespace meshcheck {

// The protocol that a Service's port declares, in lower case ("http", "grpc-web", "tcp"); empty
// where it declares none, so that istiod guesses from the first bytes.
std::string declared_protocol(Node port);

// Finds the workloads that labels select without a look at all of them.
class WorkloadIndex {
 public:
  explicit WorkloadIndex(const Mesh& mesh);
  // Those with all of the labels; none for no labels.
  std::vector<const Workload*> selected(std::string_view name_space, Node labels) const;
  const std::vector<const Workload*>& in_namespace(std::string_view name_space) const;

 private:
  std::unordered_map<std::string, std::vector<const Workload*>> by_label_;
  std::unordered_map<std::string, std::vector<const Workload*>> by_namespace_;
};

// The Services whose only known caller is the API server: of webhooks, APIServices, conversions.
class ApiServerCalls {
 public:
  explicit ApiServerCalls(const Mesh& mesh);
  bool reaches(const Resource& service, Node port) const;

 private:
  void add(Node service);
  std::unordered_map<std::string, std::vector<std::int64_t>> ports_;
};

}  // namespace meshcheck
