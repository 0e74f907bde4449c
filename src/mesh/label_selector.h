// Reads label selectors from manifests and from chart values.
#pragma once

#include "mesh/helm_value.h"
#include "meshcheck/document.h"
#include "meshcheck/injection.h"

namespace meshcheck {

LabelSelector read_selector(Node selector);
LabelSelector read_selector(const HelmValue& selector);

}  // namespace meshcheck
