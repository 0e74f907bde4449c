// Which versions of istiod and of its chart an installation asks for.
#pragma once

#include <optional>
#include <string>

#include "mesh/declaration.h"

namespace meshcheck {

struct DeclaredVersions {
  std::optional<Version> istiod;
  std::string from;      // how istiod's is known: "image tag", "chart version", "assumed"
  Version chart;         // decides defaults
  bool assumed = false;  // nothing in the input tells the chart's
};

DeclaredVersions declared_versions(const Declaration& declaration, const BuildOptions& options);

}  // namespace meshcheck
