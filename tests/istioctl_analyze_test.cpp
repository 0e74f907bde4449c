// What `istioctl analyze` prints, in all its forms.
#include "input/istioctl_analyze.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/golden.h"

using namespace meshcheck;

namespace {

Result<std::vector<AnalyzerMessage>> parsed(std::string_view text) {
  Source source;
  source.name = "analyze";
  source.text = text;
  return read_istioctl_analyze(source);
}

constexpr const char* kJson = R"([
	{
		"code": "IST0101",
		"documentationUrl": "https://istio.io/v1.30/docs/reference/config/analysis/ist0101/?ref=istioctl",
		"level": "Error",
		"message": "Referenced host not found: \"stock\"",
		"origin": "VirtualService shop/cart",
		"reference": "deploy/cart.yaml:12"
	},
	{
		"code": "IST0102",
		"documentationUrl": "https://istio.io/v1.30/docs/reference/config/analysis/ist0102/?ref=istioctl",
		"level": "Info",
		"message": "The namespace is not enabled for Istio injection.",
		"origin": "Namespace shop"
	}
])";

constexpr const char* kYaml = R"(- code: IST0101
  documentationUrl: https://istio.io/v1.30/docs/reference/config/analysis/ist0101/
  level: Error
  message: 'Referenced host not found: "stock"'
  origin: VirtualService shop/cart
  reference: deploy/cart.yaml:12
- code: IST0123
  documentationUrl: https://istio.io/v1.30/docs/reference/config/analysis/ist0123/
  level: Warning
  message: |
    two labels,

    one too many
  origin: Namespace shop
)";

}  // namespace

TEST_CASE("JSON gives each message's code, level, text, object and reference") {
  const auto messages = parsed(kJson);
  REQUIRE(messages);
  REQUIRE(messages->size() == 2);
  const AnalyzerMessage& first = messages->front();
  CHECK(first.code == "IST0101");
  CHECK(first.severity == Severity::error);
  CHECK(first.message == "Referenced host not found: \"stock\"");
  CHECK(first.origin == "VirtualService shop/cart");
  CHECK(first.reference == "deploy/cart.yaml:12");
  CHECK(first.documentation.find("/ist0101/") != std::string::npos);
  CHECK(first.location.line == 3);
  CHECK(first.location.column == 11);
  CHECK(messages->back().severity == Severity::info);
  CHECK(messages->back().reference.empty());
}

TEST_CASE("YAML says the same, also with a message of several lines") {
  const auto messages = parsed(kYaml);
  REQUIRE(messages);
  REQUIRE(messages->size() == 2);
  CHECK(messages->front().reference == "deploy/cart.yaml:12");
  CHECK(messages->back().code == "IST0123");
  CHECK(messages->back().severity == Severity::warning);
  CHECK(messages->back().message == "two labels,\n\none too many\n");
  CHECK(messages->back().location.line == 7);
}

TEST_CASE("text gives them too, with a reference, without one, and of one cluster among several") {
  const auto messages = parsed(
      "\x1b[1;31mError \x1b[0m [IST0101] (VirtualService shop/cart my files (new)/cart.yaml:12) "
      "Referenced host not found: \"stock\" (twice)\n"
      "Info [IST0102] (Namespace shop) The namespace is not enabled for Istio injection.\n"
      "Warn [IST0107] (Deployment cart.shop) Misplaced annotation: x can only be applied to Pod\n"
      "Warning [IST0103] [cluster-east] (Pod shop/cart-1 ) The pod is missing the Istio proxy.\n"
      "Error [IST0106] (Sidecar shop/all all.yaml:3) Schema validation error: 2 errors occurred:\n"
      "\t* one\n\t* two\n\n"
      "Warning [IST0126] Unknown service registry X in network Y\n"
      "Error: Analyzers found issues when analyzing namespace: shop.\n"
      "See https://istio.io/v1.30/docs/reference/config/analysis for more information.\n");
  REQUIRE(messages);
  REQUIRE(messages->size() == 6);
  CHECK((*messages)[0].origin == "VirtualService shop/cart");
  CHECK((*messages)[0].reference == "my files (new)/cart.yaml:12");
  CHECK((*messages)[0].message == "Referenced host not found: \"stock\" (twice)");
  CHECK((*messages)[1].reference.empty());
  CHECK((*messages)[1].origin == "Namespace shop");
  CHECK((*messages)[2].origin == "Deployment cart.shop");
  CHECK((*messages)[3].severity == Severity::warning);
  CHECK((*messages)[3].origin == "Pod shop/cart-1");
  CHECK((*messages)[3].message == "The pod is missing the Istio proxy.");
  CHECK((*messages)[4].message == "Schema validation error: 2 errors occurred: * one * two");
  CHECK((*messages)[5].origin.empty());
  CHECK((*messages)[5].message == "Unknown service registry X in network Y");
}

