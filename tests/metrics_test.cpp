// What Prometheus scrapes, saved to a file.
#include "input/metrics.h"

#include <cmath>
#include <string>

#include <catch2/catch.hpp>

#include "mesh/promql.h"

using namespace meshcheck;

namespace {

MetricsFile read(std::string_view text) {
  auto file = read_metrics({"metrics.prom", text});
  REQUIRE(file);
  return *file;
}

double threshold_of(std::string_view expression) {
  const Expression read = read_expression(expression, {});
  REQUIRE(read.thresholds.size() == 1);
  return read.thresholds[0].value;
}

}  // namespace

TEST_CASE("labels, escapes, timestamps, exemplars and special numbers are read") {
  const MetricsFile file = read(
      "# HELP a text\n# TYPE a counter\r\n"
      "a{x=\"q\\\"\\\\\\n\",y=\"}\",} 1.5e+3 1700000000000\n"
      "a{ x = \"2\" } NaN # {trace_id=\"t\"} 0.5\n"
      "b +Inf\nc:d -0.5\n# EOF\n");
  REQUIRE(file.find("a") != nullptr);
  CHECK(file.find("a")->label("x") == "q\"\\\n");
  CHECK(file.find("a")->label("y") == "}");
  CHECK(file.sum("a") == 1500);
  CHECK(std::isinf(file.find("b")->value));
  CHECK(file.find("c:d")->value == -0.5);
  CHECK(file.find("c:d")->location.line == 6);
  CHECK_FALSE(file.sum("e").has_value());
  CHECK(file.find("a")->time == 1700000000);
  CHECK_FALSE(file.find("b")->time);
  CHECK(read("a 1 1700000000.5\n").find("a")->time == 1700000000.5);  // OpenMetrics
}

TEST_CASE("what a proxy's agent answers is not istiod's") {
  CHECK(read("cert_expiry_seconds{resource_name=\"default\"} 5\n").is_agents());
  CHECK(read("istio_agent_go_goroutines 5\n").is_agents());
  CHECK_FALSE(read("process_resident_memory_bytes 5\n").is_agents());
  CHECK_FALSE(read("istio_agent_x 1\npilot_info{version=\"1.30.3\"} 1\n").is_agents());
  // The application's metrics stand beside the agent's.
  CHECK(read("process_start_time_seconds 7\nistio_agent_process_start_time_seconds 5\n")
            .process_start() == 5);
}

TEST_CASE("what is no metric is refused with its place") {
  for (const char* text : {"", "# only a comment\n", "<html>\n", "a\n", "a{b} 1\n", "a{b=\"c} 1\n",
                           "a 1 2 3\n", "a one\n", "{\"a\": 1}\n"}) {
    CAPTURE(text);
    CHECK_FALSE(read_metrics({"metrics.prom", text}));
  }
  const auto file = read_metrics({"metrics.prom", "a 1\nhello world again\n"});
  REQUIRE_FALSE(file);
  CHECK(file.error().location->line == 2);
}

TEST_CASE("two files of one process are two samples, a restart is not") {
  const MetricsFile first = read("process_start_time_seconds 5\npilot_total_xds_rejects 3\n");
  const MetricsFile second = read("process_start_time_seconds 5\npilot_total_xds_rejects 4\n");
  const MetricsFile other = read("process_start_time_seconds 6\npilot_total_xds_rejects 1\n");
  const std::vector<MetricsFile> files = {first, second, other};
  const auto pairs = pair_metrics(files);
  REQUIRE(pairs.size() == 2);
  CHECK(pairs[0].before == &files[0]);
  CHECK(pairs[0].now == &files[1]);
  CHECK(pairs[1].before == nullptr);
}

TEST_CASE("answers of two pods are no two samples of one istiod") {
  MetricsFile first = read("pilot_total_xds_rejects 3\n");
  MetricsFile second = read("pilot_total_xds_rejects 900\n");
  CHECK(may_follow(first, second));
  first.pod = "istiod-6b7c9d8f5-aaaaa";
  second.pod = "istiod-6b7c9d8f5-bbbbb";
  CHECK_FALSE(may_follow(first, second));
  CHECK(first.who() == first.pod);
}

TEST_CASE("a threshold is the same share in every spelling") {
  for (const char* expression :
       {"a / b > 0.8", "a / on (pod) group_left () b * 100 > 80", "100 * a / b >= bool 80",
        "a > 0.8 * b", "a > b * 80 / 100", "a / (b * 0.8) > 1", "0.8 < a / b",
        "sum by (pod) (a{x=\"> 0.1\"}) / sum(b) without (x) > .8",
        "max_over_time((a / b)[10m:1m] offset 5m) > 0.8 # > 3", "(a / b) > (4 / 5)"}) {
    CAPTURE(expression);
    CHECK(threshold_of(expression) == Approx(0.8));
  }
}

TEST_CASE("selectors are found with their matchers; labels of groupings and functions are none") {
  const Expression read = read_expression(
      "sum by (namespace, pod) (rate(a{x=\"1\", y=~'2|3'}[5m])) / ignoring (z) {__name__=\"b\"} "
      "unless c offset 1h",
      {});
  REQUIRE(read.selectors.size() == 3);
  CHECK(read.selectors[0].metric == "a");
  REQUIRE(read.selectors[0].matchers.size() == 2);
  CHECK(read.selectors[0].matchers[1].op == "=~");
  CHECK(read.selectors[1].metric == "b");
  CHECK(read.selectors[2].metric == "c");
}

TEST_CASE("an expression of any shape ends") {
  for (const std::string part : {"(", "a{", "-", "a[", "sum by", "\"", "a > ", "{x=", "1 ^ "}) {
    std::string many;
    for (int i = 0; i < 5000; ++i) many += part;
    read_expression(many, {});
  }
  SUCCEED();
}

TEST_CASE("counters of OpenMetrics end in _total, and kubectl's words are no metric") {
  const MetricsFile file = read(
      "Forwarding from 127.0.0.1:15014 -> 15014\nHandling connection for 15014\n"
      "pilot_total_xds_rejects_total{type=\"cds\"} 5\nprocess_cpu_seconds_total 3\n# EOF\n");
  CHECK(file.sum("pilot_total_xds_rejects") == 5);
  CHECK(file.sum("process_cpu_seconds_total") == 3);
  CHECK_FALSE(file.sum("pilot_xds_pushes"));
}

TEST_CASE("a limit on the left is a bound on what is right of it") {
  const Expression read =
      read_expression("kube_pod_container_resource_limits * 0.5 < max by (pod) (used)", {});
  REQUIRE(read.thresholds.size() == 1);
  CHECK(read.thresholds[0].op == ">");
  CHECK(read.thresholds[0].value == 0.5);
  CHECK(threshold_of("used > 0.5 * kube_pod_container_resource_limits") == 0.5);
  CHECK(threshold_of("(limit - used) < 0.25 * limit") == 0.25);
  CHECK(threshold_of("limit > 0") == 0);
}
