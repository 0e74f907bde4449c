#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "input/line_starts.h"
#include "support/parse_text.h"

namespace meshcheck {
namespace {

using test::parse_text;

TEST_CASE("what is broken is said in plain words at its likely cause") {
  const auto [text, complaint] = GENERATE(table<std::string, std::string>({
      {"a: \"x\nb: 1\n", "1:4 the quote that opens here is never closed"},
      {"a: [1, 2\nb: 3\n", "1:4 the `[` that opens here is never closed"},
      {"a: {b: 1\n", "1:4 the `{` that opens here is never closed"},
      {"a: [1,\n", "1:4 the `[` that opens here is never closed"},
      {"a: [\n", "1:4 the `[` that opens here is never closed"},
      {"é: {b: \"]\",  # ]\n\n", "1:4 the `{` that opens here is never closed"},
      {"a: [1, {b: [2],\n", "1:8 the `{` that opens here is never closed"},
      {"a: [\"b\" 'c']\n", "1:9 expected `,` or `]`"},
      {"a:\n\tb: 1\n", "2:1 a tab cannot indent YAML: use spaces"},
      {"a: b: c\n",
       "1:5 `: ` cannot stand here: the line is indented wrongly, or its text needs quotes"},
      {"a:\n  b: 1\n c: 2\n", "3:2 expected a key: the indentation fits no line above"},
      {"a: 1\nb\nc: 2\n", "2:1 expected `key: value`: there is no `:` after this text"},
      {"h: *.example.com\n", "1:4 `*` begins an alias: quote a value such as \"*.example.com\""},
      {"a: @b\n", "1:4 a value cannot begin with `@`: quote it"},
      {"a: \"\\d\"\n",
       "1:5 unknown escape in a double-quoted string: write `\\\\` for a backslash, "
       "or use single quotes"},
      {"a: |x\n  b\n", "1:5 after `|` or `>` the line must end: the text begins on the next line"},
      {"ü: 'é' x: [\n", "1:8 expected a key: the indentation fits no line above"},
      {"a: \xFFz\n", "1:4 byte 0xFF is not UTF-8: save the file as UTF-8"},
      {std::string("a: \0\n", 5), "1:4 the control character U+0000 may not stand in a document"},
  }));
  CAPTURE(text);
  const auto parsed = parse_text(text);
  CHECK(parsed.parsed.outcome == Parsed::Outcome::error);
  CHECK(parsed.complaint() == complaint);
}

TEST_CASE("broken JSON is said in plain words, comments included") {
  const auto [text, complaint] = GENERATE(table<std::string, std::string>({
      {"{\"a\": 1 // x\n}", "1:9 JSON has no comments"},
      {"{\n  /* x */ \"a\": 1}", "2:3 JSON has no comments"},
      {"{\"a\": 1,}", "1:9 a comma before `}` is not JSON"},
      {"[1, 2", "1:1 the `[` that opens here is never closed"},
      {"{\"a\": \"b", "1:7 the quote that opens here is never closed"},
      {"{a: 1}", "1:2 expected a key in double quotes"},
      {"[01]", "1:2 a JSON number has no leading zero"},
      {"[1.]", "1:2 a JSON number needs a digit after its point"},
      {"{} {}", "1:4 unexpected text after the JSON value"},
  }));
  CAPTURE(text);
  const auto parsed = parse_text(text, Reader::automatic, Format::json);
  CHECK(parsed.parsed.outcome == Parsed::Outcome::error);
  CHECK(parsed.complaint() == complaint);
}

TEST_CASE("templates are recognised where their markup begins") {
  const auto [text, place] = GENERATE(table<std::string, std::string>({
      {"{{- if .Values.x }}\na: 1\n{{- end }}\n", "1:1"},
      {"a:\n  name: {{ .Release.Name }}\n", "2:9"},
      {"a: {{ns}}\n", "1:4"},
      {"{% for x in y %}\n- {{ x }}\n{% endfor %}\n", "1:1"},
      {"a: 1\n{{ .Values.key }}: b\n", "2:1"},
      {"a: |\n  {{ x }}\nb:\n{{ toYaml . }}\n", "4:1"},
      {"a: \"{{ x }}\" {{ y }}\n", "1:5"},
      {"#@ data.values\na: #@ data.values.a\n", "1:1"},
  }));
  CAPTURE(text);
  const auto parsed = parse_text(text);
  CHECK(parsed.parsed.outcome == Parsed::Outcome::template_markup);
  CHECK(parsed.complaint().substr(0, place.size() + 1) == place + " ");
}

TEST_CASE("valid manifests that hold markup in their texts are no templates") {
  const std::string text = GENERATE(
      "expr: \"{{ $labels.instance }} is down\"\n", "text: |\n  {{- range . }}\n  {{ end }}\n",
      "name: app-{{workflow.name}}\n", "legend: '{{pod}}'\n", "url: ${HOST}/{{ x }}\n",
      "a: b  # {{ gone }}\n", "mail: a#@b\n", "text: |\n  #@ no\n");
  CAPTURE(text);
  CHECK(parse_text(text).parsed.outcome == Parsed::Outcome::tree);
}

TEST_CASE("a broken manifest whose texts hold markup is broken, not a template") {
  const auto parsed = parse_text("expr: \"{{ $value }}\"\ntext: |\n  {{ x }}\na: [1\nb: 2\n");
  CHECK(parsed.parsed.outcome == Parsed::Outcome::error);
}

TEST_CASE("comments and nulls are no document") {
  const std::string text = GENERATE("# nothing\n", "~\n", "null # x\n", "---\n# x\n", "\n\n");
  CAPTURE(text);
  const auto parsed = parse_text(text);
  CHECK(parsed.parsed.outcome == Parsed::Outcome::empty);
  CHECK_FALSE(parsed.root());
}

TEST_CASE("what nests deeper than the limit is an error for every reader") {
  const std::string text =
      GENERATE(std::string(1000, '['), std::string(600, '[') + std::string(600, ']'),
               std::string("- - - - - - - - - - - - - - - - - - - - - - - x\n"));
  ParseLimits limits;
  limits.depth = 20;
  for (const Format format : {Format::yaml, Format::json}) {
    const auto parsed = parse_text(text, Reader::automatic, format, limits);
    CHECK(parsed.parsed.outcome == Parsed::Outcome::error);
  }
  CHECK(parse_text(text, Reader::scanner_only, Format::yaml, limits).parsed.outcome ==
        Parsed::Outcome::declined);
}

TEST_CASE("aliases cannot make a small document large") {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + alias;
    for (int k = 0; k < 8; ++k) text += ", " + alias;
    text += "]\n";
  }
  const auto parsed = parse_text(text);
  CHECK(parsed.complaint().ends_with("aliases expand to far more than the document holds"));
}

TEST_CASE("an alias to itself or to nothing is an error") {
  CHECK(parse_text("a: &a\n  b: *a\n").complaint() == "2:6 the anchor `&a` contains itself");
  CHECK(parse_text("a: *b\n").parsed.outcome == Parsed::Outcome::error);
  CHECK(parse_text("a: [*b]\n").parsed.outcome == Parsed::Outcome::error);
}

TEST_CASE("every finder of line starts sees the same") {
  std::string text;
  std::uint32_t state = 1;
  for (int i = 0; i < 10'000; ++i) {
    state = state * 1664525 + 1013904223;
    text += "\n\n \r-ax#"[state >> 29];
  }
  const auto plain = plain_line_starts_finder();
  const auto fast = line_starts_finder();
  for (std::size_t at = 0; at + kLineStartsReach <= text.size(); ++at) {
    const LineStarts a = plain(text.data() + at);
    const LineStarts b = fast(text.data() + at);
    REQUIRE(a.breaks == b.breaks);
    REQUIRE(a.starts == b.starts);
    REQUIRE(a.lone_return == b.lone_return);
  }
}

}  // namespace
}  // namespace meshcheck
