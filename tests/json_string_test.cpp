#include "document/json_string.h"

#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace meshcheck;

TEST_CASE("a JSON string reads back as the text it was made of", "[json_string]") {
  const std::string text = "say \"hi\"\\\n\t\r\x01\x7F é";
  CHECK(json_string(text) == "\"say \\\"hi\\\"\\\\\\n\\t\\u000d\\u0001\\u007f é\"");
  CHECK(nlohmann::json::parse(json_string(text)).get<std::string>() == text);
  CHECK(json_string("") == "\"\"");
}
