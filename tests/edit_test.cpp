// Snippets laid over documents: which bytes change, and that no other does.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "edit/append.h"
#include "edit/lists.h"
#include "edit/merge.h"
#include "edit/path.h"
#include "support/yaml_mesh.h"

using namespace meshcheck;
using test::YamlText;

namespace {

// The text with the snippet laid over its first document, or "refused: …".
std::string merged(const std::string& text, const std::string& snippet,
                   const std::string& name = "test.yaml") {
  const YamlText before(text, name);
  const YamlText want(snippet);
  const auto edits = merge_edits(before.root(), want.root());
  if (!edits) return "refused: " + edits.error().message;
  std::string out = apply_edits(text, *edits);
  const YamlText after(out, name);
  CHECK(is_merge_of(before.root(), want.root(), after.root()));
  return out;
}

bool is_refused(const std::string& text, const std::string& snippet) {
  return merged(text, snippet).starts_with("refused: ");
}

}  // namespace

TEST_CASE("a scalar is replaced where it stands, with its quotes and the comment behind it") {
  CHECK(merged("a:\n  b: 1   # why\nc: 2\n", "a: {b: 3}") == "a:\n  b: 3   # why\nc: 2\n");
  CHECK(merged("cpu: '100m' # x\n", "cpu: 500m") == "cpu: '500m' # x\n");
  CHECK(merged("cpu: \"1\"\n", "cpu: \"2\"") == "cpu: \"2\"\n");
  CHECK(merged("n: \"1\"\n", "n: 2") == "n: 2\n");
  CHECK(merged("'a b': 1\n", "'a b': 2") == "'a b': 2\n");
  CHECK(merged("cpu: 500m\n", "cpu: \"500m\"") == "cpu: 500m\n");
}

TEST_CASE("a missing key goes behind the last of its mapping, as far in as that is") {
  CHECK(merged("a:\n    b: 1\n\n# next\nc: 2\n", "a: {d: 3}") ==
        "a:\n    b: 1\n    d: 3\n\n# next\nc: 2\n");
  CHECK(merged("a:\n  b: 1", "a:\n  d:\n    e: 3\n") == "a:\n  b: 1\n  d:\n    e: 3");
  CHECK(merged("a: 1\r\nb: 2\r\n", "c:\n  d: 1\n") == "a: 1\r\nb: 2\r\nc:\r\n  d: 1\r\n");
  CHECK(merged("a:\n    b:\n        c: 1\n", "a:\n  d:\n    e: 1\n") ==
        "a:\n    b:\n        c: 1\n    d:\n        e: 1\n");
  CHECK(merged("a: |\n  text\n\n  more\n\nb: 1\n", "c: 2") ==
        "a: |\n  text\n\n  more\n\nb: 1\nc: 2\n");
  CHECK(merged("a:\n  b: |\n    text\nc: 1\n", "a: {d: 2}") ==
        "a:\n  b: |\n    text\n  d: 2\nc: 1\n");
}

TEST_CASE("a mapping of nothing but nulls is an empty one") {
  CHECK(merged("a: 1\n", "b:\n  c:\n") == "a: 1\nb: {}\n");
  CHECK(merged("a: 1\n", "b:\n  - c:\n") == "a: 1\nb:\n  - {}\n");
}

TEST_CASE("what stood for nothing gives way to something, and its comment stays") {
  CHECK(merged("a:   # none\nb: 1\n", "a: {c: 1}") == "a: {c: 1}   # none\nb: 1\n");
  CHECK(merged("a:   # none\nb: 1\n", "a:\n  c: 1\n") == "a:   # none\n  c: 1\nb: 1\n");
  CHECK(merged("a: {}\nb: 1\n", "a:\n  c: 1\n") == "a:\n  c: 1\nb: 1\n");
  CHECK(merged("a: null\nb: 1\n", "a: 2\n") == "a: 2\nb: 1\n");
  CHECK(merged("a: ~\nb: 1\n", "a:\n  - x\n") == "a:\n  - x\nb: 1\n");
  CHECK(merged("a: [{}]\nb: 1\n", "a: [{c: 1}]") == "a: [{c: 1}]\nb: 1\n");
  CHECK(merged("a:\n  - {}  # all\nb: 1\n", "a:\n  - c:\n      - d\n") ==
        "a:\n  - {c: [d]}  # all\nb: 1\n");
}

