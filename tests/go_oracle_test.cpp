// Documents as Kubernetes decodes them: ours must decode to the same values, or be refused alike.
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "input/parse.h"
#include "input/value_json.h"
#include "support/golden.h"
#include "support/shared_corpus.h"

namespace meshcheck {
namespace {

using Json = nlohmann::json;
using test::read_file;

std::string unzip(const std::filesystem::path& path) {
  const std::string command = "gzip -dc '" + path.string() + "'";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), &pclose);
  std::string out;
  std::string block(1 << 16, '\0');
  while (const std::size_t got = std::fread(block.data(), 1, block.size(), pipe.get())) {
    out.append(block, 0, got);
  }
  return out;
}

// The lines that `inspect --documents` prints of one file.
std::vector<Json> documents_of(const std::string& name, const std::string& text) {
  const Source source{name, text};
  Arena arena;
  const bool json = name.ends_with(".json");
  std::vector<Json> documents;
  for (const Chunk& chunk : json ? std::vector{whole(text)} : split(text)) {
    std::string line;
    append_document_line(source, chunk,
                         parse(source, chunk, arena, json ? Format::json : Format::yaml), line);
    documents.push_back(Json::parse(line));
  }
  return documents;
}

// Numbers compare as numbers: Go's oracle went through float64.
bool equal(const Json& a, const Json& b) {
  if (a.is_number() && b.is_number()) return a.get<double>() == b.get<double>();
  if (a.type() != b.type() || a.size() != b.size()) return false;
  if (a.is_array()) return std::equal(a.begin(), a.end(), b.begin(), b.end(), equal);
  if (!a.is_object()) return a == b;
  for (const auto& [key, value] : a.items()) {
    const auto other = b.find(key);
    if (other == b.end() || !equal(value, *other)) return false;
  }
  return true;
}

bool agrees(const Json& ours, const Json& go) {
  if (ours["line"] != go["line"]) return false;
  if (go.contains("err")) return ours.contains("error");
  return ours.contains("value") && equal(ours["value"], go["json"]);
}

TEST_CASE("every document of the oracle decodes as Go decodes it") {
  const auto real = test::shared_corpus("real");
  if (!real) return;
  std::map<std::string, std::vector<Json>> files;
  const std::string rows = unzip(*real / "go_oracle.jsonl.gz");
  for (std::size_t begin = 0; begin < rows.size();) {
    const auto end = rows.find('\n', begin);
    Json row = Json::parse(rows.begin() + static_cast<std::ptrdiff_t>(begin),
                           rows.begin() + static_cast<std::ptrdiff_t>(end));
    files[row["repo"].get<std::string>() + "/" + row["path"].get<std::string>()].push_back(
        std::move(row));
    begin = end + 1;
  }
  int documents = 0;
  for (const auto& [name, expected] : files) {
    const std::vector<Json> ours = documents_of(name, read_file(*real / name));
    INFO(name);
    REQUIRE(ours.size() == expected.size());
    for (std::size_t i = 0; i < ours.size(); ++i) {
      INFO("document " << i);
      CHECK(agrees(ours[i], expected[i]));
      ++documents;
    }
  }
  CHECK(documents >= 5'848);
}

// Where we differ on purpose.
const std::map<std::string, std::string> kExceptions = {
    {"json-comments.json", "Go reads the comment as part of a key; we say that JSON has none"},
    {"sep-content.yaml", "kubectl refuses text after `---`; it is YAML, and we read it"},
    {"utf16le-bom.yaml", "not tested there; we ask for UTF-8"},
    {"directive.yaml",
     "a directive belongs to the document after the marker that kubectl splits at"},
};

TEST_CASE("every hard case decodes as Go decodes it") {
  const auto edge = test::shared_corpus("edge");
  if (!edge) return;
  const Json expected = Json::parse(read_file(*edge / "expected.json"));
  for (const auto& [name, facts] : expected.items()) {
    const std::vector<Json> ours = documents_of(name, read_file(*edge / name));
    if (kExceptions.count(name) != 0 || !facts.contains("go_sigs_yaml")) continue;
    INFO(name);
    const Json& go = facts["go_sigs_yaml"];
    REQUIRE(ours.size() == go.size());
    for (std::size_t i = 0; i < ours.size(); ++i) {
      INFO("document " << i << ": " << ours[i].dump());
      CHECK(agrees(ours[i], go[i]));
    }
  }
}

TEST_CASE("our own hard cases decode as Go decodes them") {
  const std::filesystem::path folder = test::source_folder() / "testdata" / "_input";
  int cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".expected") continue;
    auto input = entry.path();
    input.replace_extension();  // `flow.yaml.expected` is about `flow.yaml`
    const Json expected = Json::parse(read_file(entry.path()));
    const std::vector<Json> ours = documents_of(input.filename(), read_file(input));
    INFO(input.filename());
    REQUIRE(ours.size() == expected.size());
    for (std::size_t i = 0; i < ours.size(); ++i) {
      INFO("document " << i << ": " << ours[i].dump());
      CHECK(agrees(ours[i], expected[i]));
    }
    ++cases;
  }
  CHECK(cases >= 8);
}

}  // namespace
}  // namespace meshcheck
