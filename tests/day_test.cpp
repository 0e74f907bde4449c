#include "meshcheck/day.h"

#include <catch2/catch.hpp>

using namespace meshcheck;

TEST_CASE("a day is written as ISO 8601 has it") {
  const auto day = parse_day("2026-11-22");
  REQUIRE(day);
  CHECK(to_string(*day) == "2026-11-22");
  CHECK(to_string(*day + std::chrono::days(9)) == "2026-12-01");
}

TEST_CASE("what no calendar has is no day") {
  for (const char* text : {"", "2026-02-30", "2026-13-01", "2026-00-10", "2026-1-01", "22-11-2026",
                           "2026-11-22T00:00:00Z", "2026-11-+2", "2026/11/22"}) {
    INFO(text);
    CHECK_FALSE(parse_day(text));
  }
}
