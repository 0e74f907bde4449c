#include "meshcheck/quantity.h"

#include <cstdint>
#include <limits>
#include <string>

#include <catch2/catch.hpp>

#include "support/yaml_mesh.h"

using namespace meshcheck;

namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

}  // namespace

// Every row was taken from k8s.io/apimachinery 0.31, resource.ParseQuantity.
TEST_CASE("A quantity has Kubernetes' value and thousandths, rounded up") {
  const auto [text, value, milli] = GENERATE(table<std::string, std::int64_t, std::int64_t>({
      {"0", 0, 0},
      {"500m", 1, 500},
      {"0.5", 1, 500},
      {".5", 1, 500},
      {"1.", 1, 1000},
      {"+2", 2, 2000},
      {"100u", 1, 1},
      {"1n", 1, 1},
      {"0.1n", 1, 1},
      {"2Gi", 2147483648, 2147483648000},
      {"2048Mi", 2147483648, 2147483648000},
      {"2G", 2000000000, 2000000000000},
      {"1.5Gi", 1610612736, 1610612736000},
      {"0.1Ki", 103, 102400},
      {"128k", 128000, 128000000},
      {"1e3", 1000, 1000000},
      {"12E2", 1200, 1200000},
      {"5e-1", 1, 500},
      {"1e+2", 100, 100000},
      {"1P", 1000000000000000, 1000000000000000000},
      {"8Ei", kMost, kMost},
      {"9223372036854775807", kMost, kMost},
      {"-1", -1, -1000},
      {".", 0, 0},
      {"Ki", 0, 0},
      {"00010", 10, 10000},
  }));
  CAPTURE(text);
  const auto quantity = Quantity::parse(text);
  REQUIRE(quantity);
  CHECK(quantity->value() == value);
  CHECK(quantity->milli() == milli);
  CHECK(quantity->text() == text);
}

TEST_CASE("What Kubernetes does not take for a quantity is none") {
  const std::string text = GENERATE(
      values<std::string>({"",           " ",   "1 Gi",  "1gi", "1K",    "1MiB", "1ki",   "Gi1",
                           "0x10",       "1,5", "1_000", "--1", "1e",    "1E5i", "1e1.5", "${CPU}",
                           "{{ .cpu }}", "Pi",  "auto",  "1mm", "1.5.5", "e-10", "1e+-2"}));
  CAPTURE(text);
  CHECK_FALSE(Quantity::parse(text));
}

TEST_CASE("Quantities compare by value, whatever their spelling") {
  const auto parse = [](std::string_view text) { return Quantity::parse(text).value(); };
  CHECK(parse("2Gi") == parse("2048Mi"));
  CHECK(parse("0.5") == parse("500m"));
  CHECK(parse("2G") < parse("2Gi"));
  CHECK(parse("1999Mi") < parse("2Gi"));
  CHECK(parse("10E") > parse("8Ei"));  // binary suffixes are capped at 2^63-1, decimal ones are not
  CHECK(parse("1e28") > parse("1e20"));  // far beyond what value() can say
  CHECK(parse("0m").is_zero());
  CHECK_FALSE(parse("1e-100").is_zero());
}

TEST_CASE("A budget's bound is an integer or a percentage rounded up") {
  const auto bound = [](const std::string& yaml) {
    const test::YamlText text("v: " + yaml + "\n");
    return IntOrPercent::parse(text.root()["v"]);
  };
  CHECK(bound("2")->of(5) == 2);
  CHECK(bound("50%")->of(3) == 2);
  CHECK(bound("\"50%\"")->of(4) == 2);
  CHECK(bound("1%")->of(1) == 1);
  CHECK(bound("0%")->of(9) == 0);
  CHECK(bound("25%")->text() == "25%");
  CHECK_FALSE(bound("\"2\""));  // Kubernetes refuses a string without a per cent sign
  CHECK_FALSE(bound("half"));
  CHECK_FALSE(bound("\"%\""));
  CHECK_FALSE(bound("1.5"));
  CHECK_FALSE(bound("~"));
}
