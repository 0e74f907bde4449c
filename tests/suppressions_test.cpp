// Which comments are suppressions, and what each covers.
#include "input/suppressions.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "input/load.h"
#include "input/suppression_comment.h"

using namespace meshcheck;

namespace {

std::vector<Suppression> found_in(const std::string& text, const char* name = "test.yaml") {
  LoadOptions options;
  options.stdin_name = name;
  options.stdin_text = text;
  return load(std::vector<std::string>{"-"}, options).suppressions;
}

// "LINE MC201 -> LINE:COLUMN-LINE:COLUMN" of each, or what is wrong with it.
std::string scopes(const std::string& text) {
  std::string out;
  for (const Suppression& said : found_in(text)) {
    if (!out.empty()) out += "; ";
    out += fmt::format("{} {}", said.where.line, fmt::join(said.rules, ","));
    if (!said.malformed.empty()) {
      out += "malformed";
      continue;
    }
    const auto& covered = std::get<CoveredText>(said.covers);
    out += fmt::format(" -> {}:{}-{}:{}", covered.line, covered.column, covered.end_line,
                       covered.end_column);
  }
  return out;
}

Suppression parsed(const std::string& text) { return parse_suppression(text).value(); }

}  // namespace

TEST_CASE("a reason full of words that may begin an end is read at once") {
  std::string text = "meshcheck: ignore[MC201] why";
  for (int i = 0; i < 60'000; ++i) text += " (until";
  CHECK(parsed(text).until.empty());
}

TEST_CASE("a comment names rules, a reason and an end") {
  const Suppression said =
      parsed("meshcheck: ignore[MC201, mc204] waits for nodes (until 2027-01-31)");
  CHECK(said.rules == std::vector<std::string>{"MC201", "mc204"});
  CHECK(said.reason == "waits for nodes");
  CHECK(said.until == "2027-01-31");
  CHECK(parsed("meshcheck:ignore[MC201]").reason.empty());
  CHECK(parsed("meshcheck: ignore[MC201] - why").reason == "why");
  CHECK(parsed("meshcheck: ignore[MC201] why (as ever)").reason == "why (as ever)");
  CHECK(parsed("meshcheck: ignore[MC201] why until 2027-01-31").until == "2027-01-31");
  CHECK(parsed("meshcheck: ignore[MC201] until 2027-01-31").reason.empty());
  CHECK(parsed("meshcheck: ignore[MC201] why until then").until.empty());
  CHECK(parsed("meshcheck: ignore[MC201] why (until tomorrow)").until == "tomorrow");
}

TEST_CASE("what was meant as a suppression and is none is told from prose") {
  for (const char* text :
       {"meshcheck: ignore MC201", "meshcheck: ignore[MC201", "meshcheck: ignore[]",
        "meshcheck: disable[MC201]", "meshcheck: disable MC201", "meshcheck: ignored[MC201] x",
        "meshcheck: ignroe[MC201] x", "meshcheck: ignore(MC201)"}) {
    CAPTURE(text);
    CHECK_FALSE(parsed(text).malformed.empty());
  }
  for (const char* text : {"meshcheck:", "meshcheck: see the wiki", "meshcheck: ignore this file",
                           "meshcheck: run with --select MC201"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_suppression(text).has_value());
  }
}

TEST_CASE("a comment on a line of its own covers the next entry and all below it") {
  CHECK(scopes("a: 1\n# meshcheck: ignore[MC201] x\nb:\n  c: 1\n  d: 2\ne: 3\n") ==
        "2 MC201 -> 3:1-6:1");
  CHECK(scopes("a:\n  # meshcheck: ignore[MC201] x\n  b: 1\n  c: 2\n") == "2 MC201 -> 3:3-4:3");
  CHECK(scopes("a:\n  - n: 1\n    m: 2\n  # meshcheck: ignore[MC201] x\n  - n: 3\n    m: 4\n  - n: "
               "5\n") == "4 MC201 -> 5:5-7:5");
  // The first item is one item, not the list; the first key one entry, not the mapping.
  CHECK(scopes("a:\n  # meshcheck: ignore[MC201] x\n  - n: 1\n    m: 2\n  - n: 3\n") ==
        "2 MC201 -> 3:5-5:5");
  CHECK(scopes("a:\n  # meshcheck: ignore[MC201] x\n  {b: 1, c: 2}\nd: 1\n") ==
        "2 MC201 -> 3:3-4:1");
  // Two of them, and other comments between.
  CHECK(scopes("a: 1\n# meshcheck: ignore[MC201] x\n# meshcheck: ignore[MC204] y\n\n# z\nb: 1\n") ==
        "2 MC201 -> 6:1-7:1; 3 MC204 -> 6:1-7:1");
}

TEST_CASE("a comment behind something covers its line") {
  CHECK(scopes("a: 1\nb: 2  # meshcheck: ignore[MC201] x\nc: 3\n") == "2 MC201 -> 2:1-3:1");
  CHECK(scopes("a: 1\nb:  # meshcheck: ignore[MC201] x\n  c: 3\n") == "2 MC201 -> 2:1-3:1");
  CHECK(scopes("a: 1\nb: |  # meshcheck: ignore[MC201] x\n  c\n") == "2 MC201 -> 2:1-3:1");
  CHECK(scopes("a: 1\nb: 2  # yamllint disable # meshcheck: ignore[MC201] x") ==
        "2 MC201 -> 2:1-2:54");
}

TEST_CASE("a comment before the first key covers the document") {
  CHECK(scopes("# meshcheck: ignore[MC201] x\na: 1\nb: 2\n---\nc: 3\n") == "1 MC201 -> 1:1-4:1");
  CHECK(scopes("\n# y\n# meshcheck: ignore[MC201] x\n\na: 1\n") == "3 MC201 -> 1:1-6:1");
  // On either side of the separator, and beside it.
  CHECK(scopes("# meshcheck: ignore[MC201] x\n---\na: 1\n---\nb: 2\n") == "1 MC201 -> 3:1-4:1");
  CHECK(scopes("a: 1\n---\n# meshcheck: ignore[MC201] x\n---\nb: 2\n") == "3 MC201 -> 5:1-6:1");
  CHECK(scopes("a: 1\n--- # meshcheck: ignore[MC201] x\nb: 2\n") == "2 MC201 -> 3:1-4:1");
  CHECK(scopes("\xEF\xBB\xBF# meshcheck: ignore[MC201] x\na: 1\n") == "1 MC201 -> 1:1-3:1");
  CHECK(scopes("# meshcheck: ignore[MC201] x\r\na: 1\r\n") == "1 MC201 -> 1:1-3:1");
}

TEST_CASE("at the head of a document that is not YAML yet it still speaks for the document") {
  CHECK(
      scopes("# meshcheck: ignore[MC006] x\na: {{ .Values.b }}\n# meshcheck: ignore[MC201] y\n") ==
      "1 MC006 -> 1:1-4:1");
}

TEST_CASE("a comment that nothing follows says so") {
  CHECK(scopes("a: 1\n# meshcheck: ignore[MC201] x\n---\nb: 1\n") == "2 MC201malformed");
  CHECK(scopes("# meshcheck: ignore[MC201] x\n") == "");
}

TEST_CASE("what stands in a scalar is no comment") {
  for (const char* text : {
           "a: '# meshcheck: ignore[MC201] x'\n",
           "a: \"b\n  # meshcheck: ignore[MC201] x\n  c\"\n",
           "a: |\n  # meshcheck: ignore[MC201] x\n",
           "a: |2\n    b\n  # meshcheck: ignore[MC201] x\n",
           "a: >-\n\n   b\n   # meshcheck: ignore[MC201] x\n\n   c\n",
           "- |\n # meshcheck: ignore[MC201] x\n",
           "a: &x !!str |\n  # meshcheck: ignore[MC201] x\n",
           "{\"a\": \"# meshcheck: ignore[MC201] x\"}\n",
           "a: b#meshcheck: ignore[MC201]\n",
       }) {
    CAPTURE(text);
    CHECK(scopes(text) == "");
  }
  // Below a block scalar, and beside quotes, it is one again.
  CHECK(scopes("a: |\n  b\n# meshcheck: ignore[MC201] x\nc: 1\n") == "3 MC201 -> 4:1-5:1");
  CHECK(scopes("a: |\n  b\n # meshcheck: ignore[MC201] x\nc: 1\n") == "3 MC201 -> 4:1-5:1");
  CHECK(scopes("a: 'b' # meshcheck: ignore[MC201] x\n") == "1 MC201 -> 1:1-2:1");
}

TEST_CASE("copies that aliases make do not move what a comment covers") {
  CHECK(scopes("a: &x {b: 1}\nc: *x\n# meshcheck: ignore[MC201] x\nd:\n  e: *x\nf: *x\n") ==
        "3 MC201 -> 4:1-6:1");
  CHECK(scopes("a: &x\n  b: 1\nc:\n  <<: *x\n  # meshcheck: ignore[MC201] x\n  d: 2\n  e: 3\n") ==
        "5 MC201 -> 6:3-7:3");
}

TEST_CASE("a JSON file has no comments") {
  CHECK(found_in("{\"a\": 1} # meshcheck: ignore[MC201]", "test.json").empty());
}

TEST_CASE("files that are read by lines take comments too") {
  Source source;
  source.name = "Dockerfile";
  source.text =
      "FROM debian:12\n"
      "# meshcheck: ignore[MC803] the fleet follows in May\n"
      "# as agreed\n"
      "RUN curl -L https://istio.io/downloadIstio | \\\n"
      "    ISTIO_VERSION=1.28.0 sh -\n"
      "ENV A=1  # meshcheck: ignore[MC804] x\n"
      "# meshcheck: ignore[MC804] x\n";
  const auto found = find_line_suppressions(source);
  REQUIRE(found.size() == 3);
  CHECK(found[0].where.line == 2);
  CHECK(found[0].reason == "the fleet follows in May");
  const auto& continued = std::get<CoveredText>(found[0].covers);
  CHECK(continued.line == 4);
  CHECK(continued.end_line == 6);
  CHECK(std::get<CoveredText>(found[1].covers).line == 6);
  CHECK(std::get<CoveredText>(found[1].covers).end_line == 7);
  CHECK_FALSE(found[2].malformed.empty());
}

TEST_CASE("an end that somebody wrote is found wherever and however it stands") {
  struct Case {
    const char* text;
    const char* until;
    const char* reason;
  };
  for (const Case& one : std::vector<Case>{
           {"nodes (until 2026-01-31) see JIRA-1", "2026-01-31", "nodes see JIRA-1"},
           {"nodes (until 2026-01-31).", "2026-01-31", "nodes"},
           {"nodes (until: 2026-01-31)", "2026-01-31", "nodes"},
           {"nodes (Until 2026-01-31)", "2026-01-31", "nodes"},
           {"nodes (until 2026-01-31", "2026-01-31", "nodes"},
           {"nodes [until 2026-01-31]", "2026-01-31", "nodes"},
           {"nodes (expires 2026-01-31)", "2026-01-31", "nodes"},
           {"nodes, expires on 2026-01-31", "2026-01-31", "nodes,"},
           {"until 2026-01-31, JIRA-1", "2026-01-31", "JIRA-1"},
           {"nodes (until 2026-01-31, JIRA-1)", "2026-01-31", "nodes (JIRA-1)"},
           {"nodes until 31.01.2026", "31.01.2026", "nodes"},
           {"nodes until 2026/01/31", "2026/01/31", "nodes"},
           {"nodes until end of March 2027", "end of March 2027", "nodes"},
           {"nodes until Jan 31, 2027.", "Jan 31, 2027", "nodes"},
           {"nodes (until 2027)", "2027", "nodes"},
           {"nodes (until the move)", "the move", "nodes"},
           {"nodes (til 2027-01-31)", "2027-01-31", "nodes"},
           {"nodes, ends on 2027-01-31", "2027-01-31", "nodes,"},
           {"nodes (expire 2027-01-31)", "2027-01-31", "nodes"},
           {"nodes untill 2027-01-31", "2027-01-31", "nodes"},
           {"it comes through proxies (as it ends there)", "",
            "it comes through proxies (as it ends there)"},
           {"all through 2045 pods", "", "all through 2045 pods"},
           {"until 2027-01-31, the review covered traffic ending 2026-06-30", "2027-01-31",
            "the review covered traffic ending 2026-06-30"},
           {"agreed on 2026-01-31", "", "agreed on 2026-01-31"},
           {"until 1.30.2 is out", "", "until 1.30.2 is out"},
           {"until ticket 2045 is done", "", "until ticket 2045 is done"},
           {"until 10 nodes are there", "", "until 10 nodes are there"},
           {"waits until then", "", "waits until then"},
           {"the certificate expires soon", "", "the certificate expires soon"},
           {"10.2.3.4 until the move", "", "10.2.3.4 until the move"},
           {"nodes (until it moves) and more", "", "nodes (until it moves) and more"}}) {
    const Suppression said = parsed("meshcheck: ignore[MC201] " + std::string(one.text));
    CAPTURE(one.text);
    CHECK(said.until == one.until);
    CHECK(said.reason == one.reason);
  }
}

TEST_CASE("a slip in the mark is told, a comment that speaks of meshcheck is left alone") {
  const auto marked = [](const std::string& comment) -> std::optional<Suppression> {
    const CommentMark at = find_comment_mark(comment, 0);
    if (at.mark == std::string::npos) return std::nullopt;
    return parse_suppression(std::string_view(comment).substr(at.mark));
  };
  for (const char* text : {"# meshcheck ignore[MC103] x", "# meshcheck : ignore[MC103] x",
                           "# Meshcheck: ignore[MC103] x", "# MeshCheck ignore [mc103]",
                           "# meshcheck: ignore [MC103]"}) {
    CAPTURE(text);
    const auto said = marked(text);
    REQUIRE(said.has_value());
    CHECK_FALSE(said->malformed.empty());
  }
  CHECK(marked("# meshcheck: ignore [MC103] x")->malformed.starts_with("no blank stands before"));
  CHECK(marked("# Meshcheck ignore[MC103]")->malformed.starts_with("it begins with `Meshcheck`"));
  for (const char* text :
       {"# meshcheck ignores MC103 here", "# Meshcheck: see MC103", "# meshcheck",
        "# meshcheck finds MC103 [sic]", "# healthcheck: ignore[MC103]",
        "# as meshcheck says: ignore[MC103]", "# meshcheck ignore[this]"}) {
    CAPTURE(text);
    CHECK_FALSE(marked(text).has_value());
  }
}
