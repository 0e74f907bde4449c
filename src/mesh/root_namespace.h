// Where the policies lie that are mesh-wide, and for whom; for src/mesh only.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/mesh.h"

namespace meshcheck {

// The rootNamespace of every control plane. Those of one cluster need not share it: then a policy
// in one's root is mesh-wide for that one's workloads and for nobody else. After gateways and
// workloads.
class RootNamespaces {
 public:
  explicit RootNamespaces(const Mesh& mesh);

  bool has(std::string_view name_space) const;
  // No mesh configuration and no istiod in the input tells it: Istio's default is taken.
  bool assumed() const { return planes_.empty(); }
  bool several() const { return names_.size() > 1; }
  // Sorted, without double ones, never empty.
  const std::vector<std::string>& names() const { return names_; }

  // Of the control plane that configures it; empty where control planes differ and the input does
  // not tell which one that is.
  std::string_view of(const Workload& workload) const;
  std::string_view of(const PolicyTarget& target) const;
  // Of the one that injects what runs in the namespace.
  std::string_view of_namespace(std::string_view name_space) const;

 private:
  struct Plane {
    std::string revision;
    std::string root;
  };
  void add(std::string_view revision, std::string_view root);
  std::string_view of_revision(std::string_view revision) const;

  const Mesh& mesh_;
  std::vector<Plane> planes_;
  std::vector<std::string> names_;
  std::map<const Resource*, std::string_view> gateway_revisions_;
};

}  // namespace meshcheck
