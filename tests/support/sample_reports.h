// Reports made by hand, for the tests of report formats.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "meshcheck/report.h"

namespace meshcheck::test {

// Every sample with the name of its golden files.
const std::vector<std::pair<std::string_view, Report>>& sample_reports();

const Report& sample_report(std::string_view name);

}  // namespace meshcheck::test
