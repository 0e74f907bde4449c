// Whether an injector makes its sidecars native: init containers that keep running.
#pragma once

#include <optional>
#include <string_view>

#include "meshcheck/mesh.h"

namespace meshcheck {

// What --kube-version says, else the oldest of the Nodes in the input.
std::optional<Version> oldest_kubelet(const Mesh& mesh);

class NativeSidecars {
 public:
  explicit NativeSidecars(const Mesh& mesh);

  // Nullopt where neither the pod's annotation nor istiod's version and environment decide, or
  // where they leave it to the kubelets and those are not known (istio: pkg/kube/inject/inject.go,
  // DetectNativeSidecar).
  std::optional<bool> of(Node annotations, std::string_view revision,
                         const Injector* injector) const;

 private:
  const Mesh& mesh_;
  std::optional<Version> kubelet_;
};

}  // namespace meshcheck