TEST_CASE("one output says the same in each of its forms") {
  const auto json = parsed(test::read_file(test::testdata() / "_analyze/messages.json"));
  REQUIRE(json);
  REQUIRE(json->size() == 2);
  for (const char* name : {"messages.yaml", "messages.txt"}) {
    INFO(name);
    const auto other = parsed(test::read_file(test::testdata() / "_analyze" / name));
    REQUIRE(other);
    REQUIRE(other->size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
      CHECK((*other)[i].code == (*json)[i].code);
      CHECK((*other)[i].severity == (*json)[i].severity);
      CHECK((*other)[i].message == (*json)[i].message);
      CHECK((*other)[i].origin == (*json)[i].origin);
      CHECK((*other)[i].reference == (*json)[i].reference);
    }
  }
}

TEST_CASE("an output that found nothing has no messages, and is no error") {
  for (const char* text : {"[]", "[]\n", "null\n",
                           "\u2714 No validation issues found when analyzing namespace: shop.\n",
                           "Warning: the cluster is slow\n[]\n"}) {
    INFO(text);
    const auto messages = parsed(text);
    REQUIRE(messages);
    CHECK(messages->empty());
  }
}

TEST_CASE("outputs that follow each other are read in turn, whatever stands between them") {
  const std::string json = kJson;
  const std::string yaml = kYaml;
  for (const std::string& text :
       {"W1127 10:00:00 warnings.go: deprecated\n" + json + "\nnull\n[]\nAnalyzing next …\n" + json,
        "Warning: deprecated\n" + yaml + "[]\n" + yaml, json + "\n" + yaml}) {
    INFO(text);
    const auto messages = parsed(text);
    REQUIRE(messages);
    CHECK(messages->size() == 4);
  }
}

TEST_CASE("the messages of an object's status are read as well") {
  const auto messages = parsed(
      R"({"validationMessages": [{"documentationUrl": "https://istio.io/x", "level": "WARNING",
          "type": {"code": "IST0108", "name": "UnknownAnnotation"}}]})");
  REQUIRE(messages);
  REQUIRE(messages->size() == 1);
  CHECK(messages->front().code == "IST0108");
  CHECK(messages->front().severity == Severity::warning);
  CHECK(messages->front().message == "UnknownAnnotation");
}

TEST_CASE("what is empty, cut off or something else is an error that says what to do") {
  for (const char* text : {"", "\n \n", "[{\"code\": \"IST0101\", \"level\":",
                           "{\"kind\": \"List\"}", "[1, 2]", "- a\n- b\n", "hello\n"}) {
    INFO(text);
    const auto messages = parsed(text);
    REQUIRE(!messages);
    CHECK(messages.error().source == "analyze");
    CHECK(messages.error().hint.find("istioctl analyze -o json") != std::string::npos);
  }
}

TEST_CASE("a code is IST and four digits, and those we know have a title") {
  CHECK(is_analyzer_code("IST0101"));
  CHECK(!is_analyzer_code("IST101"));
  CHECK(!is_analyzer_code("IST01x1"));
  CHECK(!is_analyzer_code("ist0101"));
  CHECK(!is_analyzer_code("MC00101"));
  CHECK(analyzer_title("IST0123") == "a namespace has several injection labels");
  CHECK(analyzer_title("IST9999").empty());
}

TEST_CASE("a list of YAML may be indented, and its keys in another order") {
  const auto messages = parsed(
      "  - level: Error\n    code: IST0101\n    message: x\n    origin: VirtualService shop/web\n"
      "  - code: IST0102\n    level: Info\n    message: y\n");
  REQUIRE(messages);
  REQUIRE(messages->size() == 2);
  CHECK((*messages)[0].code == "IST0101");
  CHECK((*messages)[0].origin == "VirtualService shop/web");
  CHECK((*messages)[1].severity == Severity::info);
}
