#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "report/cut.h"
#include "report/formats.h"
#include "report/markdown_text.h"
#include "support/sample_reports.h"

using namespace meshcheck;

namespace {

std::string markdown(const Report& report, const ReportStyle& style = {}) {
  std::ostringstream out;
  report::write_markdown(report, style, out);
  return out.str();
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t times = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++times;
  return times;
}

Report with_many(std::size_t findings) {
  Report report = test::sample_report("one");
  const Finding finding = report.findings.front();
  report.findings.assign(findings, finding);
  return report;
}

}  // namespace

TEST_CASE("Markdown reads foreign text as it is", "[markdown]") {
  const auto [text, written] = GENERATE(table<std::string, std::string>({
      {"plain text, 100%", "plain text, 100%"},
      {"*b* _i_ `c` ~s~ $m$", "\\*b\\* \\_i\\_ \\`c\\` \\~s\\~ \\$m\\$"},
      {"a|b <i> [x](y)", "a\\|b \\<i\\> \\[x\\](y)"},
      {"@team #12 C# a@b", "@&#8203;team #&#8203;12 C# a@&#8203;b"},
      {"http://x www.x", "http\\://x www\\.x"},
      {"&amp; {0}", "\\&amp; \\{0\\}"},
      {"a\n\x1b", "a\\\\n\\\\x1b"},
  }));
  CHECK(report::markdown_text(text) == written);
}

TEST_CASE("between HTML tags foreign text is text", "[markdown]") {
  CHECK(report::html_text("<script> & \"x\" @team") ==
        "&lt;script&gt; &amp; &quot;x&quot; @&#8203;team");
}

TEST_CASE("no backtick ends code early", "[markdown]") {
  CHECK(report::code_span("a") == "`a`");
  CHECK(report::code_span("a`b") == "``a`b``");
  CHECK(report::code_span("`a") == "`` `a ``");
  CHECK(report::code_block("yaml", "a: 1\n````\nb: 2") == "`````yaml\na: 1\n````\nb: 2\n`````\n");
}

TEST_CASE("text is cut between characters", "[markdown]") {
  CHECK(report::at_most("abcdef", 6) == "abcdef");
  CHECK(report::at_most("abcdefg", 6) == "abc...");
  CHECK(report::at_most("ab網格網", 8) == "ab網...");
  CHECK(report::at_most("ab網格網", 7) == "ab...");
}

TEST_CASE("a Markdown report has a mark, the counts, the points and the findings", "[markdown]") {
  const std::string text = markdown(test::sample_report("many"));
  CHECK(
      text.starts_with("<!-- meshcheck -->\n## meshcheck: 1 error, 1 warning, 1 info in 12 files"));
  CHECK(holds(text, "| 2 | Control-plane availability | **FAIL** | 1 error, 2 infos |\n"));
  CHECK(holds(text, "### 1 error\n\n<details><summary><b>MC201</b> istiod may run as a single"));
  CHECK(holds(text, "\n```yaml\nautoscaleMin: 2\nautoscaleMax: 5\n```\n"));
  CHECK(holds(text, "<details><summary>1 info</summary>\n"));
  CHECK(holds(text, "- MC701, MC702: no proxy status in the input\n"));
  CHECK(count(text, "<details>") == count(text, "</details>"));
}

TEST_CASE("what was not read stands before the points", "[markdown]") {
  const std::string text = markdown(test::sample_report("errors"));
  CHECK(text.find("**2 inputs not read**") < text.find("| Point |"));
}

TEST_CASE("places are links where the platform said where its files are", "[markdown]") {
  const ReportStyle style{
      .repository = "/w", .folder = "deploy", .file_url = "https://github.com/o/r/blob/abc/"};
  CHECK(holds(markdown(test::sample_report("one"), style),
              "[`install/istiod.yaml:214:16`](<https://github.com/o/r/blob/abc/deploy/install/"
              "istiod.yaml#L214>)"));
  CHECK(
      holds(markdown(test::sample_report("outside"), style), " at `/srv/mesh/istiod.yaml:214:16`"));
}

TEST_CASE("a Markdown report that is too long is cut by rule and says so", "[markdown]") {
  const std::string text = markdown(with_many(1000));
  CHECK(text.size() <= 65'536);
  CHECK(holds(text, "### 1000 errors\n"));
  CHECK(holds(text,
              " more findings of MC201 istiod-single-replica: cut to fit here, the other "
              "formats have them all.\n"));
  CHECK(count(text, "<details>") == count(text, "</details>"));
  CHECK(holds(text, "```yaml"));

  const std::string small = markdown(with_many(1000), {.most_bytes = 1100});
  CHECK(small.size() <= 1100);
  CHECK(holds(small, "\n1000 findings of MC201 istiod-single-replica: cut to fit here"));
  CHECK_FALSE(holds(markdown(with_many(20)), "cut to fit"));
}

TEST_CASE("a message of any length fits", "[markdown]") {
  Report report = test::sample_report("one");
  report.findings[0].message.assign(200'000, 'x');
  CHECK(markdown(report).size() <= 65'536);
  CHECK(holds(markdown(report), "xxx...</code>") == false);
  CHECK(holds(markdown(report), "xxx... <code>"));
}
