#include <catch2/catch.hpp>

#include "report/terminal.h"

using namespace meshcheck::report;

TEST_CASE("what could steer a terminal is shown, not sent", "[terminal]") {
  const auto [text, shown] = GENERATE(table<std::string, std::string>({
      {"plain", "plain"},
      {"\x1b[31mred", "\\x1b[31mred"},
      {"two\nlines\r\n", "two\\nlines\\r\\n"},
      {"tab\there", "tab\\there"},
      {"\x7f", "\\x7f"},
      {"\xC2\x9B"
       "31m",
       "\uFFFD31m"},  // CSI as one character
      {"\xff", "\uFFFD"},
      {"safe\u202Eelif", "safe\uFFFDelif"},  // right-to-left override
      {"\u061Cx", "\uFFFDx"},                // Arabic letter mark
      {"## [a] #1", "## [a] #1"},
      {"a ##[error]b ##vso[x]", "a \\x23#[error]b \\x23#vso[x]"},
      {"réplique 網格", "réplique 網格"},
  }));
  CHECK(printable(text) == shown);
}

TEST_CASE("no line of prose or of a block is a command of a CI runner", "[terminal]") {
  CHECK(printable_lines("a: 1\n  ::error::x\n::1\n- ::a::\n") ==
        std::vector<std::string>{"a: 1", "  \\x3a:error::x", "::1", "- ::a::"});
  CHECK(wrap("words ::error::x", 6) == std::vector<std::string>{"words", "\\x3a:error::x"});
}

TEST_CASE("width counts columns, not bytes", "[terminal]") {
  CHECK(display_width("istiod") == 6);
  CHECK(display_width("réplique") == 8);
  CHECK(display_width("網格") == 4);
  CHECK(display_width("e\u0301") == 1);
}

TEST_CASE("prose is wrapped between words", "[terminal]") {
  CHECK(wrap("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrap("unbreakable word", 4) == std::vector<std::string>{"unbreakable", "word"});
  CHECK(wrap("a\n b", 10) == std::vector<std::string>{"a b"});
  CHECK(wrap("", 10).empty());
}

TEST_CASE("the marks stand under what the columns name", "[terminal]") {
  struct Row {
    std::string line;
    std::uint32_t column, end_column;
    std::string text, marks;
  };
  const Row row = GENERATE(values<Row>({
      {"a: bcd", 4, 7, "a: bcd", "   ^^^"},
      {"\ta: b", 5, 6, "  a: b", "     ^"},
      {"網: b", 4, 5, "網: b", "    ^"},
      {"a: b\r", 4, 5, "a: b\\r", "   ^"},
      {"a:", 3, 3, "a:", "  ^"},        // nothing there: the mark stands behind
      {"a: b", 4, 99, "a: b", "   ^"},  // an end beyond the line
      {"a: b", 99, 100, "a: b", "    ^"},
      {"", 1, 2, "", "^"},
  }));
  CAPTURE(row.line);
  const Excerpt shown = mark_excerpt(row.line, row.column, row.end_column, 40);
  CHECK(shown.text == row.text);
  CHECK(shown.marks == row.marks);
}

TEST_CASE("a long line is shown around its mark, within the width", "[terminal]") {
  const std::string line = std::string(100, 'x') + "MARK" + std::string(100, 'y');
  const Excerpt shown = mark_excerpt(line, 101, 105, 40);
  CHECK(display_width(shown.text) <= 40);
  CHECK(shown.text.starts_with("..."));
  CHECK(shown.text.ends_with("..."));
  CHECK(shown.text.find("MARK") == shown.marks.find("^^^^"));

  const Excerpt begin = mark_excerpt(line, 1, 4, 40);
  CHECK(begin.text.starts_with("xxx"));
  CHECK(begin.marks == "^^^");
}
