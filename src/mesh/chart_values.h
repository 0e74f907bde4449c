// Values files that belong to a chart's making and are no release of it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "meshcheck/document.h"

namespace meshcheck {

// Takes out what chart-testing installs a chart with for a moment (`ci/*-values.yaml` beside a
// Chart.yaml, helm/chart-testing: pkg/chart/chart.go), and of `bases`, which are files of a
// rendered chart, those that no other values file lies over. Of `named`, which are files that the
// user asked for by name, the former stay.
void drop_unreleased(std::vector<const Document*>& documents,
                     const std::set<std::string, std::less<>>& bases,
                     const std::set<std::string, std::less<>>& named);

}  // namespace meshcheck
