// Saved output of istioctl and istiod, in every layout.
#include "input/proxy_status.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "meshcheck/proxy_status.h"
#include "support/golden.h"
#include "support/shared_corpus.h"

using namespace meshcheck;

namespace {

std::vector<StatusSnapshot> read(std::string_view text) {
  auto snapshots = read_proxy_status({"status.txt", text});
  INFO((snapshots ? std::string() : snapshots.error().message));
  REQUIRE(snapshots);
  return *snapshots;
}

Error refusal(std::string_view text) {
  const auto snapshots = read_proxy_status({"status.txt", text});
  REQUIRE_FALSE(snapshots);
  return snapshots.error();
}

// "web-1.shop@istiod-x CDS=stale EDS=synced"
std::string line_of(const ProxyStatus& proxy) {
  static const std::map<SyncState, std::string> kNames = {
      {SyncState::synced, "synced"},   {SyncState::stale, "stale"},
      {SyncState::not_sent, "unsent"}, {SyncState::ignored, "ignored"},
      {SyncState::error, "error"},     {SyncState::unknown, "unknown"}};
  std::string line = proxy.id() + "@" + proxy.istiod;
  for (const TypeStatus& type : proxy.types) line += " " + type.type + "=" + kNames.at(type.state);
  return line;
}

std::vector<std::string> lines_of(const std::vector<StatusSnapshot>& snapshots) {
  std::vector<std::string> lines;
  for (const StatusSnapshot& snapshot : snapshots) {
    for (const ProxyStatus& proxy : snapshot.proxies) lines.push_back(line_of(proxy));
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("columns go by their names, whatever their order, and cells may be empty") {
  const auto snapshots = read(
      "NAME           EDS        NEW COLUMN       CDS                            ISTIOD\n"
      "web-1.shop     SYNCED     5 minutes ago    STALE (Never Acknowledged)     istiod-a-b\n"
      "web-2.shop     NOT SENT                    ERROR\n");
  CHECK(lines_of(snapshots) ==
        Lines{"web-1.shop@istiod-a-b EDS=synced CDS=stale", "web-2.shop@ EDS=unsent CDS=error"});
  const Location& at = snapshots[0].proxies[1].types[1].location;
  CHECK(at.line == 3);
  CHECK(at.column == 44);
}

TEST_CASE("a table that lost its padding is read all the same") {
  CHECK(lines_of(read("NAME CLUSTER CDS LDS ISTIOD VERSION\n"
                      "web-1.shop k NOT SENT STALE (Never Acknowledged) istiod-a-b 1.21\n")) ==
        Lines{"web-1.shop@istiod-a-b CDS=unsent LDS=stale"});
}

TEST_CASE("prompts, warnings, colours, CRLF and a byte order mark are no part of a table") {
  CHECK(lines_of(read("\xEF\xBB\xBF$ istioctl proxy-status\r\n"
                      "Warning: something\r\n\r\n"
                      "NAME           CDS        ISTIOD         VERSION\r\n"
                      "web-1.shop     \x1b[31mSTALE\x1b[0m      istiod-a-b     1.21\r\n"
                      "2026-11-22T08:30:00Z  warn  something\r\n"
                      "$ \r\n")) == Lines{"web-1.shop@istiod-a-b CDS=stale"});
}

TEST_CASE("what PowerShell saves is UTF-16") {
  std::string text = "\xFF\xFE";
  for (const char c : std::string("NAME  CDS  VERSION\nweb-1.shop  STALE  1.21\n")) {
    text += c;
    text += '\0';
  }
  CHECK(lines_of(read(text)) == Lines{"web-1.shop@ CDS=stale"});
}

TEST_CASE("a line that does not fit its table is an error with its place") {
  const Error error = refusal(
      "NAME           CDS        VERSION\n"
      "web-1.shop     SYNCED     1.21     more     and more\n");
  REQUIRE(error.location);
  CHECK(error.location->line == 2);
  CHECK_FALSE(error.hint.empty());
}

TEST_CASE("what is no status is refused, never passed") {
  for (const char* text :
       {"", "\n", "Error: no running Istio pods in istio-system\n", "apiVersion: v1\nkind: Pod\n",
        "{\"a\": 1}", "[1, 2]", "[{\"node\": {}}]", "{\"resources\": [", "<html></html>",
        "Clusters Match\nListeners Match\nRoutes Match (RDS last loaded at x)\n",
        "{\"totalClients\": 1, \"clients\": [{}]}"}) {
    CAPTURE(text);
    CHECK_FALSE(refusal(text).message.empty());
  }
}

TEST_CASE("/debug/syncz is read in its old and new shapes, of one istiod or several") {
  CHECK(lines_of(read(R"([{"proxy":"web-1.shop","istio_version":"1.20","cluster_sent":"a",
    "cluster_acked":"a","listener_sent":"b","listener_acked":"c","endpoint_sent":"d"}])")) ==
        Lines{"web-1.shop@ CDS=synced LDS=stale RDS=unsent EDS=stale ECDS=unsent"});
  const auto map = read(R"({"istiod-7-a":[{"proxy":"web-1.shop","proxy_type":"sidecar","resources":{
    "type.googleapis.com/envoy.config.cluster.v3.Cluster":
      {"sent":"a","acked":"b","sentTime":"2026-11-22T08:00:00.5Z"},
    "type.googleapis.com/envoy.config.listener.v3.Listener":
      {"sent":"a","acked":"a","sentTime":"2026-11-22T08:02:00+00:00","lastError":"no"}}}],
    "istiod-7-b":null})");
  CHECK(lines_of(map) == Lines{"web-1.shop@istiod-7-a CDS=stale LDS=error"});
  CHECK(map[0].by_replica);
  CHECK(map[0].replicas == 2);
  CHECK(map[0].proxies[0].types[0].age == std::chrono::seconds(120));
  CHECK(lines_of(read("[]")).empty());
  // The connection of istioctl itself.
  CHECK(lines_of(read(R"([{"proxy":"istioctl-x.shop","resources":{}}])")).empty());
}

