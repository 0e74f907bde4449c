// What README.md shows in its `console` blocks is what the program prints.
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "cli/run.h"
#include "support/golden.h"

namespace fs = std::filesystem;
using namespace meshcheck;

namespace {

struct Example {
  std::string command;
  std::string output;
};

// A block holds commands behind `$ `, each followed by what it prints.
std::vector<Example> console_examples(const std::string& markdown) {
  std::vector<Example> examples;
  bool inside = false;
  std::istringstream lines(markdown);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      inside = line == "```console";
    } else if (inside && line.starts_with("$ ")) {
      examples.push_back({line.substr(2), ""});
    } else if (inside) {
      REQUIRE_FALSE(examples.empty());
      examples.back().output += line + '\n';
    }
  }
  return examples;
}

std::vector<std::string> words_of(const std::string& command) {
  std::istringstream in(command);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::string run_at_root(std::vector<std::string> args) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  const fs::path before = fs::current_path();
  fs::current_path(MESHCHECK_SOURCE_DIR);
  cli::run(args, {in, out, err, false, 0, [](const char*) { return std::nullopt; }});
  fs::current_path(before);
  return out.str() + err.str();
}

}  // namespace

TEST_CASE("README.md shows what the program prints") {
  const std::string readme = test::read_file(fs::path(MESHCHECK_SOURCE_DIR) / "README.md");
  const std::vector<Example> examples = console_examples(readme);
  REQUIRE(examples.size() >= 2);
  for (const Example& example : examples) {
    INFO(example.command);
    std::vector<std::string> words = words_of(example.command);
    REQUIRE(words.front() == "meshcheck");
    words.erase(words.begin());
    CHECK(run_at_root(words) == example.output);
  }
}