TEST_CASE("flow mappings and JSON are edited in their own syntax") {
  CHECK(merged("a: {b: 1}  # x\n", "a:\n  c:\n    d: 2\n") == "a: {b: 1, c: {d: 2}}  # x\n");
  CHECK(merged("a: {b: [x]}\n", "a: {b: [y, z]}") == "a: {b: [y, z]}\n");
  CHECK(merged("{\"a\": 1}", "b: x\nc: [1, \"2\"]", "test.json") ==
        "{\"a\": 1, \"b\": \"x\", \"c\": [1, \"2\"]}");
  CHECK(merged("{\n  \"a\": {\n    \"b\": 1\n  }\n}\n", "a: {c: true}", "test.json") ==
        "{\n  \"a\": {\n    \"b\": 1,\n    \"c\": true\n  }\n}\n");
  CHECK(merged("{\n  \"a\": 1,\n  \"b\": \"x\"\n}\n", "a: null\nb: z", "test.json") ==
        "{\n  \"b\": \"z\"\n}\n");
}

TEST_CASE("null takes a key away with its lines") {
  CHECK(merged("a:\n  b: 1 # x\n  c: 2\n", "a: {b: null}") == "a:\n  c: 2\n");
  CHECK(merged("a:\n  c: 2\n  b:\n    - 1\n    - 2\nd: 1\n", "a: {b: null}") ==
        "a:\n  c: 2\nd: 1\n");
  CHECK(merged("a: {b: 1, c: 2}\n", "a: {b: null}") == "a: {c: 2}\n");
  CHECK(merged("a: {b: 1, c: 2}\n", "a: {c: null}") == "a: {b: 1}\n");
  CHECK(merged("a: 1\n", "b: null") == "a: 1\n");
  // Nothing would be left of the mapping, which may mean something else than no mapping.
  CHECK(merged("a:\n  b: 1 # x\n", "a: {b: null}") == "a:\n  b: null # x\n");
  CHECK(merged("a: {b: 1}\n", "a: {b: null, c: 2}") == "a: {b: null, c: 2}\n");
  CHECK(is_refused("a:\n  b:\n    c: 1\n", "a: {b: null}"));
}

TEST_CASE("containers are found by name, other lists are one value") {
  const std::string pod = "containers:\n- image: a\n  name: x\n- name: y # second\n  image: b\n";
  CHECK(merged(pod, "containers:\n  - name: y\n    cpu: 1\n") ==
        "containers:\n- image: a\n  name: x\n- name: y # second\n  image: b\n  cpu: 1\n");
  CHECK(merged(pod, "containers:\n  - name: z\n    image: c\n") == pod + "- name: z\n  image: c\n");
  CHECK(is_refused(pod, "containers:\n  - name: z\n    cpu: 1\n"));
  CHECK(merged("l:\n  - 1\n  - 2\nm: 1\n", "l: []") == "l: []\nm: 1\n");
  CHECK(merged("l:\n  - a: 1 # x\n    b: 1\n", "l:\n  - a: 2\n") == "l:\n  - a: 2 # x\n    b: 1\n");
  CHECK(merged("l:\n- a: 1\n- a: 2\nm: 1\n", "l:\n  - a: 3\n") == "l:\n- a: 3\nm: 1\n");
}

