// What the rules make of alerts and of what was saved from a mesh, beyond their fixtures.
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/run.h"
#include "support/temporary_folder.h"

using namespace meshcheck;

namespace {

std::string audit(const std::string& rule, std::vector<std::string> more) {
  std::vector<std::string> args = {"audit", "--isolated", "--select", rule, "-o", "json"};
  args.insert(args.end(), more.begin(), more.end());
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  const int status =
      cli::run(args, {in, out, err, false, 0, [](const char*) { return std::nullopt; }});
  INFO(err.str());
  CHECK((status == 0 || status == 1 || status == 3));
  REQUIRE(nlohmann::json::accept(out.str()));
  return out.str();
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// Whether MC105 misses an alert on istiod's memory where this is the only one.
bool misses_alert(const std::string& expression) {
  const test::TemporaryFolder folder;
  folder.write("rules.yaml",
               "groups:\n- name: none\n- name: istio\n  rules:\n"
               "  - {alert: Slow, expr: 'pilot_proxy_convergence_time_sum > 10'}\n"
               "  - alert: Memory\n    expr: '" +
                   expression + "'\n");
  return !nlohmann::json::parse(audit("MC105", {folder / "rules.yaml"})).at("findings").empty();
}

const std::string kLimit = " / kube_pod_container_resource_limits{resource=\"memory\"} > 0.8";

}  // namespace

TEST_CASE("an alert on istiod's container is one whatever scrapes it and wherever it runs") {
  for (const char* labels :
       {"job=\"kubelet\",container=\"discovery\"", "service=\"kubelet\",pod=~\"istiod.*\"",
        "namespace=\"mesh\",container=\"discovery\"",
        "job=\"kubelet\",namespace=\"istio-system\""}) {
    CAPTURE(labels);
    CHECK_FALSE(
        misses_alert("container_memory_working_set_bytes{" + std::string(labels) + "}" + kLimit));
  }
  CHECK_FALSE(misses_alert("go_memstats_heap_inuse_bytes{job=\"kubernetes-pods\",app=\"istiod\"}" +
                           kLimit));
  for (const char* labels :
       {"job=\"kubelet\",container=\"istio-proxy\"", "namespace=\"shop\"",
        "pod=~\"istiod.*\",container=\"istio-proxy\"", "namespace!~\"istio-system\""}) {
    CAPTURE(labels);
    CHECK(misses_alert("container_memory_working_set_bytes{" + std::string(labels) + "}" + kLimit));
  }
  CHECK(misses_alert("go_memstats_heap_inuse_bytes{job=\"web\"}" + kLimit));
}

TEST_CASE("an alert that looks ahead comes in time, one on a bound written first may not") {
  const std::string use = "container_memory_working_set_bytes{container=\"discovery\"}";
  const std::string limit = "kube_pod_container_resource_limits{container=\"discovery\"}";
  CHECK_FALSE(misses_alert("predict_linear(" + use + "[1h], 3600) > " + limit));
  CHECK_FALSE(misses_alert(limit + " * 0.8 < " + use));
  CHECK(misses_alert(limit + " * 0.98 < " + use));
}

TEST_CASE("a recording rule that names itself often does not fill the memory") {
  const test::TemporaryFolder folder;
  std::string sum = "a";
  for (int i = 0; i < 1000; ++i) sum += " + a";
  folder.write("rules.yaml", "groups:\n- name: istio\n  rules:\n  - {record: a, expr: '" + sum +
                                 "'}\n  - {alert: Many, expr: '" + sum + " > 1'}\n");
  CHECK(has(audit("MC105", {folder / "rules.yaml"}), "\"points\""));
}

TEST_CASE("rules in a ConfigMap are read, queries of logs are not") {
  const auto audited = [](const std::string& expression) {
    const test::TemporaryFolder folder;
    folder.write("map.yaml",
                 "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: prometheus, namespace: mon}\n"
                 "data:\n  rules.yml: |\n    groups:\n    - name: istio\n      rules:\n"
                 "      - alert: Memory\n        expr: " +
                     expression + "\n");
    return audit("MC105", {folder / "map.yaml"});
  };
  const std::string good =
      audited("container_memory_working_set_bytes{container=\"discovery\"}" + kLimit);
  CHECK(has(good, "\"status\": \"pass\""));
  CHECK(has(audited("pilot_total_xds_rejects > 0"), "no alert watches istiod's memory"));
  CHECK_FALSE(has(audited("rate({app=\"istiod\"} |= \"error\" [5m]) > 1"), "no alert watches"));
}

TEST_CASE("a status of no proxy is named as such") {
  const test::TemporaryFolder folder;
  folder.write("table.txt", "NAME     CLUSTER     CDS     ISTIOD     VERSION\n");
  folder.write("empty.json", "[]");
  for (const char* file : {"table.txt", "empty.json"}) {
    for (const char* rule : {"MC701", "MC702"}) {
      CHECK(has(audit(rule, {"--proxy-status", folder / file}), "shows no proxy"));
    }
  }
  folder.write("versions.txt", "control plane version: 1.30.3\ndata plane version: none\n");
  CHECK(has(audit("MC802", {"--versions", folder / "versions.txt"}), "names no proxy"));
}

TEST_CASE("istioctl version tells the version of the istiod in a status") {
  const test::TemporaryFolder folder;
  folder.write("status.txt",
               "NAME           CLUSTER     ISTIOD                      VERSION\n"
               "web-1.shop     k           istiod-7d9f8b6c5-x2x4z      1.27.1\n");
  folder.write("one.txt", "control plane version: 1.30.3\n");
  folder.write("two.txt", "control plane version: 1.30.3, 1.29.1\n");
  const auto judged = [&](const char* versions) {
    return audit("MC802",
                 {"--proxy-status", folder / "status.txt", "--versions", folder / versions});
  };
  CHECK(has(judged("one.txt"), "3 minor versions older than its istiod 1.30.3"));
  CHECK_FALSE(has(judged("two.txt"), "older than"));
}
