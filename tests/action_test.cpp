// The scripts behind action.yml, run as GitHub's runner runs them: in a repository of their own,
// with the inputs in the environment.
#include <filesystem>
#include <map>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/golden.h"
#include "support/parse_text.h"
#include "support/shell.h"
#include "support/temporary_folder.h"

namespace fs = std::filesystem;
using namespace meshcheck;

namespace {

using Inputs = std::map<std::string, std::string>;

// A repository with one mesh that fails, and what a runner puts around it.
class Runner {
 public:
  Runner() {
    folder_.write("repository/deploy/istiod.yaml",
                  test::read_file(test::testdata() / "mc201/fail.yaml"));
    test::shell("git -C " + test::shell_word(folder_ / "repository") + " init -q 2>&1");
  }

  const test::TemporaryFolder& folder() const { return folder_; }

  test::ShellRan step(const std::string& script, const Inputs& inputs) const {
    Inputs all = {{"GITHUB_WORKSPACE", folder_ / "repository"},
                  {"GITHUB_OUTPUT", folder_ / "output"},
                  {"GITHUB_STEP_SUMMARY", folder_ / "summary"},
                  {"GITHUB_SERVER_URL", "https://github.example"},
                  {"GITHUB_ACTION_PATH", test::source_folder().string()},
                  {"RUNNER_TEMP", folder_ / "temp"}};
    all.insert(inputs.begin(), inputs.end());
    std::string command = "env -i PATH=" + test::shell_word(folder_ / "bin") + ":\"$PATH\"";
    for (const auto& [name, value] : all) command += " " + name + "=" + test::shell_word(value);
    return test::shell(command + " \"$ROOT/.github/action/" + script + "\" 2>&1");
  }

  test::ShellRan audit(const Inputs& inputs) const {
    Inputs all = {{"MESHCHECK_ACTION_BINARY", test::binary().string()},
                  {"MESHCHECK_ACTION_SUMMARY", "false"},
                  {"MESHCHECK_ACTION_FORMAT", "concise"}};
    for (const auto& [name, value] : inputs) all["MESHCHECK_ACTION_" + name] = value;
    return step("audit", all);
  }

  bool has(const std::string& name) const { return fs::exists(folder_ / name); }
  std::string read(const std::string& name) const { return test::read_file(folder_ / name); }

