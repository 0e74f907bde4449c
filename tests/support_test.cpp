// The table of support.
#include "meshcheck/support.h"

#include <catch2/catch.hpp>

using namespace meshcheck;

TEST_CASE("support of a minor is known from the table, and the settings go before it") {
  Settings settings;
  const auto known = support_of(Version::parse("1.28.4").value(), settings);
  REQUIRE(known);
  CHECK(to_string(known->until) == "2026-07-01");
  CHECK(known->kubernetes_until == 34);
  CHECK(support_of(Version::parse("1.10").value(), settings)->older);
  CHECK_FALSE(support_of(Version::parse("1.99").value(), settings));
  settings.support["1.99"] = parse_day("2040-01-01").value();
  settings.support["1.28"] = parse_day("2027-01-01").value();
  CHECK(support_of(Version::parse("1.99").value(), settings).has_value());
  CHECK(to_string(support_of(Version::parse("1.28").value(), settings)->until) == "2027-01-01");
}

TEST_CASE("every row of the table of support is a day and a range") {
  for (const SupportRow& row : support_rows()) {
    CAPTURE(row.minor);
    CHECK(parse_day(row.until).has_value());
    CHECK(row.kubernetes_from <= row.kubernetes_until);
  }
  CHECK(to_string(support_table_date()) == "2026-08-27");
}
