// What decides a request to one workload, for `meshcheck inspect --policies`.
#pragma once

#include <span>
#include <string>

#include "meshcheck/authorization_decision.h"

namespace meshcheck {

// The policies in their order of evaluation and the rule that decides, with its place.
std::string policies_text(std::span<const Decision> decisions);
std::string policies_json(std::span<const Decision> decisions);

}  // namespace meshcheck