 private:
  test::TemporaryFolder folder_;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the action audits the workspace, fails with the audit and writes SARIF all the same") {
  const Runner runner;
  const test::ShellRan ran = runner.audit({{"PATHS", "deploy\n"}});
  CAPTURE(ran.out);
  CHECK(ran.status == 1);
  CHECK(contains(ran.out, "deploy/istiod.yaml:"));
  CHECK(runner.read("output") == "sarif-file=meshcheck.sarif\nexit-code=1\n");
  const auto sarif = nlohmann::json::parse(runner.read("repository/meshcheck.sarif"));
  CHECK(sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
             ["uri"] == "deploy/istiod.yaml");
}

TEST_CASE("the inputs of the action are the flags of the audit") {
  const Runner runner;
  runner.folder().write("repository/own.yaml", "version: 1\nselect: [MC001]\n");
  CHECK(runner.audit({{"CONFIG", "own.yaml"}}).status == 0);
  CHECK(runner.audit({{"CONFIG", "own.yaml"}, {"ARGS", "--select MC2"}}).status == 1);
  CHECK(runner.audit({{"FAIL_ON", "never"}}).status == 0);
  CHECK(runner.audit({{"OUTPUTS", "json=a b.json\n\nconcise=c.txt\n"}}).status == 1);
  CHECK(runner.has("repository/a b.json"));
  CHECK(runner.has("repository/c.txt"));
  CHECK(runner.audit({{"SARIF_FILE", "reports.sarif"}, {"CATEGORY", "prod"}}).status == 1);
  CHECK(contains(runner.read("repository/reports.sarif"), "meshcheck/prod/"));
}

TEST_CASE("an input of the action is never a command") {
  const Runner runner;
  const std::string evil = "$(touch injected)`touch injected`;touch injected;'\"";
  for (const char* input : {"PATHS", "CONFIG", "FAIL_ON", "FORMAT", "OUTPUTS", "SARIF_FILE",
                            "CATEGORY", "ARGS", "BASELINE"}) {
    CAPTURE(input);
    runner.audit({{input, evil}});
    CHECK_FALSE(runner.has("repository/injected"));
  }
  runner.audit({{"ARGS", "--select '$(touch injected)' *"}});
  CHECK_FALSE(runner.has("repository/injected"));
}

TEST_CASE("flags of the action are split at quotes as a shell does, and end before the paths") {
  const Runner runner;
  CHECK(runner.audit({{"ARGS", "--stdin-filename 'a b' --select \"MC2\""}}).status == 1);
  const test::ShellRan open = runner.audit({{"ARGS", "--select 'MC2"}});
  CHECK(open.status == 2);
  CHECK(contains(open.out, "::error title=meshcheck::the input `args`"));
  CHECK(contains(runner.audit({{"PATHS", "--exit-zero"}}).out, "--exit-zero"));
  CHECK(runner.audit({{"PATHS", "--exit-zero"}}).status == 3);
}

TEST_CASE("where no report could be written the action names none, not even an older one") {
  const Runner runner;
  runner.folder().write("repository/meshcheck.sarif", "{}");
  CHECK(runner.audit({{"ARGS", "--no-such-flag"}}).status == 2);
  CHECK(runner.read("output") == "exit-code=2\n");
}

TEST_CASE("concise lines are annotated by the problem matcher, other formats by themselves") {
  const Runner runner;
  const test::ShellRan ran = runner.audit({});
  CHECK(contains(ran.out, "::add-matcher::"));
  CHECK(contains(ran.out, "::remove-matcher owner=meshcheck-error::"));
  CHECK_FALSE(contains(runner.audit({{"FORMAT", "text"}}).out, "matcher"));
}

TEST_CASE("the action writes the summary of the job whatever the log shows, unless told not to") {
  for (const char* format : {"github", "text"}) {
    CAPTURE(format);
    const Runner runner;
    const test::ShellRan ran = runner.audit({{"SUMMARY", "true"}, {"FORMAT", format}});
    CHECK(ran.status == 1);
    CHECK(contains(runner.read("summary"), "MC201"));
    CHECK(contains(ran.out, "::error ") == (std::string(format) == "github"));
  }
  const Runner quiet;
  CHECK(quiet.audit({{"FORMAT", "github"}}).status == 1);
  CHECK_FALSE(quiet.has("summary"));
}

TEST_CASE("the action takes a binary that is there") {
  const Runner runner;
  const test::ShellRan ran =
      runner.step("install", {{"MESHCHECK_ACTION_BINARY", test::binary().string()}});
  CHECK(ran.status == 0);
  CHECK(runner.read("output") == "binary=" + test::binary().string() + "\n");
  CHECK(runner.step("install", {{"MESHCHECK_ACTION_BINARY", "no-such-program"}}).status == 2);
}

TEST_CASE("the action downloads the release it belongs to, and nothing whose digest is wrong") {
  const Runner runner;
  // In place of curl: the release lies in a folder.
  runner.folder().write(
      "bin/curl",
      "#!/bin/bash\nwhile [ $# -gt 1 ]; do [ \"$1\" = --output ] && to=$2; shift; "
      "done\necho \"$1\" >>\"$RUNNER_TEMP/urls\"\nexec cp \"$RUNNER_TEMP/../release/${1##*/}\" "
      "\"$to\"\n");
  fs::permissions(runner.folder() / "bin/curl", fs::perms::owner_all);
  fs::create_directories(runner.folder() / "temp");
  const std::string release = test::shell_word(runner.folder() / "release");
  REQUIRE(test::shell("version=$($MESHCHECK version | grep -o '[0-9.]*[0-9]' | head -n 1); "
                      "name=meshcheck-$version-linux-amd64; mkdir -p " +
                      release + "/$name/bin && cd " + release +
                      " && ln -s $MESHCHECK $name/bin/meshcheck && "
                      "tar -czhf $name.tar.gz $name && sha256sum *.tar.gz >SHA256SUMS")
              .status == 0);
  const Inputs inputs = {{"MESHCHECK_ACTION_REPOSITORY", "someone/meshcheck"}};
  const test::ShellRan good = runner.step("install", inputs);
  CAPTURE(good.out);
  CHECK(good.status == 0);
  CHECK(contains(runner.read("temp/urls"),
                 "https://github.example/someone/meshcheck/releases/download/v"));
  CHECK(contains(runner.read("output"), "/bin/meshcheck\n"));

  Inputs pinned = inputs;
  pinned["MESHCHECK_ACTION_SHA256"] = std::string(64, '0');
  const test::ShellRan refused = runner.step("install", pinned);
  CHECK(refused.status == 2);
  CHECK(contains(refused.out, "not what its digest says"));

  test::shell("cd " + release +
              " && for file in meshcheck-*.tar.gz; do echo more >>\"$file\"; done");
  CHECK(contains(runner.step("install", inputs).out, "not what its digest says"));
  CHECK(runner.step("install", {}).status == 2);
  CHECK(runner
            .step("install", {{"MESHCHECK_ACTION_VERSION", "1;touch x"},
                              {"MESHCHECK_ACTION_REPOSITORY", "a/b"}})
            .status == 2);
}

TEST_CASE("action.yml passes every input by the environment, and has the inputs it passes") {
  const std::string text = test::read_file(test::source_folder() / "action.yml");
  const auto action = nlohmann::json::parse(test::parse_text(text).json());
  std::string used;
  for (const auto& step : action["runs"]["steps"]) {
    CHECK_FALSE(contains(step.value("run", ""), "${{"));
    used += step.dump();
  }
  for (const auto& [name, input] : action["inputs"].items()) {
    CAPTURE(name);
    CHECK(input.contains("description"));
    CHECK(contains(used, "inputs." + name));
  }
  const std::string scripts = test::read_file(test::source_folder() / ".github/action/audit") +
                              test::read_file(test::source_folder() / ".github/action/install");
  for (const auto& step : action["runs"]["steps"]) {
    if (!step.contains("env")) continue;
    for (const auto& [name, value] : step["env"].items()) {
      CAPTURE(name, value);
      CHECK(contains(scripts, name));
    }
  }
}