TEST_CASE("documents of several istiods stand one after the other; the same one again is later") {
  const std::string one =
      R"({"resources":[{"node":{"id":"web-1.shop"},"genericXdsConfigs":[{"typeUrl":"x/envoy.config.cluster.v3.Cluster","configStatus":"STALE"}]}],"controlPlane":{"identifier":"{\"ID\":\"istiod-7-a\"}"}})";
  std::string other = one;
  other.replace(other.find("web-1"), 5, "web-2");
  other.replace(other.find("istiod-7-a"), 10, "istiod-7-b");
  CHECK(read(one + "\n" + other).size() == 1);
  CHECK(read("[" + one + ",\n" + other + "]").size() == 1);
  CHECK(read("$ istioctl ps -o json\n" + one + "\n" + other + "\n" + one).size() == 2);
}

TEST_CASE("YAML documents follow each other without a separator") {
  const std::string one =
      "controlPlane:\n  identifier: '{\"ID\":\"istiod-7-a\"}'\nresources:\n"
      "- genericXdsConfigs:\n  - configStatus: NOT_SENT\n    typeUrl: x/envoy.config.route.v3."
      "RouteConfiguration\n  node:\n    id: web-1.shop\nversionInfo: \"1\"\n\n";
  std::string other = one;
  other.replace(other.find("istiod-7-a"), 10, "istiod-7-b");
  CHECK(lines_of(read(one + other)) ==
        Lines{"web-1.shop@istiod-7-a RDS=unsent", "web-1.shop@istiod-7-b RDS=unsent"});
  CHECK(read(one + other)[0].proxies[1].location.line == 18);
}

