// Whether a body is whole JSON, what a page of a list holds, and what a Status says.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "live/answer_head.h"
#include "live/json_skim.h"
#include "live/list_page.h"
#include "live/resource_path.h"
#include "live/status.h"

using namespace meshcheck::live;

TEST_CASE("whole JSON is told from what was cut off") {
  const std::string text = R"( {"a": [1, -2.5e+3, true, null, "x\"\\\u00e9"], "b": {}} )";
  CHECK(is_json(text));
  const std::string body(text.substr(1, text.size() - 2));
  for (std::size_t size = 0; size < body.size(); ++size) CHECK_FALSE(is_json(body.substr(0, size)));
  for (const auto* wrong : {"", "{]", "{} {}", "{\"a\" 1}", "[1,]", "{,}", "01", "1.", "1e", "-",
                            "\"\\x\"", "\"\\u12g4\"", "\"a\nb\"", "nul", "[1 2]", "{\"a\":1,}"}) {
    CHECK_FALSE(is_json(wrong));
  }
}

TEST_CASE("nesting has a limit") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(is_json(nested(500)));
  CHECK_FALSE(is_json(nested(1'000'000)));
}

TEST_CASE("a page of a list has items, a version and a token") {
  const auto page = read_list_page(
      R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7","continue":"a\/b"},)"
      R"("items":[{"metadata":{"uid":"u1"}},{"metadata":{"name":"n","uid":"u2"}},{}]})");
  REQUIRE(page);
  CHECK(page->kind == "PodList");
  CHECK(page->resource_version == "7");
  CHECK(page->continue_token == "a/b");
  REQUIRE(page->items.size() == 3);
  CHECK(page->items[0] == R"({"metadata":{"uid":"u1"}})");
  CHECK(item_uid(page->items[1]) == "u2");
  CHECK(item_uid(page->items[2]).empty());
}

TEST_CASE("a list without items, and a body that is no list") {
  CHECK(read_list_page(R"({"kind":"PodList","metadata":{},"items":null})")->items.empty());
  CHECK(read_list_page(R"({"kind":"Pod"})")->kind == "Pod");
  CHECK_FALSE(read_list_page("[]"));
  CHECK_FALSE(read_list_page(R"({"kind":"PodList","items":[{)"));
}

TEST_CASE("a Status says why, when to come back, and where to go on") {
  const auto status =
      read_status(R"({"kind":"Status","reason":"Expired","message":"too old\u001b[31m","code":410,)"
                  R"("metadata":{"continue":"t"},"details":{"retryAfterSeconds":9}})");
  REQUIRE(status);
  CHECK(status->reason == "Expired");
  CHECK(status->message == "too old [31m");
  CHECK(status->continue_token == "t");
  CHECK(status->retry_after_seconds == 9);
  CHECK_FALSE(read_status(R"({"kind":"Pod","message":"x"})"));
  CHECK_FALSE(read_status("404 page not found"));
}

TEST_CASE("an answer in one line, without what a proxy wrote in HTML") {
  Answer answer;
  answer.status = 503;
  answer.content_type = "text/html";
  CHECK(describe(answer, "<html><b>no</b></html>") == "503 Service Unavailable");
  answer.content_type = "text/plain; charset=utf-8";
  answer.audit_id = "a-1";
  CHECK(describe(answer, "come\nback\x1b later") ==
        "503 Service Unavailable: come back  later (audit id a-1)");
  answer.status = 302;
  answer.location = "https://elsewhere.example/?token=x";
  CHECK(describe(answer, "").find("redirects to elsewhere.example, ") != std::string::npos);
  CHECK(describe(answer, "").find("token") == std::string::npos);
}

TEST_CASE("HTTP dates") {
  CHECK(read_http_date("Sun, 06 Nov 1994 08:49:37 GMT")->time_since_epoch().count() == 784111777);
  CHECK_FALSE(read_http_date("Sun, 06 Nov 1994 08:49:37 CET"));
  CHECK_FALSE(read_http_date("Sun, 31 Feb 1994 08:49:37 GMT"));
  CHECK_FALSE(read_http_date("now"));
}

TEST_CASE("paths hold opaque text encoded, and names only where these can be one segment") {
  const ApiResource gateways{"networking.istio.io", "v1", "gateways", "Gateway", true};
  ListPath list{gateways};
  list.name_space = "shop";
  list.limit = 500;
  list.field_selector = "status.phase!=Failed";
  list.continue_token = "a+b/c=&x\r\n";
  CHECK(list_path(list) ==
        "/apis/networking.istio.io/v1/namespaces/shop/"
        "gateways?limit=500&fieldSelector=status.phase%21"
        "%3DFailed&continue=a%2Bb%2Fc%3D%26x%0D%0A");
  CHECK(object_path({"", "v1", "nodes", "Node", false}, "", "n 1") == "/api/v1/nodes/n%201");
  for (const auto* name : {"", ".", "..", "a/b", "a%2fb", "a\nb"})
    CHECK_FALSE(is_path_segment(name));
  CHECK(is_path_segment("system:node"));
}
