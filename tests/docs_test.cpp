// The manual page, the change log and the README name what the program has, and nothing it has not.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "cli/config_keys.h"
#include "cli/run.h"
#include "meshcheck/rule.h"
#include "support/golden.h"

using namespace meshcheck;

namespace {

using Words = std::set<std::string>;

std::string read(const std::string& name) { return test::read_file(test::source_folder() / name); }

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  return {std::istream_iterator<std::string>(in), {}};
}

std::string help_of(std::vector<std::string> args) {
  args.emplace_back("--help");
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  cli::run(args, {in, out, err, false, 0, [](const char*) { return std::nullopt; }});
  return out.str();
}

// One flag as its spellings, short before long: {"-f", "--filename"}.
using Flag = std::vector<std::string>;

// Those that stand at the start of a line of the help: `  -f,--filename PATH ...  The same …`.
std::vector<Flag> flags_in_help(const std::vector<std::string>& args) {
  std::vector<Flag> flags;
  for (const std::string& line : lines_of(help_of(args))) {
    const auto words = words_of(line);
    if (words.empty() || !line.starts_with("  -")) continue;
    Flag flag;
    std::istringstream spellings(words.front());
    for (std::string spelling; std::getline(spellings, spelling, ',');) flag.push_back(spelling);
    if (flag.back() != "--help") flags.push_back(flag);
  }
  return flags;
}

// The words that follow `.Fl` or `Fl` on a line of the manual page, as flags: `f` is -f, `-values`
// is --values, `qv` is -q and -v.
Words flags_in_line(const std::string& line) {
  Words flags;
  const auto words = words_of(line);
  const auto mark = std::ranges::find_if(
      words, [](const std::string& word) { return word == "Fl" || word == ".Fl"; });
  for (auto word = mark; word != words.end(); ++word) {
    if (word == mark || *word == "," || *word == "|") continue;
    if (word->starts_with('-')) {
      flags.insert('-' + *word);
    } else {
      for (const char letter : *word) flags.insert(std::string("-") + letter);
    }
    // What follows is the flag's value, unless another spelling does.
    const auto next = std::next(word);
    if (next == words.end() || (*next != "," && *next != "|")) break;
  }
  return flags;
}

std::vector<std::string> manual_section(const std::string& heading) {
  std::vector<std::string> section;
  bool inside = false;
  for (const std::string& line : lines_of(read("man/meshcheck.1"))) {
    if (line.starts_with(".Sh ") || line.starts_with(".Ss ")) inside = line == heading;
    if (inside) section.push_back(line);
  }
  REQUIRE(section.size() > 1);
  return section;
}

// The flags of one command in the synopsis.
Words flags_in_synopsis(const std::string& command) {
  Words flags;
  bool inside = false;
  for (const std::string& line : manual_section(".Sh SYNOPSIS")) {
    if (line == ".Nm") inside = false;
    if (line == ".Cm " + command) inside = true;
    if (inside && line.starts_with(".Op Fl ")) flags.merge(flags_in_line(line));
  }
  return flags;
}

std::string variable_of(const std::string& long_flag) {
  std::string name = "MESHCHECK_";
  for (const char c : long_flag.substr(2)) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

}  // namespace

TEST_CASE("the manual's synopsis of each command has the flags of its --help, and no others") {
  for (const std::string command :
       {"audit", "baseline", "explain", "rules", "inspect", "config show", "config schema",
        "config init", "completion", "version"}) {
    CAPTURE(command);
    Words expected;  // by the shortest spelling, as a synopsis has it
    for (const Flag& flag : flags_in_help(words_of(command))) expected.insert(flag.front());
    CHECK(flags_in_synopsis(command) == expected);
  }
  CHECK(flags_in_help({"audit"}).size() > 15);
}

TEST_CASE("the manual explains every flag of audit, in all its spellings, and no others") {
  Words expected;
  for (const Flag& flag : flags_in_help({"audit"})) expected.insert(flag.begin(), flag.end());
  Words explained;
  for (const std::string& line : manual_section(".Ss meshcheck audit")) {
    if (line.starts_with(".It ")) explained.merge(flags_in_line(line));
  }
  CHECK(explained == expected);
}

TEST_CASE("the manual lists the variable of every flag that has one, and no others") {
  Words expected = {"NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "TERM"};
  for (const char* command : {"audit", "rules", "inspect", "snapshot", "rbac", "watch"}) {
    for (const Flag& flag : flags_in_help({command})) {
      if (flag.back().starts_with("--")) expected.insert(variable_of(flag.back()));
    }
  }
  expected.erase("MESHCHECK_PORT");  // a Service called meshcheck sets it in every pod
  Words listed;
  for (const std::string& line : manual_section(".Sh ENVIRONMENT")) {
    if (!line.starts_with(".It Ev ")) continue;
    for (std::string& word : words_of(line.substr(7))) {
      if (word != ",") listed.insert(std::move(word));
    }
  }
  CHECK(listed == expected);
}

TEST_CASE("the manual of meshcheck.yaml explains every key, and no others") {
  Words keys;
  for (const cli::KeyInfo& key : cli::config_keys()) keys.emplace(key.name);
  Words explained;
  bool inside = false;
  int depth = 0;  // of lists: those within an item explain the keys of its entries
  for (const std::string& line : lines_of(read("man/meshcheck.yaml.5"))) {
    if (line.starts_with(".Sh ")) inside = line == ".Sh KEYS";
    if (line.starts_with(".Bl")) ++depth;
    if (line.starts_with(".El")) --depth;
    if (inside && depth == 1 && line.starts_with(".It Ic ")) explained.insert(words_of(line)[2]);
  }
  CHECK(explained == keys);
}

TEST_CASE("the change log and the README name every rule, and no others") {
  Words rules;
  for (const Rule& rule : all_rules()) rules.emplace(rule.info.id);
  for (const char* file : {"CHANGELOG.md", "README.md"}) {
    CAPTURE(file);
    const std::string text = read(file);
    Words named;
    for (std::size_t at = text.find("MC"); at != std::string::npos; at = text.find("MC", at + 1)) {
      const std::string id = text.substr(at, 5);
      const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
      if (id.size() == 5 && std::all_of(id.begin() + 2, id.end(), is_digit)) named.insert(id);
    }
    CHECK(named == rules);
  }
}