TEST_CASE("a file of the same proxies is a later look, one of others is another part") {
  const auto text = [](const char* name, const char* state) {
    return std::string("NAME  CDS  VERSION\n") + name + "  " + state + "  1.21\n";
  };
  auto snapshots = read(text("a.x", "STALE") + text("b.x", "SYNCED") + text("a.x", "SYNCED"));
  REQUIRE(snapshots.size() == 3);
  const auto proxies = current_proxies(snapshots);
  REQUIRE(proxies.size() == 2);
  CHECK(proxies[0].now->types[0].state == SyncState::synced);
  REQUIRE(proxies[0].before != nullptr);
  CHECK(proxies[0].before->types[0].state == SyncState::stale);
  CHECK(proxies[1].before == nullptr);
}

TEST_CASE("the name of istiod's pod tells its revision") {
  CHECK(revision_of_istiod("istiod-7d9f8b6c5-x2x4z") == "default");
  CHECK(revision_of_istiod("istiod-1-30-3-7d9f8b6c5-x2x4z") == "1-30-3");
  CHECK(revision_of_istiod("istiod1").empty());
}

TEST_CASE("every saved status of the corpus is read as it is") {
  const auto folder = test::shared_corpus("proxy-status");
  if (!folder) return;
  const std::string two = "proxy1@istiod1 CDS=stale LDS=synced EDS=synced RDS=unsent";
  const std::map<std::string, Lines> expected = {
      {"1.9.9-singleStatus.txt", {"proxy2@istiod2 CDS=stale LDS=synced EDS=stale RDS=synced"}},
      {"1.18.7-multiStatusSinglePilot.txt",
       {two + " ECDS=unsent",
        "proxy2@istiod1 CDS=stale LDS=synced EDS=stale RDS=synced ECDS=unsent"}},
      {"1.18.7-multiStatusMultiPilot.txt",
       {two + " ECDS=unsent",
        "proxy2@istiod2 CDS=stale LDS=synced EDS=stale RDS=synced ECDS=unsent",
        "proxy3@istiod3 CDS=stale LDS=unsent EDS=stale RDS=synced ECDS=unsent",
        "proxy4@istiod4 CDS=ignored LDS=ignored EDS=ignored RDS=ignored ECDS=ignored"}},
      {"1.22.8-multiXdsStatusSinglePilot.txt",
       {two + " ECDS=unsent",
        "proxy2@istiod1 CDS=stale LDS=synced EDS=stale RDS=synced ECDS=unsent"}},
      {"1.22.8-multiXdsStatusMultiPilot.txt",
       {two + " ECDS=synced", "proxy2@istiod2 CDS=stale LDS=synced EDS=stale RDS=synced ECDS=stale",
        "proxy3@istiod3 CDS=unsent LDS=error EDS=stale RDS=unsent ECDS=unsent",
        "proxy4@istiod4 CDS=ignored LDS=ignored EDS=ignored RDS=ignored ECDS=ignored"}},
      {"1.28.10-multiXdsStatusMultiPilot.txt",
       {"proxy1@istiod1", "proxy2@istiod2", "proxy3@istiod3", "proxy4@istiod4"}},
      {"1.28.10-multiXdsStatusMultiPilot_verbose.txt",
       {"proxy1@istiod1 CDS=stale ECDS=synced EDS=synced LDS=synced RDS=unsent"}},
      {"1.30.3-multiXdsStatusSinglePilot.json",
       {"proxy1@istiod1 CDS=stale LDS=synced RDS=unsent EDS=synced ECDS=synced"}},
      {"1.30.3-multiXdsStatusSinglePilot.yaml",
       {"proxy1@istiod1 CDS=stale LDS=synced RDS=unsent EDS=synced ECDS=synced"}},
  };
  for (const auto& entry : std::filesystem::directory_iterator(*folder)) {
    const std::string name = entry.path().filename();
    CAPTURE(name);
    const auto snapshots = read(test::read_file(entry.path()));
    REQUIRE(expected.contains(name));
    CHECK(lines_of(snapshots) == expected.at(name));
    const bool states = name != "1.28.10-multiXdsStatusMultiPilot.txt";
    CHECK(std::ranges::all_of(snapshots, [&](const StatusSnapshot& snapshot) {
      return snapshot.shows_states == states;
    }));
  }
}

