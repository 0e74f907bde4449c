// Proxies that only istiod's own metrics count.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/run_in.h"

using namespace meshcheck;
using test::contains;

namespace {

constexpr const char* kMetrics =
    "istio_build{component=\"pilot\",tag=\"1.30.3\"} 1\n"
    "pilot_xds{version=\"1.28.0\"} 3\n"
    "pilot_xds{version=\"1.29.4\"} 7\n"
    "pilot_xds{version=\"1.27.1\"} 0\n"
    "pilot_xds{version=\"unknown\"} 1\n";

std::string audit(const test::TemporaryFolder& folder, std::vector<std::string> more = {}) {
  folder.write("istiod.prom", kMetrics);
  std::vector<std::string> args = {"audit",   "--select",  "MC802",      "-o",
                                   "concise", "--metrics", "istiod.prom"};
  args.insert(args.end(), more.begin(), more.end());
  return test::run_in(folder, args).out;
}

}  // namespace

TEST_CASE("istiod counts its proxies by version") {
  const test::TemporaryFolder folder;
  CHECK(audit(folder) ==
        "istiod.prom:2:1: error: 3 proxies run Istio 1.28.0, 2 minor versions older than their "
        "istiod 1.30.3 [MC802]\n");
}

TEST_CASE("who tells of each proxy by itself tells more") {
  const test::TemporaryFolder folder;
  folder.write("versions.txt",
               "client version: 1.30.3\ncontrol plane version: 1.30.3\n"
               "data plane version: 1.30.3 (7 proxies)\n");
  CHECK(audit(folder, {"--versions", "versions.txt"}).empty());
}
