// A folder of objects and fake istiods, as tests keep a cluster.
#pragma once

#include <filesystem>
#include <vector>

#include "kubeapi/objects.h"
#include "kubeapi/server.h"

namespace meshcheck::kubeapi {

struct Folder {
  std::vector<Json> objects;
  std::vector<Istiod> istiods;
};

// Files in the order of their names, so that what replaces what does not depend on the disk.
Folder read_folder(const std::filesystem::path& folder);

}  // namespace meshcheck::kubeapi
