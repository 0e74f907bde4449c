// The index says of every byte what a walk from the beginning says.
#include "meshcheck/line_index.h"

#include <string>

#include <catch2/catch.hpp>

#include "document/place.h"

using namespace meshcheck;

namespace {

void check_as_walked(const std::string& text, std::uint64_t step) {
  const LineIndex index;
  for (std::uint64_t offset = 0; offset < text.size(); offset += step) {
    if ((static_cast<unsigned char>(text[offset]) & 0xC0U) == 0x80U) continue;
    if (text[offset] == '\n' && offset > 0 && text[offset - 1] == '\r') continue;
    const auto mark = index.at(text, offset);
    const Place walked = locate(text, 0, 1, offset);
    if (mark.lines + 1 != walked.line || mark.column + 1 != walked.column) {
      INFO(offset);
      CHECK(mark.lines + 1 == walked.line);
      CHECK(mark.column + 1 == walked.column);
      return;
    }
    if (mark.line_begin != line_begin(text, 0, offset)) CHECK(mark.line_begin == 0);
  }
  SUCCEED();
}

std::string repeated(const std::string& part, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += part;
  return text;
}

}  // namespace

TEST_CASE("lines of every length and break are counted as a walk counts them") {
  check_as_walked(repeated("a: b\nlonger: value\n\n", 200'000), 997);
  check_as_walked(repeated("a: b\r\nc: d\r\n", 200'000), 991);
  check_as_walked(repeated("a: b\rc: d\r", 200'000), 991);
  check_as_walked(repeated("\u00e9\u4e2d\U0001f600 ", 200'000), 983);
  check_as_walked(repeated("{\"a\": 1}, ", 300'000), 10'007);
}

TEST_CASE("a break or a character that lies across a mark is counted once") {
  for (std::size_t shift = 0; shift < 4; ++shift) {
    const std::string before((1U << 16) - 2 + shift, 'x');
    check_as_walked(before + "\r\n" + before + "\U0001f600\n" + before, 1021);
    const std::string text = before + "\r\nnext";
    const LineIndex index;
    CHECK(index.at(text, text.size()).lines == 1);
    CHECK(index.at(text, text.size()).column == 4);
  }
}

TEST_CASE("an empty text has one line") {
  const LineIndex index;
  CHECK(index.at("", 0).lines == 0);
  CHECK(index.at("", 7).column == 0);
}