TEST_CASE("a pod whose name begins like a date is a proxy, a date is not") {
  CHECK(lines_of(read("NAME                CDS        ISTIOD         VERSION\n"
                      "2fas-ui-x.prod      STALE      istiod-a-b     1.21\n"
                      "2026-11-22T08:30    warn       something      else\n")) ==
        Lines{"2fas-ui-x.prod@istiod-a-b CDS=stale"});
}

TEST_CASE("a sentence below a table is no proxy, and a row cut off is an error") {
  const std::string table =
      "NAME           CLUSTER        CDS        LDS        ISTIOD         VERSION\n"
      "web-1.shop     Kubernetes     SYNCED     SYNCED     istiod-a-b     1.21\n";
  CHECK(lines_of(read(table + "There are 2 unready\nclient version: 1.30.3\n"
                              "command terminated with exit code 1\nme@host:~$ \n"))
            .size() == 1);
  CHECK(refusal(table + "web-2.shop     Kubernetes\n").location->line == 3);
  CHECK(refusal(table + "web-2.shop     Kubernetes     SYNCED\n").location->line == 3);
  CHECK(refusal(table + "web-2.sh\n").location->line == 3);
  CHECK(refusal(table + "web-2.shop Kubernetes STALE SYNCED istiod-a-b 1.21\n").location->line ==
        3);
  // Cells that only say whose row it is may be empty.
  CHECK(lines_of(read(table + "web-2.shop                    STALE      SYNCED\n")).back() ==
        "web-2.shop@ CDS=stale LDS=synced");
  CHECK(refusal("NAME           CLUSTER        ISTIOD         VERSION\nweb-2.shop     Kubernetes\n")
            .location->line == 2);
}

TEST_CASE("of two connections of a proxy the one used last counts, by age or by state") {
  const auto now = [](std::string_view first, std::string_view second) {
    const std::string row = "web-1.shop     k           ";
    const auto looks = read("NAME           CLUSTER     CDS             LDS             ISTIOD\n" +
                            row + std::string(first) + "\n" + row + std::string(second) + "\n");
    const auto proxies = current_proxies(looks);
    REQUIRE(proxies.size() == 1);
    return proxies[0].now->istiod;
  };
  const std::string fresh = "SYNCED (5s)     SYNCED (5s)     istiod-new-a";
  const std::string left = "STALE (14m)     SYNCED (20m)    istiod-old-a";
  CHECK(now(fresh, left) == "istiod-new-a");
  CHECK(now(left, fresh) == "istiod-new-a");
  const std::string synced = "SYNCED          SYNCED          istiod-new-a";
  const std::string stale = "STALE           SYNCED          istiod-old-a";
  CHECK(now(synced, stale) == "istiod-new-a");
  CHECK(now(stale, synced) == "istiod-new-a");
}

TEST_CASE("JSON in a string of YAML leaves it YAML") {
  CHECK(lines_of(read("controlPlane:\n  identifier: '{\"ID\":\"istiod-a-b\",\"Info\":\n"
                      "    {\"version\":\"1.30.3\"}}'\n"
                      "resources:\n- genericXdsConfigs:\n  - configStatus: ERROR\n"
                      "    errorState:\n      details: |-\n        no such field:\n"
                      "        {\"x\": 1}\n"
                      "    typeUrl: x/envoy.config.listener.v3.Listener\n"
                      "  node:\n    id: web-1.shop\n")) ==
        Lines{"web-1.shop@istiod-a-b LDS=error"});
}

TEST_CASE("an error of istiod is no empty mesh") {
  for (const char* text : {"401 Unauthorized: []\n", "{\"error\": []}"}) {
    CAPTURE(text);
    CHECK_FALSE(refusal(text).message.empty());
  }
  CHECK(lines_of(read(R"({"istiod-7d9f8b6c5-x2x4z": []})")).empty());
}
