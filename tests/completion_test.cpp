// What `meshcheck completion SHELL` prints is tried in the shell itself.
#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/golden.h"
#include "support/shell.h"
#include "support/temporary_folder.h"

using namespace meshcheck;

namespace {

bool is_here(const std::string& shell) {
  return test::shell("command -v " + shell + " >/dev/null").status == 0;
}

// How each shell runs a script without the user's own settings.
std::string interpreter(const std::string& shell) {
  if (shell == "fish") return "fish --no-config";
  return shell == "zsh" ? "zsh -f" : "bash --norc";
}

class Completions {
 public:
  explicit Completions(const std::string& shell) : shell_(shell) {
    folder_.write("deploy/istiod.yaml", "");
    const auto ran = test::shell("$MESHCHECK completion " + shell + " > " + script());
    REQUIRE(ran.status == 0);
  }

  // The words offered at the end of the line.
  std::vector<std::string> at(const std::string& line) const {
    const auto ran = test::shell("cd " + test::shell_word(folder_ / ".") + " && " +
                                 interpreter(shell_) + " $ROOT/tests/completion/complete." +
                                 shell_ + " " + script() + " " + test::shell_word(line) + " 2>&1");
    std::vector<std::string> words;
    std::istringstream in(ran.out);
    for (std::string word; std::getline(in, word);) words.push_back(word);
    return words;
  }

 private:
  std::string script() const { return test::shell_word(folder_ / "completions"); }

  std::string shell_;
  test::TemporaryFolder folder_;
};

struct Case {
  const char* line;
  std::vector<const char*> offered;
  std::vector<const char*> not_offered;
};

// Shells write what stands before the last comma or equals sign or leave it out.
bool offers(const std::vector<std::string>& words, const std::string& word) {
  return std::ranges::any_of(words, [&](std::string offered) {
    while (offered.ends_with(' ') || offered.ends_with('/')) offered.pop_back();
    return offered.substr(offered.find_last_of(",=") + 1) == word || offered == word;
  });
}

const std::vector<Case> kCases = {
    {"meshcheck ", {"audit", "explain", "rules", "config", "completion"}, {"show", "deploy"}},
    {"meshcheck au", {"audit"}, {"explain"}},
    {"meshcheck config ", {"show", "schema", "init"}, {"audit"}},
    {"meshcheck config show --i", {"--isolated", "--ignore"}, {"--fail-on"}},
    {"meshcheck audit --fail", {"--fail-on"}, {"--config"}},
    {"meshcheck audit --fail-on ", {"error", "warning", "info", "never"}, {"deploy"}},
    {"meshcheck audit --color=al", {"always"}, {"auto"}},
    {"meshcheck audit -o s", {"sarif"}, {"json"}},
    {"meshcheck rules -o ", {"table", "json", "markdown"}, {"sarif"}},
    {"meshcheck audit --select MC20", {"MC201", "MC207"}, {"MC301"}},
    {"meshcheck audit --ignore MC201,MC30", {"MC301"}, {"MC207"}},
    {"meshcheck audit --select istiod-s", {"istiod-single-replica"}, {"MC201"}},
    {"meshcheck explain MC10", {"MC101", "MC103"}, {"MC201"}},
    {"meshcheck completion ", {"bash", "zsh", "fish"}, {"deploy"}},
    {"meshcheck audit dep", {"deploy"}, {"audit"}},
    {"meshcheck audit --config dep", {"deploy"}, {}},
    {"meshcheck audit --now ", {}, {"deploy", "audit"}},
    {"meshcheck version ", {}, {"deploy"}},
};

void try_in(const std::string& shell) {
  if (!is_here(shell)) {
    WARN("skipped: " << shell << " is not installed");
    return;
  }
  const Completions completions(shell);
  for (const Case& one : kCases) {
    CAPTURE(shell, one.line);
    const auto words = completions.at(one.line);
    CAPTURE(words);
    for (const char* word : one.offered) {
      CAPTURE(word);
      CHECK(offers(words, word));
    }
    for (const char* word : one.not_offered) {
      CAPTURE(word);
      CHECK_FALSE(offers(words, word));
    }
  }
}

}  // namespace

TEST_CASE("bash completes commands, flags, their values, rules and files") { try_in("bash"); }
TEST_CASE("zsh completes commands, flags, their values, rules and files") { try_in("zsh"); }
TEST_CASE("fish completes commands, flags, their values, rules and files") { try_in("fish"); }

TEST_CASE("the completions are well-formed for each shell") {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    if (!is_here(shell)) continue;
    CAPTURE(shell);
    const test::TemporaryFolder folder;
    const std::string file = test::shell_word(folder / "completions");
    const auto ran = test::shell(std::string("$MESHCHECK completion ") + shell + " > " + file +
                                 " && " + shell + " -n " + file + " 2>&1");
    CHECK(ran.status == 0);
    CHECK(ran.out.empty());
  }
}
