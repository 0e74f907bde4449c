// What README.md shows in its `console` blocks is what the program prints.
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "cli/run.h"
#include "support/golden.h"

namespace fs = std::filesystem;
using namespace meshcheck;

namespace {

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
  fs::current_path(test::source_folder().string());
  // 2026-11-22: what is out of support must not change under the README.
  cli::run(args, {in, out, err, false, 0, [](const char* name) {
                    return std::string_view(name) == "SOURCE_DATE_EPOCH"
                               ? std::optional<std::string>("1795305600")
                               : std::nullopt;
                  }});
  fs::current_path(before);
  return out.str() + err.str();
}

// The text with what each command behind `$ ` in a `console` block really prints.
std::string with_real_output(const std::string& markdown, int& examples) {
  std::string text;
  bool inside = false;
  std::istringstream lines(markdown);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) inside = line == "```console";
    const bool command = inside && line.starts_with("$ ");
    if (!inside || command || line == "```console") text += line + '\n';
    if (!command) continue;
    ++examples;
    std::vector<std::string> words = words_of(line.substr(2));
    REQUIRE(words.front() == "meshcheck");
    words.erase(words.begin());
    text += run_at_root(words);
  }
  return text;
}

}  // namespace

// MESHCHECK_BLESS=1 writes the outputs into README.md, as it does for every approved text.
TEST_CASE("README.md shows what the program prints") {
  const fs::path readme = test::source_folder() / "README.md";
  int examples = 0;
  const std::string refreshed = with_real_output(test::read_file(readme), examples);
  CHECK(examples >= 2);
  test::check_golden(readme, refreshed);
}
