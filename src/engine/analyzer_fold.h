// One cause, one finding, also where istioctl analyze found it too.
#pragma once

#include <functional>
#include <vector>

#include "meshcheck/finding.h"

namespace meshcheck {

// A message of istioctl analyze about the cause and the object of a finding of ours becomes a
// `related` of that finding and lends it its severity where that is graver.
// Where `chosen` says that a finding's severity is the user's choice it is not raised: a graver
// message stands on its own beside it.
void fold_analyzer_messages(std::vector<Finding>& findings,
                            const std::function<bool(const Finding&)>& chosen = {});

}  // namespace meshcheck
