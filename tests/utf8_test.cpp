#include "meshcheck/utf8.h"

#include <catch2/catch.hpp>

using namespace meshcheck;

TEST_CASE("well-formed text decodes to its code points", "[utf8]") {
  const auto [text, value, length] = GENERATE(table<std::string, char32_t, int>({
      {"a", U'a', 1},
      {"é", U'é', 2},
      {"—", U'—', 3},
      {"😀", U'😀', 4},
      {std::string(1, '\0'), 0, 1},
  }));
  CAPTURE(text);
  const CodePoint point = decode_utf8(text + "x");
  CHECK(point.value == value);
  CHECK(point.length == length);
  CHECK(point.valid);
}

TEST_CASE("an ill-formed byte is one replacement character", "[utf8]") {
  const std::string text = GENERATE(std::string("\x80"), std::string("\xC0\xAF"),
                                    std::string("\xE2\x82"), std::string("\xED\xA0\x80"),
                                    std::string("\xF5\x80\x80\x80"), std::string("\xE0\x80\xAF"));
  const CodePoint point = decode_utf8(text);
  CHECK(point.value == 0xFFFD);
  CHECK(point.length == 1);
  CHECK_FALSE(point.valid);
}

TEST_CASE("the end of the text takes no bytes", "[utf8]") { CHECK(decode_utf8("").length == 0); }

TEST_CASE("valid_utf8 keeps what is well-formed", "[utf8]") {
  CHECK(valid_utf8("a\xFFé\xE2") == "a\uFFFDé\uFFFD");
}
