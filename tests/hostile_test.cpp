// Input made to hurt: each case ends soon, with a value or a clear MC001, in memory bounded by the
// input. Time is judged by how it grows: twice the input may take twice as long, give or take the
// noise of a busy machine, but not four times.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "input/load.h"

namespace meshcheck {
namespace {

// Sizes are those that hurt where users run us; a debug or sanitized build is slower by so much
// that a part of them says the same.
#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
constexpr std::size_t kShare = 1;
#else
constexpr std::size_t kShare = 10;
#endif

Loaded read(std::string_view text, const char* name = "hostile.yaml") {
  LoadOptions options;
  options.stdin_name = name;
  options.stdin_text = text;
  options.parse_all = true;
  return load(std::vector<std::string>{"-"}, options);
}

double seconds(std::string_view text, const char* name = "hostile.yaml") {
  double best = 1e9;
  for (int i = 0; i < 2; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    const Loaded loaded = read(text, name);
    best = std::min(
        best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    // What is slow by far needs no second opinion.
    if (best > 5) break;
  }
  return best;
}

// `make(n)` is an input of size proportional to n.
template <class Make>
void grows_linearly(const Make& make, std::size_t n, const char* name = "hostile.yaml") {
  constexpr double kBusy = 0.02;  // below this the clock shows the machine, not us
  const double one = seconds(make(n / kShare), name);
  const double four = seconds(make(4 * n / kShare), name);
  std::printf("%-60.60s %7.3f s %7.3f s  x%.1f\n",
              Catch::getResultCapture().getCurrentTestName().c_str(), one, four, four / one);
  CHECK(four < 10 * std::max(one, kBusy));  // quadratic growth would be 16
  CHECK(four < 20);
}

std::string repeat(std::string_view text, std::size_t count) {
  std::string out;
  out.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

void is_unparsable(const Loaded& loaded) {
  REQUIRE(loaded.findings.size() == 1);
  CHECK(loaded.findings[0].rule == "MC001");
  CHECK(loaded.findings[0].message.size() < 200);
  CHECK(loaded.findings[0].location->line >= 1);
  CHECK(loaded.documents.empty());
}

std::string alias_bomb(std::size_t levels) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (std::size_t i = 1; i <= levels; ++i) {
    text += fmt::format("a{}: &a{} [", i, i) + repeat(fmt::format("*a{}, ", i - 1), 9) + "]\n";
  }
  return text;
}

}  // namespace

TEST_CASE("an alias bomb is refused") {
  is_unparsable(read(alias_bomb(9)));
  is_unparsable(read(alias_bomb(90)));
  is_unparsable(read("a: &a [*a]\n"));
}

TEST_CASE("a merge bomb is refused or small") {
  std::string text = "a0: &a0 {k: v}\n";
  for (int i = 1; i <= 40; ++i) {
    text += fmt::format("a{}: &a{} {{<<: [{}], x{}: 1}}\n", i, i,
                        repeat(fmt::format("*a{}, ", i - 1), 9), i);
  }
  CHECK(seconds(text) < 5);
}

TEST_CASE("nesting of 100,000 levels is refused") {
  const std::size_t deep = 100'000;
  is_unparsable(read(repeat("[", deep)));
  is_unparsable(read(repeat("{a: ", deep)));
  is_unparsable(read(repeat("[", deep) + repeat("]", deep)));
  is_unparsable(read(repeat("- ", deep) + "x"));
  is_unparsable(read(repeat("[", deep), "hostile.json"));
  is_unparsable(read(repeat("{\"a\":", deep), "hostile.json"));
  is_unparsable(read(repeat("[", deep) + repeat("]", deep), "hostile.json"));
}

TEST_CASE("block mappings of 10,000 levels are refused") {
  std::string text;
  for (std::size_t i = 0; i < 10'000; ++i) text += std::string(i, ' ') + "a:\n";
  is_unparsable(read(text));
}

TEST_CASE("time grows with the size of unclosed brackets") {
  grows_linearly([](std::size_t n) { return repeat("[", n); }, 250'000);
}

TEST_CASE("time grows with the size of one plain scalar") {
  grows_linearly([](std::size_t n) { return "a: " + std::string(n, 'x') + "\n"; }, 12'500'000);
}

TEST_CASE("time grows with the size of one quoted scalar") {
  grows_linearly([](std::size_t n) { return "a: \"" + std::string(n, 'x') + "\"\n"; }, 12'500'000);
}

TEST_CASE("time grows with the size of one quoted scalar full of escapes") {
  grows_linearly([](std::size_t n) { return "a: \"" + repeat("\\n", n) + "\"\n"; }, 2'500'000);
}

TEST_CASE("time grows with the size of a scalar over many lines") {
  grows_linearly([](std::size_t n) { return "a: x\n" + repeat("  y\n", n); }, 1'000'000);
  grows_linearly([](std::size_t n) { return "a: |\n" + repeat("  y\n", n); }, 1'000'000);
  grows_linearly([](std::size_t n) { return "a: >\n" + repeat("  y\n", n); }, 1'000'000);
  grows_linearly([](std::size_t n) { return "a: '" + repeat("y\n  ", n) + "'\n"; }, 1'000'000);
}

TEST_CASE("time grows with the size of one JSON string") {
  grows_linearly([](std::size_t n) { return "{\"a\":\"" + std::string(n, 'x') + "\"}"; },
                 12'500'000, "hostile.json");
}

TEST_CASE("time grows with blank lines") {
  grows_linearly([](std::size_t n) { return "a: 1\n" + std::string(n, '\n'); }, 2'500'000);
  grows_linearly([](std::size_t n) { return std::string(n, '\n') + "a: 1\n"; }, 2'500'000);
  grows_linearly([](std::size_t n) { return repeat("# note\n", n); }, 500'000);
}

TEST_CASE("time grows with the number of keys, alike or not") {
  const auto keys = [](std::size_t n) {
    std::string text = "kind: A\n";
    for (std::size_t i = 0; i < n; ++i) text += fmt::format("k{}: {}\n", i, i);
    return text;
  };
  grows_linearly(keys, 20'000);
  grows_linearly([](std::size_t n) { return "kind: A\n" + repeat("k: 1\n", n); }, 20'000);
  grows_linearly([&](std::size_t n) { return "%YAML 1.1\n---\n" + keys(n); }, 20'000);
}

TEST_CASE("time grows with the number of JSON keys") {
  grows_linearly(
      [](std::size_t n) {
        std::string text = "{\"kind\":1";
        for (std::size_t i = 0; i < n; ++i) text += fmt::format(",\"k{}\":{}", i, i);
        return text + "}";
      },
      20'000, "hostile.json");
}

TEST_CASE("time grows with the number of flow items and of anchors") {
  grows_linearly([](std::size_t n) { return "a: [" + repeat("x, ", n) + "]\n"; }, 100'000);
  grows_linearly(
      [](std::size_t n) {
        std::string text;
        for (std::size_t i = 0; i < n; ++i) text += fmt::format("k{0}: &a{0} x\nl{0}: *a{0}\n", i);
        return text;
      },
      5'000);
}

TEST_CASE("time grows with the number of documents, sound or broken") {
  grows_linearly([](std::size_t n) { return repeat("a: 1\n---\n", n); }, 250'000);
  grows_linearly([](std::size_t n) { return repeat("a: [\n---\n", n); }, 50'000);
  grows_linearly([](std::size_t n) { return repeat("---\n", n); }, 500'000);
}

TEST_CASE("time grows with the number of duplicate keys found in one document") {
  grows_linearly(
      [](std::size_t n) {
        std::string text = "kind: A\nitems:\n";
        for (std::size_t i = 0; i < n; ++i) text += "- a: 1\n  a: 2\n";
        return text;
      },
      20'000);
}

TEST_CASE("NUL bytes, control characters and invalid UTF-8 are refused with their place") {
  using std::string_view_literals::operator""sv;
  for (const std::string_view bad : {"\0"sv, "\x01"sv, "\x7F"sv, "\xFF"sv, "\xC3"sv, "\xC0\x80"sv,
                                     "\xED\xA0\x80"sv, "\xF4\x90\x80\x80"sv, "\xE2\x82"sv}) {
    for (const char* name : {"hostile.yaml", "hostile.json"}) {
      CAPTURE(bad, name);
      const std::string value = fmt::format("\"a{}\"", bad);
      const bool json = std::string_view(name).ends_with("json");
      const std::string text =
          json ? fmt::format("{{\n\"b\": {}}}", value) : fmt::format("kind: x\nb: {}\n", value);
      const Loaded loaded = read(text, name);
      // JSON allows DEL in strings.
      if (json && bad == "\x7F"sv) {
        CHECK(loaded.findings.empty());
        continue;
      }
      is_unparsable(loaded);
      CHECK(loaded.findings[0].location->line == 2);
    }
  }
}

TEST_CASE("a text cut off anywhere is a value or MC001") {
  const std::string text =
      "# Source: a/b.yaml\napiVersion: v1\nkind: \"Service\"\nmetadata: {name: 'a', labels: {b: "
      "c}}\nspec:\n- &x !!str 1\n- *x\n- |\n  é\n  text\n- >-\n  more\n...\n---\nb: [1, 2]\n";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const Loaded loaded = read(std::string_view(text).substr(0, size));
    for (const Finding& finding : loaded.findings) CHECK(finding.rule == "MC001");
    CHECK(loaded.errors.empty());
  }
  const std::string json = R"({"a": [1.5e3, true, null, "é\u00e9\n"], "b": {"c": -0}})";
  for (std::size_t size = 1; size < json.size(); ++size) {
    const Loaded loaded = read(std::string_view(json).substr(0, size), "hostile.json");
    REQUIRE(loaded.findings.size() == 1);
    CHECK(loaded.findings[0].rule == "MC001");
  }
}

}  // namespace meshcheck
