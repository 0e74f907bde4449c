#include "meshcheck/line_hash.h"

#include <numeric>

#include <catch2/catch.hpp>

using namespace meshcheck;

namespace {

std::vector<std::string> hashes_of(std::string_view text, std::uint32_t count) {
  std::vector<std::uint32_t> lines(count);
  std::iota(lines.begin(), lines.end(), 1U);
  return line_hashes(text, lines);
}

}  // namespace

// The vectors are those that github/codeql-action tests its own implementation with
// (src/fingerprints.test.ts).
TEST_CASE("line hashes are those of codeql-action", "[line_hash]") {
  CHECK(hashes_of("", 1) == std::vector<std::string>{"c129715d7a2bc9a3:1"});
  CHECK(hashes_of(" a\nb\n  \t\tc\n d", 4) ==
        std::vector<std::string>{"271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1",
                                 "a23a3dc5e078b07b:1"});
}

TEST_CASE("equal lines are told apart by a count", "[line_hash]") {
  std::string text;
  for (int i = 0; i < 10; ++i) text += "Lorem ipsum dolor sit amet.\n";
  CHECK(hashes_of(text, 11) ==
        std::vector<std::string>{"a7f2ff13bc495cf2:1", "a7f2ff13bc495cf2:2", "a7f2ff13bc495cf2:3",
                                 "a7f2ff13bc495cf2:4", "a7f2ff13bc495cf2:5", "a7f2ff13bc495cf2:6",
                                 "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1", "55ec222b86bcae53:1",
                                 "cc97dc7b1d7d8f7b:1", "c129715d7a2bc9a3:1"});
}

TEST_CASE("line ends of every system hash the same", "[line_hash]") {
  const auto unix_text = hashes_of("a: 1\nb: 2\n\nc: 3\n", 5);
  CHECK(hashes_of("a: 1\r\nb: 2\r\n\r\nc: 3\r\n", 5) == unix_text);
  CHECK(hashes_of("a: 1\rb: 2\r\rc: 3\r", 5) == unix_text);
}

TEST_CASE("only the lines asked for are answered", "[line_hash]") {
  const auto all = hashes_of("a\nb\nc\nd\n", 4);
  const std::vector<std::uint32_t> wanted = {2, 4, 99};
  CHECK(line_hashes("a\nb\nc\nd\n", wanted) == std::vector<std::string>{all[1], all[3], ""});
}
