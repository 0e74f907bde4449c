#include "meshcheck/variable.h"

#include <catch2/catch.hpp>

using namespace meshcheck;

TEST_CASE("text holds a variable where a tool will put a value", "[variable]") {
  CHECK(holds_variable("pilot:${TAG}"));
  CHECK(holds_variable("{{ .Values.tag }}"));
  CHECK_FALSE(holds_variable("cost: $5 {json}"));
  CHECK_FALSE(holds_variable(""));
}

TEST_CASE("a name has no use for a dollar or a brace of its own", "[variable]") {
  CHECK(name_holds_variable("$REVISION"));
  CHECK(name_holds_variable("team-{name}"));
  CHECK(name_holds_variable("${REVISION}"));
  CHECK_FALSE(name_holds_variable("canary-1-30"));
}
