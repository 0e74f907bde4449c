// The jobs of docs/ci.md can be copied: their YAML and JSON is valid, and the flags, the formats
// and the inputs of the action that they use exist.
#include <cctype>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/run.h"
#include "support/golden.h"
#include "support/parse_text.h"

using namespace meshcheck;

namespace {

struct Block {
  std::string language;
  std::string text;
};

std::vector<Block> blocks_of(const std::string& markdown) {
  std::vector<Block> blocks;
  bool inside = false;
  std::istringstream lines(markdown);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      if (!inside) blocks.push_back({line.substr(3), ""});
      inside = !inside;
    } else if (inside) {
      blocks.back().text += line + '\n';
    }
  }
  return blocks;
}

std::vector<Block> blocks() {
  return blocks_of(test::read_file(test::source_folder() / "docs/ci.md"));
}

using Words = std::vector<std::string>;

// The commands of a text that call meshcheck, each as the words after its name. A command is what
// follows `meshcheck ` where a shell would begin one, up to what ends it.
std::vector<Words> commands_in(const std::string& text) {
  std::vector<Words> commands;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream in(line);
    Words* command = nullptr;
    std::string before;
    for (std::string word; in >> word; before = word) {
      if (command != nullptr) {
        const std::size_t end = word.find_first_of("|;&'>");
        if (end != 0) command->push_back(word.substr(0, end));
        if (end != std::string::npos) command = nullptr;
      } else if ((word == "meshcheck" || word == "'meshcheck") &&
                 (before.empty() || before == "|" || before == "&&" || before == "-" ||
                  before == "sh" || before.ends_with(':'))) {
        command = &commands.emplace_back();
      }
    }
  }
  std::erase_if(commands, [](const Words& command) { return command.empty(); });  // a name in YAML
  return commands;
}

struct Ran {
  int status = 0;
  std::string text;
};

Ran help_of(Words words) {
  words.emplace_back("--help");
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  const int status =
      cli::run(words, {in, out, err, false, 0, [](const char*) { return std::nullopt; }});
  return {status, out.str() + err.str()};
}

// The command's own words, which stand before its flags and paths: `audit`, `baseline write`.
Words name_of(const Words& command) {
  Words name = {command.front()};
  if (command.front() == "baseline" && command.size() > 1) name.push_back(command[1]);
  return name;
}

bool names(const std::string& help, const std::string& word) {
  for (std::size_t at = help.find(word); at != std::string::npos; at = help.find(word, at + 1)) {
    const char after = at + word.size() < help.size() ? help[at + word.size()] : ' ';
    const bool longer = std::isalnum(static_cast<unsigned char>(after)) != 0 || after == '-';
    if (!longer) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("every YAML and JSON block of docs/ci.md is valid") {
  int seen = 0;
  for (const Block& block : blocks()) {
    CAPTURE(block.text);
    if (block.language == "yaml") {
      const auto parsed = test::parse_text(block.text);
      CAPTURE(parsed.parsed.message);
      CHECK(parsed.parsed.outcome == Parsed::Outcome::tree);
      ++seen;
    } else if (block.language == "json") {
      CHECK(nlohmann::json::accept(block.text));
      ++seen;
    }
  }
  CHECK(seen >= 9);
}

TEST_CASE("every command of docs/ci.md exists, with its flags and formats") {
  int seen = 0;
  for (const Block& block : blocks()) {
    for (const Words& command : commands_in(block.text)) {
      std::string line;
      for (const std::string& word : command) line += ' ' + word;
      CAPTURE(line);
      const Ran help = help_of(name_of(command));
      CHECK(help.status == 0);
      for (std::size_t i = 1; i < command.size(); ++i) {
        if (command[i].size() < 2 || command[i].front() != '-') continue;
        CHECK(names(help.text, command[i]));
        if (command[i] == "-o") {
          const std::string format = command[i + 1].substr(0, command[i + 1].find('='));
          CAPTURE(format);
          CHECK(names(help.text, format));
        }
      }
      ++seen;
    }
  }
  CHECK(seen >= 10);
}

TEST_CASE("the inputs that docs/ci.md gives the action are the action's, and all are named") {
  const std::string action_text = test::read_file(test::source_folder() / "action.yml");
  const auto inputs = nlohmann::json::parse(test::parse_text(action_text).json())["inputs"];
  const std::string page = test::read_file(test::source_folder() / "docs/ci.md");
  for (const auto& [name, input] : inputs.items()) {
    CAPTURE(name);
    CHECK((page.find('`' + name + '`') != std::string::npos ||
           page.find("          " + name + ": ") != std::string::npos));
  }
  for (const Block& block : blocks()) {
    if (block.language != "yaml" || block.text.find("OWNER/meshcheck@") == std::string::npos)
      continue;
    const auto job = nlohmann::json::parse(test::parse_text(block.text).json());
    if (!job.contains("jobs")) continue;  // GitLab's component
    for (const auto& step : job["jobs"]["meshcheck"]["steps"]) {
      if (!step.contains("with")) continue;
      for (const auto& [name, value] : step["with"].items()) {
        CAPTURE(name);
        CHECK(inputs.contains(name));
      }
    }
  }
}
