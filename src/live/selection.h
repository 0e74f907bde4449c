// What kubeconfig and flags choose, before any file that it names is read.
#pragma once

#include <string>
#include <vector>

#include "live/find_access.h"
#include "live/kubeconfig.h"
#include "live/kubeconfig_files.h"

namespace meshcheck::live {

struct Selection {
  std::string context;  // names of entries; empty where there is none
  std::string cluster_name;
  std::string user_name;
  std::string name_space;
  ClusterEntry cluster;
  UserEntry user;
};

// The context that the flag or the files say, or the pod's own where they say nothing; the flags
// over it. Adds what is wrong to `errors`, and what is strange to `warnings`.
Selection select(const LoadedKubeconfigs& loaded, const AccessFlags& flags, const Host& host,
                 std::vector<Error>& errors, std::vector<std::string>& warnings);

// What cannot be used as it stands (client-go: tools/clientcmd/validation.go), in its words. Reads
// no file.
void validate(const Selection& selection, std::vector<Error>& errors);
// What it names and cannot be read.
void check_files(const Selection& selection, std::vector<Error>& errors);

}  // namespace meshcheck::live
