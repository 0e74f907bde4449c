// What the project is delivered in refers to what exists: images, the manifest for krew, GitLab's
// component, the installed files.
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/golden.h"
#include "support/parse_text.h"
#include "support/shell.h"
#include "support/temporary_folder.h"

namespace fs = std::filesystem;
using namespace meshcheck;

namespace {

std::string read(const std::string& name) { return test::read_file(test::source_folder() / name); }

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

// The instructions of a Dockerfile, with continued lines joined.
std::vector<std::string> instructions(const std::string& text) {
  std::vector<std::string> found;
  std::istringstream lines(text);
  std::string joined;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    if (line.ends_with('\\')) {
      joined += line.substr(0, line.size() - 1);
      continue;
    }
    found.push_back(joined + line);
    joined.clear();
  }
  return found;
}

void check_copy(const std::vector<std::string>& words, const std::set<std::string>& stages) {
  if (words[1].starts_with("--from=")) {
    CHECK(stages.contains(words[1].substr(7)));
    return;
  }
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    CHECK(fs::exists(test::source_folder() / words[i]));
  }
}

// What `cmake --install` of the build that is tested puts under a prefix. The completions are
// written by the binary.
bool has_completions() { return test::shell("$MESHCHECK completion bash 2>&1").status == 0; }

}  // namespace

TEST_CASE("the stages of the Dockerfile copy what exists, and from stages before them") {
  std::set<std::string> stages;
  for (const std::string& line : instructions(read("Dockerfile"))) {
    CAPTURE(line);
    const auto words = words_of(line);
    if (words[0] == "FROM") {
      // A moving tag would make another image of the same sources.
      CHECK(contains(words[1], "12"));
      if (words.size() == 4) stages.insert(words[3]);
    } else if (words[0] == "COPY") {
      check_copy(words, stages);
    }
  }
  CHECK(stages == std::set<std::string>{"build", "shell"});
  CHECK(contains(read("Dockerfile"), "ENTRYPOINT [\"/usr/local/bin/meshcheck\"]"));
}

TEST_CASE("the manifest for krew has krew's fields, and each placeholder is filled at release") {
  const std::string text = read(".krew.yaml");
  const auto manifest = nlohmann::json::parse(test::parse_text(text).json());
  CHECK(manifest["apiVersion"] == "krew.googlecontainertools.github.com/v1alpha2");
  CHECK(manifest["kind"] == "Plugin");
  CHECK(manifest["metadata"]["name"] == "meshcheck");
  const auto& spec = manifest["spec"];
  // krew lists plugins in a table of 50 columns.
  CHECK(spec["shortDescription"].get<std::string>().size() <= 50);
  CHECK(spec["version"].get<std::string>().starts_with('v'));
  for (const auto& platform : spec["platforms"]) {
    for (const char* field : {"selector", "uri", "sha256", "bin", "files"}) {
      CHECK(platform.contains(field));
    }
    CHECK(platform["uri"].get<std::string>().ends_with("-linux-amd64.tar.gz"));
    CHECK(contains(platform["files"].dump(), "/LICENSE"));
  }
  const std::string release = read(".github/workflows/release.yml");
  for (std::size_t at = text.find("\"v@"); at != std::string::npos; at = text.find('@', at)) {
    const std::size_t begin = text.find('@', at);
    const std::size_t end = text.find('@', begin + 1);
    const std::string placeholder = text.substr(begin, end - begin + 1);
    CAPTURE(placeholder);
    CHECK(contains(release, "s|" + placeholder + "|"));
    at = end + 1;
  }
}

TEST_CASE("GitLab's component declares each input that it uses, and keeps its reports") {
  const std::string text = read("templates/audit.yml");
  const std::size_t divide = text.find("\n---\n");
  REQUIRE(divide != std::string::npos);
  const auto head = nlohmann::json::parse(test::parse_text(text.substr(0, divide + 1)).json());
  const std::string body = text.substr(divide + 5);
  const auto& inputs = head["spec"]["inputs"];
  std::size_t uses = 0;
  for (std::size_t at = body.find("$[[ inputs."); at != std::string::npos;
       at = body.find("$[[ inputs.", at + 1), ++uses) {
    const std::string name = body.substr(at + 11, body.find(" ]]", at) - at - 11);
    CAPTURE(name);
    CHECK(inputs.contains(name));
  }
  CHECK(uses >= inputs.size());
  const auto parsed = test::parse_text(body);
  REQUIRE(parsed.parsed.outcome == Parsed::Outcome::tree);
  const auto job = nlohmann::json::parse(parsed.json()).front();
  CHECK(job["artifacts"]["when"] == "always");
  for (const char* report : {"codequality", "junit"}) {
    const std::string file = job["artifacts"]["reports"][report];
    CHECK(contains(job["script"].dump(), "=" + file));
  }
  CHECK(job["image"]["entrypoint"] == nlohmann::json{""});
}

TEST_CASE("wherever a release is named, it is this one") {
  const std::string said = test::shell("$MESHCHECK version").out;
  const std::string version = said.substr(said.find(' ') + 1, said.find('\n') - said.find(' ') - 1);
  int seen = 0;
  for (const char* file : {"README.md", "docs/ci.md", ".pre-commit-hooks.yaml"}) {
    const std::string text = read(file);
    for (const std::string before :
         {"OWNER/meshcheck@v", "/releases/download/v", "/OWNER/meshcheck/v", "rev: v",
          "version=", "meshcheck/audit@v", "./meshcheck_", "entry: meshcheck:"}) {
      for (std::size_t at = text.find(before); at != std::string::npos;
           at = text.find(before, at + 1)) {
        const std::string found = text.substr(at + before.size(), version.size());
        if (!found.starts_with('$')) {
          CAPTURE(file, before, found);
          CHECK(found == version);
          ++seen;
        }
      }
    }
  }
  CHECK(seen >= 8);
}

TEST_CASE("the workflows are YAML and take no more permissions than they say") {
  for (const char* file : {".github/workflows/ci.yml", ".github/workflows/release.yml"}) {
    CAPTURE(file);
    const auto parsed = test::parse_text(read(file));
    REQUIRE(parsed.parsed.outcome == Parsed::Outcome::tree);
    const auto workflow = nlohmann::json::parse(parsed.json());
    CHECK(workflow["permissions"] == nlohmann::json{{"contents", "read"}});
  }
}

TEST_CASE("cmake --install puts the binary, its manual and its completions in place") {
  if (!has_completions()) {
    WARN("skipped: there is no command `completion` yet");
    return;
  }
  const test::TemporaryFolder prefix;
  const test::ShellRan ran = test::shell("cmake --install \"$(dirname $MESHCHECK)\" --prefix " +
                                         test::shell_word(prefix.path().string()) + " 2>&1");
  CAPTURE(ran.out);
  REQUIRE(ran.status == 0);
  for (const char* file :
       {"bin/meshcheck", "bin/kubectl-meshcheck", "share/man/man1/meshcheck.1",
        "share/man/man5/meshcheck.yaml.5", "share/bash-completion/completions/meshcheck",
        "share/zsh/site-functions/_meshcheck", "share/fish/vendor_completions.d/meshcheck.fish",
        "share/doc/meshcheck/LICENSE", "share/doc/meshcheck/docs/ci.md"}) {
    CAPTURE(file);
    REQUIRE(fs::exists(prefix / file));
    CHECK(fs::file_size(prefix / file) > 0);
  }
  CHECK(test::shell(test::shell_word(prefix / "bin/kubectl-meshcheck") + " version").status == 0);
}
