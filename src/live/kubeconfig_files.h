// Which kubeconfigs there are, read and added up.
#pragma once

#include <string>
#include <vector>

#include "live/host.h"
#include "live/kubeconfig.h"
#include "meshcheck/result.h"

namespace meshcheck::live {

struct LoadedKubeconfigs {
  Kubeconfig config;               // paths in it are absolute
  std::vector<std::string> files;  // that were read, as they were named
  std::string searched;            // where files were looked for, in words
  std::vector<std::string> warnings;
  std::vector<Error> errors;  // of every file
};

// `flag` (--kubeconfig) alone, and it must exist; else those that KUBECONFIG names, else
// $HOME/.kube/config: what does not exist of these is passed over.
LoadedKubeconfigs load_kubeconfigs(const std::string& flag, const Host& host);

}  // namespace meshcheck::live
