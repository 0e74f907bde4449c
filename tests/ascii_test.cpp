#include "meshcheck/ascii.h"

#include <catch2/catch.hpp>

using namespace meshcheck;

TEST_CASE("blanks at either end go, those within stay", "[ascii]") {
  CHECK(trimmed("\t a b \t") == "a b");
  CHECK(trimmed(" \t ").empty());
  CHECK(trimmed("").empty());
  CHECK(trimmed("a \r") == "a \r");
  CHECK(trimmed("a \r", kLineBlanks) == "a");
  CHECK(trimmed("\r\n\v a\f\n", kWhiteSpace) == "a");
  CHECK(trimmed("(a)", "()") == "a");
}

TEST_CASE("lower case is ASCII's: bytes of other letters stay", "[ascii]") {
  CHECK(lower("GRPC-Web 1") == "grpc-web 1");
  CHECK(lower("É") == "É");
  CHECK(lower('Z') == 'z');
  CHECK(lower('[') == '[');
}
