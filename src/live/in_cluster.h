// The credentials that Kubernetes gives to a pod.
#pragma once

#include <optional>
#include <string>

#include "live/host.h"

namespace meshcheck::live {

struct InCluster {
  std::string server;
  std::string ca_file;
  std::string token_file;
  std::string name_space;
};

// Nullopt where we run in no pod, or in one without a service account's token.
std::optional<InCluster> in_cluster(const Host& host);

}  // namespace meshcheck::live
