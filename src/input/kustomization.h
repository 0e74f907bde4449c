// What a kustomization says about the files beside it, as far as it can be known without rendering.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/finding.h"

namespace meshcheck {

// kustomization.yaml, kustomization.yml or Kustomization, the names that kustomize looks for.
bool is_kustomization(std::string_view file);

// The files that it names as patches, as they appear in Location::file.
std::vector<std::string> patch_files(const Document& kustomization);

// MC006 where it changes what its files say: those are then not what reaches the cluster.
std::optional<Finding> unrendered(const Document& kustomization);

}  // namespace meshcheck
