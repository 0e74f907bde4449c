// Variables that were meant for a flag and are none's: they would do nothing without a word.
#pragma once

#include <string>
#include <vector>

#include "meshcheck/result.h"

namespace meshcheck::cli {

// A warning for each of `variables` (NAME=value) that is nearly the variable of a flag. What else
// begins with MESHCHECK_ may be anybody's: Kubernetes sets such for Services of that name.
std::vector<Error> misspelt_variables(const std::vector<std::string>& variables);

}  // namespace meshcheck::cli
