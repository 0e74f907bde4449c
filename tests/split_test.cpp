#include "input/split.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

namespace meshcheck {
namespace {

// "number@line:text" of every chunk, line ends shown as `$`.
std::vector<std::string> shown(std::string_view text) {
  std::vector<std::string> out;
  for (const Chunk& chunk : split(text)) {
    std::string bytes(text.substr(chunk.begin, chunk.end - chunk.begin));
    for (char& c : bytes) {
      if (c == '\n' || c == '\r') c = '$';
    }
    out.push_back(fmt::format("{}@{}:{}", chunk.number, chunk.first_line, bytes));
  }
  return out;
}

TEST_CASE("documents are split where kubectl splits them") {
  const auto [text, expected] = GENERATE(table<std::string, std::vector<std::string>>({
      {"", {}},
      {"a", {"0@1:a"}},
      {"a\n---\nb\n", {"0@1:a$", "1@3:b$"}},
      {"---\na\n", {"0@1:---$a$"}},
      {"--- # x\na\n---   \nb\n", {"0@1:--- # x$a$", "1@4:b$"}},
      {"a\n---\n---\nb\n", {"0@1:a$", "1@3:---$b$"}},
      {"a\n---\n", {"0@1:a$"}},
      {"a\n---\n---\n", {"0@1:a$", "1@3:---$"}},
      {"a\n---\n---", {"0@1:a$", "1@3:---"}},
      {"a\n---#c\nb\n", {"0@1:a$", "1@3:b$"}},
      {"\xEF\xBB\xBF---\na\n", {"0@1:\xEF\xBB\xBF---$a$"}},
      {"a\n---\n\n", {"0@1:a$"}},
      {"# c\n---\n# d\n", {"0@1:# c$", "1@3:# d$"}},
      {"a\n--- {b: c}\n--- |\n d\n", {"0@1:a$", "1@2:--- {b: c}$", "2@3:--- |$ d$"}},
      {"a: |\n  ---\n----\n---x\n", {"0@1:a: |$  ---$----$---x$"}},
      {"a\r\n---\r\nb\r\n", {"0@1:a$$", "1@3:b$$"}},
      {"a\r---\rb", {"0@1:a$", "1@3:b"}},
  }));
  CAPTURE(text);
  CHECK(shown(text) == expected);
}

TEST_CASE("separators are found wherever they fall") {
  for (std::size_t pad = 0; pad < 130; ++pad) {
    const std::string text =
        std::string(pad, 'x') + "\n---\nkind: A\n" + std::string(pad, ' ') + "#\n---\nkind: B";
    const auto chunks = split(text);
    REQUIRE(chunks.size() == 3);
    CHECK(chunks[1].kind == "A");
    CHECK(chunks[2].kind == "B");
    CHECK(chunks[2].first_line == 6);
  }
}

TEST_CASE("the splitter sees what a block-style document is") {
  const auto chunks = split(
      "# Source: istiod/templates/deployment.yaml\napiVersion: apps/v1\nkind: Deployment # x\n---\n"
      "kind: \"ConfigMap\"\nmetadata:\n  labels: {name: no}\n  name: istio\ndata:\n  name: "
      "no\n---\n"
      "{\"kind\": \"Secret\"}\n---\nkind: A\nkind: B\n---\nspec:\n  kind: C\n");
  REQUIRE(chunks.size() == 5);
  CHECK(chunks[0].kind == "Deployment");
  CHECK(chunks[0].api_version == "apps/v1");
  CHECK(chunks[0].chart_source == "istiod/templates/deployment.yaml");
  CHECK(chunks[1].kind == "ConfigMap");
  CHECK(chunks[1].name == "istio");
  CHECK(chunks[1].chart_source.empty());
  CHECK(chunks[2].kind.empty());
  CHECK(chunks[3].kind.empty());
  CHECK(chunks[4].kind.empty());
}

}  // namespace
}  // namespace meshcheck
