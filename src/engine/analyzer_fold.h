// One cause, one finding, also where istioctl analyze found it too.
#pragma once

#include <vector>

#include "meshcheck/finding.h"

namespace meshcheck {

// A message of istioctl analyze about the cause and the object of a finding of ours becomes a
// `related` of that finding and lends it its severity where that is graver.
void fold_analyzer_messages(std::vector<Finding>& findings);

}  // namespace meshcheck