TEST_CASE("what is written once and meant twice is left alone") {
  CHECK(is_refused("a: &x\n  b: 1\nc: *x\n", "a: {b: 2}"));
  CHECK(is_refused("a: &x\n  b: 1\nc: *x\n", "c: {d: 2}"));
  CHECK(is_refused("base: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n", "c: {b: 2}"));
  CHECK(is_refused("a: !!str 1\n", "a: 2"));
  CHECK(is_refused("a: \"{{ .Values.x }}\"\n", "a: 2"));
  CHECK(is_refused("a: ${CPU}\n", "a: 2"));
  CHECK(is_refused("a: |\n  x\n", "a: 2"));
  CHECK(merged("a: &x\n  b: 1\nc: 1\n", "c: 2") == "a: &x\n  b: 1\nc: 2\n");
}

TEST_CASE("text that holds YAML is edited inside, line by line") {
  const std::string head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: istio\ndata:\n";
  CHECK(
      merged(head +
                 "  mesh: |-\n    # log\n    accessLogFile: /dev/stdout # on\n    b:\n      c: 1\n"
                 "  other: x\n",
             "data:\n  mesh:\n    accessLogFile: \"\"\n    b: {d: 2}\n    e: 3\n") ==
      head +
          "  mesh: |-\n    # log\n    accessLogFile: \"\" # on\n    b:\n      c: 1\n      d: 2\n"
          "    e: 3\n  other: x\n");
  CHECK(merged(head + "  mesh: \"a: 1\\nb: \\\"x\\\"\\n\"\n", "data: {mesh: {a: 2}}") ==
        head + "  mesh: \"a: 2\\nb: \\\"x\\\"\\n\"\n");
  CHECK(is_refused(head + "  mesh: 'a: 1'\n", "data: {mesh: {a: 2}}"));
  CHECK(is_refused(head + "  mesh: >\n    a: 1\n", "data: {mesh: {a: 2}}"));
}

TEST_CASE("the check sees every slip") {
  const YamlText before("a: {b: 1, c: 2}\nl: [1]\n");
  const YamlText want("a: {b: 3}");
  const auto good = [&](const std::string& text) {
    return is_merge_of(before.root(), want.root(), YamlText(text).root());
  };
  CHECK(good("a: {b: 3, c: 2}\nl: [1]\n"));
  CHECK_FALSE(good("a: {b: 1, c: 2}\nl: [1]\n"));
  CHECK_FALSE(good("a: {b: 3}\nl: [1]\n"));
  CHECK_FALSE(good("a: {b: 3, c: 2, d: 1}\nl: [1]\n"));
  CHECK_FALSE(good("a: {b: \"3\", c: 2}\nl: [1]\n"));
  CHECK_FALSE(good("a: {b: 3, c: 2}\nl: [2]\n"));
  const YamlText gone("a: {b: null}");
  const auto without = [&](const std::string& text) {
    return is_merge_of(before.root(), gone.root(), YamlText(text).root());
  };
  CHECK(without("a: {c: 2}\nl: [1]\n"));
  CHECK_FALSE(without("a: {b: null, c: 2}\nl: [1]\n"));
}

TEST_CASE("a path leads to the same place in another text") {
  const YamlText text("a:\n  - b: {c: 1}\n  - d: x\n");
  const Node node = text.root()["a"].at(0)["b"]["c"];
  const Path path = path_to(node);
  CHECK(path.size() == 4);
  CHECK(follow(text.root(), path) == node);
  const YamlText other("x: 1\na: [{b: {c: 7}}]\n");
  CHECK(follow(other.root(), path).text() == "7");
}

TEST_CASE("a document is added behind a separator of its own") {
  CHECK(append_document("a: 1\n", "b: 2\n") == "a: 1\n---\nb: 2\n");
  CHECK(append_document("a: 1", "b: 2\n") == "a: 1\n---\nb: 2\n");
  CHECK(append_document("a: 1\n---\n", "b: 2\n") == "a: 1\n---\nb: 2\n");
  CHECK(append_document("a: 1\r\n", "b:\n  c: 2\n") == "a: 1\r\n---\r\nb:\r\n  c: 2\r\n");
}
