#include <string>

#include <catch2/catch.hpp>

#include "mesh/chart_defaults.h"
#include "meshcheck/mesh.h"

using namespace meshcheck;

TEST_CASE("the maximum that fixes count on is the one of every chart of every version") {
  std::size_t rows = 0;
  for (const LayerRow& row : layer_rows()) {
    const bool is_maximum =
        row.key.ends_with("autoscaleMax") || row.key.ends_with("autoscaling.maxReplicas");
    if (row.layer != ValueLayer::chart || !is_maximum) continue;
    CAPTURE(row.name, row.since, row.key);
    CHECK(row.text == std::to_string(kChartMaximum));
    ++rows;
  }
  CHECK(rows >= 3);  // istiod's, a gateway's, and what IstioOperators make
}
