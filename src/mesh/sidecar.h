// Reads the effective sidecar of each workload; for src/mesh only.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "mesh/limit_range.h"
#include "mesh/native_sidecar.h"
#include "meshcheck/mesh.h"

namespace meshcheck {

// After injectors and control planes.
class Sidecars {
 public:
  explicit Sidecars(const Mesh& mesh);

  // The proxy that the pods of `workload` run, once injection has been decided.
  std::optional<Sidecar> of(const Workload& workload) const;
  // What they would run, where the input does not tell whether they are injected.
  std::optional<Sidecar> likely(const Workload& workload) const;

 private:
  std::optional<Sidecar> made(const Workload& workload, const std::string& revision) const;
  Sidecar injected(const Workload& workload, const std::string& revision, Node container) const;
  void add_defaults(const Workload& workload, const std::string& revision, Sidecar& sidecar) const;

  LimitRanges limit_ranges_;
  NativeSidecars native_;
  std::map<std::string, const Injector*, std::less<>> injectors_;  // by revision
};

}  // namespace meshcheck
