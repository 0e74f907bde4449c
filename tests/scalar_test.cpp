// Expected values are what sigs.k8s.io/yaml 1.6 makes of the text.
#include "document/scalar.h"

#include <limits>
#include <string>

#include <catch2/catch.hpp>

#include "support/parse_text.h"

namespace meshcheck {
namespace {

std::string json_of(std::string_view text) {
  return test::parse_text("v: " + std::string(text) + "\n").json();
}

TEST_CASE("a plain scalar means what Go says it means") {
  const auto [text, json] = GENERATE(table<std::string, std::string>({
      {"", "null"},
      {"~", "null"},
      {"null", "null"},
      {"Null", "null"},
      {"nUll", "\"nUll\""},
      {"y", "true"},
      {"Yes", "true"},
      {"on", "true"},
      {"TRUE", "true"},
      {"tRue", "\"tRue\""},
      {"n", "false"},
      {"No", "false"},
      {"OFF", "false"},
      {"False", "false"},
      {"f", "\"f\""},
      {"0", "0"},
      {"-0", "0"},
      {"+12", "12"},
      {"0777", "511"},
      {"0o17", "15"},
      {"0x1F", "31"},
      {"0b101", "5"},
      {"-0b11", "-3"},
      {"0b-11", "-3"},
      {"1_000", "1000"},
      {"0x_1", "1"},
      {"_1", "\"_1\""},
      {"08", "8"},
      {"012345678", "12345678"},
      {"0x", "\"0x\""},
      {"9223372036854775807", "9223372036854775807"},
      {"-", "[null]"},
      {"-_", "\"-_\""},
      {"1.10", "1.1"},
      {".5", "0.5"},
      {"+.5", "0.5"},
      {"1.", "1"},
      {"1e3", "1000"},
      {".", "\".\""},
      {"12e03", "12000"},
      {"1e400", "\"1e400\""},
      {"1e-400", "0"},
      {"1e", "\"1e\""},
      {"685_230.15", "685230.15"},
      {".5_0", "\".5_0\""},
      {"1:30", "\"1:30\""},
      {"2001-01-01", "\"2001-01-01\""},
      {"1.2.3", "\"1.2.3\""},
      {"500m", "\"500m\""},
      {"inf", "\"inf\""},
      {"nan", "\"nan\""},
      {"\"yes\"", "\"yes\""},
      {"'1'", "\"1\""},
      {"!!str 5", "\"5\""},
      {"!!int \"5\"", "5"},
      {"!!float 5", "5"},
      {"! \"5\"", "\"5\""},
      {"!!binary aGk=", "\"hi\""},
      {"!custom 5", "\"5\""},
      {"!!null ~", "null"},
  }));
  CAPTURE(text);
  if (text == "-") {
    CHECK(test::parse_text("-\n").json() == json);
  } else {
    CHECK(json_of(text) == "{\"v\":" + json + "}");
  }
}

TEST_CASE("what JSON cannot hold is an error") {
  const std::string text =
      GENERATE(".inf", "-.Inf", "+.INF", ".nan", "!!int x", "!!binary ?", "[.inf]");
  CAPTURE(text);
  CHECK(test::parse_text("v: " + text + "\n").parsed.outcome == Parsed::Outcome::error);
}

TEST_CASE("keys become strings as Go writes them") {
  const auto [text, key] = GENERATE(table<std::string, std::string>({
      {"1", "1"},
      {"0x1F", "31"},
      {"true", "true"},
      {"on", "true"},
      {"1.5", "1.5"},
      {"1e3", "1000"},
      {"1e30", "1e+30"},
      {".inf", ".inf"},
      {"&a -.Inf", "-.inf"},
      {"\"~\"", "~"},
      {"2001-01-01", "2001-01-01"},
      {"0.00001", "1e-05"},
      {"1e20", "1e+20"},
      {"1e5", "100000"},
  }));
  CAPTURE(text);
  CHECK(test::parse_text(text + ": v\n").json() == "{\"" + key + "\":\"v\"}");
}

TEST_CASE("a key that is null, too large or no scalar is an error") {
  const std::string text = GENERATE("~: a", ": a", "null: a", "18446744073709551615: a", "[a]: b",
                                    "{a: b}: c", "? {a: b}\n: c");
  CAPTURE(text);
  CHECK(test::parse_text(text + "\n").parsed.outcome == Parsed::Outcome::error);
}

TEST_CASE("integers above 63 bits are integers without a value of ours") {
  const Resolved resolved = resolve_plain("9223372036854775808");
  CHECK(resolved.type == ScalarType::integer);
  CHECK_FALSE(resolved.fits_int64);
  CHECK(resolved.number == 9223372036854775808.0);
  CHECK(resolve_plain("-9223372036854775808").integer == std::numeric_limits<std::int64_t>::min());
}

}  // namespace
}  // namespace meshcheck
