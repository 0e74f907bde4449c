// Which values files are the layers of one release, as `helm install -f … -f …` lays them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/document.h"

namespace meshcheck {

// The values files of one release, the lowest first.
using ValuesLayers = std::vector<Node>;

// The values file that `root` is laid over: `values.yaml` beside `values-prod.yaml`,
// `values.prod.yaml` or `prod-values.yaml`; missing where there is none, or where `root` holds keys
// that are another chart's.
Node find_base(Node root, std::span<const Node> values);

// Groups values files into releases: files named with --values lie one on the other in the order of
// `named`, as long as they name one revision; a base lies below each of its overlays and is no
// release of its own.
std::vector<ValuesLayers> layer_files(std::span<const Node> values,
                                      std::span<const std::string> named);

// The environment that a file is for, by its name or the nearest folder's: "prod" of
// `envs/prod/values.yaml` and of `values-prod.yaml`; empty where none says so.
std::string environment_of(std::string_view file);

}  // namespace meshcheck
