// A place outside the manifests that says which istioctl is installed: a Dockerfile, a CI workflow,
// a Makefile, an asdf or mise file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "meshcheck/location.h"
#include "meshcheck/quantity.h"

namespace meshcheck {

struct ToolPin {
  enum class Kind : std::uint8_t {
    exact,   // one version
    range,   // "1.*", "~1.29": whatever fits on the day
    latest,  // by that word, or for want of any version
  };
  Kind kind = Kind::exact;
  std::string text;                // as written; empty where no version is
  std::optional<Version> version;  // of an exact one; the minor of a range within one
  // What holds it, as people call it: "ISTIO_VERSION", "downloadIstio", "image istio/istioctl".
  std::string name;
  Location at;  // of the version, or of what downloads without one
};

}  // namespace meshcheck
