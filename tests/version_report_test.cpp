// What `istioctl version` prints, in all its forms.
#include "input/version_report.h"

#include <string>

#include <catch2/catch.hpp>

using namespace meshcheck;

namespace {

Result<VersionReport> parsed(std::string_view text) {
  Source source;
  source.name = "v";
  source.text = text;
  return parse_version_report(source);
}

}  // namespace

TEST_CASE("JSON names istioctl, each revision's istiods once, and proxies by version and type") {
  const auto report = parsed(R"({"clientVersion": {"version": "1.30.3"},
 "meshVersion": [{"Component": "pilot", "Revision": "default", "Info": {"version": "1.30.3"}},
                 {"Component": "pilot", "Revision": "default", "Info": {"version": "1.30.3"}},
                 {"Component": "istiod", "Revision": "canary", "Info": {"version": "1.31.0"}}],
 "dataPlaneVersion": [{"ID": "a.b", "IstioVersion": "1.30.3", "Type": "sidecar"},
                      {"ID": "c.b", "IstioVersion": "1.30.3", "Type": "sidecar"}]})");
  REQUIRE(report);
  CHECK(report->client->text == "1.30.3");
  CHECK(report->client->at.line == 1);
  CHECK(report->client->at.column == 31);
  REQUIRE(report->istiods.size() == 2);
  CHECK(report->istiods[1].revision == "canary");
  REQUIRE(report->proxies.size() == 1);
  CHECK(report->proxies[0].count == 2);
}

TEST_CASE("YAML with the lower-case keys of Go's writer says the same") {
  const auto report = parsed(
      "clientVersion:\n  version: 1.30.3\nmeshVersion:\n- component: pilot\n  info:\n"
      "    version: 1.30.2\n  revision: default\n");
  REQUIRE(report);
  CHECK(report->client->text == "1.30.3");
  REQUIRE(report->istiods.size() == 1);
  CHECK(report->istiods[0].version.at.line == 6);
}

TEST_CASE("text names several istiods and counts the proxies of each version") {
  const auto report = parsed(
      "client version: 1.30.3\npilot version: 1.30.3\npilot version: 1.29.6\n"
      "data plane version: 1.29.2 (12 proxies), 1.28.0 (1 proxies)\n");
  REQUIRE(report);
  CHECK(report->istiods.size() == 2);
  REQUIRE(report->proxies.size() == 2);
  CHECK(report->proxies[0].count == 12);
  CHECK(report->proxies[1].version.text == "1.28.0");
  CHECK(report->proxies[1].version.at.column == 42);
}

TEST_CASE("the long form of old releases, and the bare version, are read") {
  const auto old = parsed(
      "client version: version.BuildInfo{Version:\"1.5.0\", GitRevision:\"x\", "
      "GitTag:\"1.5.0\"}\n");
  REQUIRE(old);
  CHECK(old->client->text == "1.5.0");
  const auto bare = parsed("1.30.3\n");
  REQUIRE(bare);
  CHECK(bare->client->text == "1.30.3");
}

TEST_CASE("the long form names each proxy on a line of its own") {
  const auto report = parsed(
      "client version: version.BuildInfo{Version:\"1.30.3\", GitRevision:\"a\"}\n"
      "data plane version: version.ProxyInfo{ID:\"web.shop\", IstioVersion:\"1.28.0\"}\n"
      "data plane version: version.ProxyInfo{ID:\"cart.shop\", IstioVersion:\"1.28.0\"}\n");
  REQUIRE(report);
  REQUIRE(report->proxies.size() == 1);
  CHECK(report->proxies[0].version.text == "1.28.0");
  CHECK(report->proxies[0].count == 2);
}

TEST_CASE("what is no such output is an error that says how to save one") {
  for (const char* text : {"", "hello\n", "apiVersion: v1\nkind: Pod\n", "{\"a\": 1}"}) {
    const auto report = parsed(text);
    CAPTURE(text);
    REQUIRE_FALSE(report);
    CHECK(report.error().hint.find("istioctl version -o json") != std::string::npos);
  }
}

TEST_CASE("what stands beside the output is passed over, and runs follow each other in one file") {
  const auto report = parsed(
      "Defaulted container \"discovery\" out of: discovery\r\n"
      "{\"clientVersion\": {\"version\": \"1.30.3\"},\r\n"
      " \"meshVersion\": [{\"Revision\": \"default\", \"Info\": {\"version\": \"1.30.3\"}}]}\r\n"
      "{\"meshVersion\": [{\"Revision\": \"canary\", \"Info\": {\"version\": \"1.31.0\"}}]}\r\n");
  REQUIRE(report);
  CHECK(report->client->at.line == 2);
  REQUIRE(report->istiods.size() == 2);
  CHECK(report->istiods[1].version.text == "1.31.0");
  CHECK(report->istiods[1].version.at.line == 4);
}

TEST_CASE("colours and the UTF-16 of PowerShell are taken away") {
  std::string utf16("\xFF\xFE");
  for (const char c : std::string_view("client version: 1.30.3\r\n")) {
    utf16 += c;
    utf16 += '\0';
  }
  const auto report = parsed(utf16);
  REQUIRE(report);
  CHECK(report->client->text == "1.30.3");
  CHECK(parsed("\x1b[1mclient version\x1b[0m: 1.30.3\n")->client->text == "1.30.3");
}

TEST_CASE("more versions than any mesh has cost no more than they are worth") {
  std::string same = "control plane version: 1.30.3";
  std::string other = "\ndata plane version: none";
  for (int i = 0; i < 50'000; ++i) {
    same += ", 1.30.3";
    other += ", 1.30.3-" + std::to_string(i);
  }
  const auto report = parsed(same + other + "\nclient version: 1.30.3, " + same.substr(23) + "\n");
  REQUIRE(report);
  CHECK(report->client->text == "1.30.3");
  CHECK(report->istiods.size() == 1);
  CHECK(report->proxies.size() == 250);
}
