// What rules say of istiod's metrics alone.
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

TEST_CASE("what ends within a day is told in no number of days") {
  const test::TemporaryFolder folder;
  folder.write("istiod.prom",
               "citadel_server_root_cert_expiry_seconds -5\n"
               "citadel_server_cert_chain_expiry_seconds 90000\n");
  const auto ran = test::run_in(
      folder, {"audit", "--select", "MC706", "-o", "concise", "--metrics", "istiod.prom"});
  CHECK(ran.out ==
        "istiod.prom:1:1: error: the mesh's root certificate ended less than a day ago [MC706]\n"
        "istiod.prom:2:1: error: the mesh's CA certificate ends in 1 day [MC706]\n");
}
