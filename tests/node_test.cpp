#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/parse_text.h"

namespace meshcheck {
namespace {

using test::parse_text;

std::string place(Node node) {
  const Location at = node.location();
  return std::to_string(at.line) + ":" + std::to_string(at.column) + "-" +
         std::to_string(at.end_line) + ":" + std::to_string(at.end_column);
}

TEST_CASE("an absent node answers emptily, however deep") {
  const auto text = parse_text("a: {b: 1}\n");
  const Node absent = text.root()["x"]["y"].at(3)["z"];
  CHECK_FALSE(absent);
  CHECK(absent.is_null());
  CHECK(absent.text().empty());
  CHECK(absent.size() == 0);
  CHECK(absent.entries().begin() == absent.entries().end());
  CHECK(absent.location().line == 0);
  CHECK_FALSE(text.root()["a"]["b"]["c"]);
}

TEST_CASE("an explicit null is there") {
  const auto text = parse_text("a:\nb: ~\n");
  CHECK(text.root()["a"]);
  CHECK(text.root()["a"].is_null());
  CHECK(text.root()["b"].type() == ScalarType::null);
}

TEST_CASE("the last of duplicate keys holds, and both are told") {
  const auto text = parse_text("a: 1\nb: 2\na: 3\n");
  CHECK(text.root()["a"].integer() == 3);
  REQUIRE(text.parsed.duplicates.size() == 1);
  const auto& twice = text.parsed.duplicates.front();
  CHECK(Node(text.parsed.document, twice.key).line() == 3);
  CHECK(Node(text.parsed.document, twice.first).line() == 1);
}

TEST_CASE("many keys are told apart") {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "key" + std::to_string(i) + ": " + std::to_string(i) + "\n";
  const auto parsed = parse_text(text);
  CHECK(parsed.parsed.duplicates.empty());
  CHECK(parsed.root()["key499"].integer() == 499);
  CHECK(parse_text(text + "key7: x\n").parsed.duplicates.size() == 1);
}

TEST_CASE("scalars are placed with their extent, columns in code points") {
  const auto text = parse_text("größe: \"ü\"  # x\nlist: [a, 'b c']\ntext: |\n  one\n  two\n");
  CHECK(place(text.root()["größe"]) == "1:8-1:11");
  CHECK(place(text.root().key("list")) == "2:1-2:5");
  CHECK(place(text.root()["list"]) == "2:7-2:17");
  CHECK(place(text.root()["list"].at(1)) == "2:11-2:16");
  CHECK(place(text.root()["text"]) == "3:7-3:8");
  CHECK(text.root()["list"].location().excerpt == "list: [a, 'b c']");
}

TEST_CASE("LF, CRLF and CR count lines alike") {
  const std::string ending = GENERATE("\n", "\r\n", "\r");
  const auto text = parse_text("a: 1" + ending + "b:" + ending + "  c: x" + ending);
  CHECK(text.root()["b"]["c"].line() == 3);
  CHECK(place(text.root()["b"]["c"]) == "3:6-3:7");
  CHECK(text.root()["b"]["c"].location().excerpt == "  c: x");
}

TEST_CASE("a byte order mark takes no column") {
  const auto text = parse_text(
      "\xEF\xBB\xBF"
      "a: 1\n");
  CHECK(place(text.root().key("a")) == "1:1-1:2");
}

TEST_CASE("aliases are copies placed where their text stands") {
  const auto text = parse_text("base: &b {cpu: 1}\nuse: *b\n");
  CHECK(text.json() == R"({"base":{"cpu":1},"use":{"cpu":1}})");
  CHECK(text.root()["use"]["cpu"].line() == 1);
}

TEST_CASE("merge keys hold where they stand, as in Go") {
  const std::string base = "b: &b {p: 1, q: 2}\nc: &c {q: 3, r: 4}\n";
  const auto [mapping, json] = GENERATE(table<std::string, std::string>({
      {"<<: *b\n  p: 9", R"({"q":2,"p":9})"},
      {"p: 9\n  <<: *b", R"({"p":1,"q":2})"},
      {"<<: [*b, *c]", R"({"r":4,"p":1,"q":2})"},
      {"\"<<\": 1", R"({"<<":1})"},
  }));
  CAPTURE(mapping);
  const auto text = parse_text(base + "m:\n  " + mapping + "\n");
  std::string merged;
  append_json(text.root()["m"], merged);
  CHECK(merged == json);
  CHECK(text.parsed.duplicates.empty());
}

TEST_CASE("a ConfigMap of Istio holds its mesh configuration as a document") {
  const auto text = parse_text(
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: istio-canary\ndata:\n  mesh: |-\n"
      "    # defaults\n    trustDomain: example.org\n    defaultConfig:\n      tracing: {}\n"
      "  note: |\n    a: 1\n");
  const Node mesh = text.root()["data"]["mesh"].embedded();
  REQUIRE(mesh.is_mapping());
  CHECK(mesh["trustDomain"].text() == "example.org");
  CHECK(place(mesh["trustDomain"]) == "8:18-8:29");
  CHECK(mesh["defaultConfig"]["tracing"].line() == 10);
  CHECK(mesh["trustDomain"].location().file == "test.yaml");
  CHECK_FALSE(text.root()["data"]["note"].embedded());
}

TEST_CASE("values in a quoted string are placed at the string") {
  const auto text = parse_text(
      "kind: ConfigMap\nmetadata: {name: values}\ndata:\n  original-values: '{\"a\": {\"b\": "
      "1}}'\n");
  const Node values = text.root()["data"]["original-values"].embedded();
  CHECK(values["a"]["b"].integer() == 1);
  CHECK(place(values["a"]["b"]) == "4:20-4:37");
}

TEST_CASE("Helm values in Argo CD objects are documents") {
  const auto application = parse_text(
      "kind: Application\nspec:\n  source:\n    helm:\n      values: |\n        pilot:\n          "
      "cpu: 1\n");
  CHECK(application.root()["spec"]["source"]["helm"]["values"].embedded()["pilot"]["cpu"].line() ==
        7);
  const auto set = parse_text(
      "kind: ApplicationSet\nspec: {template: {spec: {sources: [{helm: {values: 'a: 1'}}]}}}\n");
  const Node sources = set.root()["spec"]["template"]["spec"]["sources"];
  CHECK(sources.at(0)["helm"]["values"].embedded()["a"].integer() == 1);
}

}  // namespace
}  // namespace meshcheck
