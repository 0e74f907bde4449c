// Documents that cannot be parsed, where the rule that tells of them was not selected.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "engine/select.h"
#include "meshcheck/report.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

// Of each MC001 that nobody will see, unless it is ignored by name, everywhere or where it stands
// (`ignored`, which may be empty): a run of a few rules must not pass because what they look at is
// broken.
std::vector<Error> unparsed_unseen(std::span<const Finding> findings, const Selection& selection,
                                   const std::function<bool(const Finding&)>& ignored);

}  // namespace meshcheck::cli
