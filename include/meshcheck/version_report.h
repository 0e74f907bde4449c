// What `istioctl version` said about a mesh: its own version, its istiods' and its proxies'.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "meshcheck/location.h"
#include "meshcheck/quantity.h"

namespace meshcheck {

struct ReportedVersion {
  std::string text;                // "1.30.3", "unknown"
  std::optional<Version> version;  // nullopt where the text is none
  Location at;
};

// The saved output of one run.
struct VersionReport {
  struct Istiod {
    std::string revision;  // empty in the text form, which names none
    ReportedVersion version;
  };
  // All proxies of one version and type.
  struct Proxies {
    ReportedVersion version;
    std::string type;  // "sidecar", "gateway", "ztunnel", …; empty in the text form
    std::size_t count = 0;
  };

  std::string file;
  std::optional<ReportedVersion> client;  // istioctl itself
  std::vector<Istiod> istiods;            // of each revision and version, the first pod
  std::vector<Proxies> proxies;
};

}  // namespace meshcheck
