// What the command line does for a CI system: paths from the repository's root, categories,
// summaries.
#include "cli/ci.h"

#include <filesystem>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/run.h"
#include "support/golden.h"
#include "support/temporary_folder.h"

namespace fs = std::filesystem;
using namespace meshcheck;
using Environment = std::map<std::string, std::string>;

namespace {

struct Ran {
  int status = 0;
  std::string out;
  std::string err;
};

cli::Surroundings surroundings(std::istream& in, std::ostream& out, std::ostream& err,
                               const Environment& environment) {
  return {in, out, err, false, 0, [&environment](const char* name) -> std::optional<std::string> {
            const auto found = environment.find(name);
            return found == environment.end() ? std::nullopt : std::optional(found->second);
          }};
}

Ran ran(const std::vector<std::string>& args, const Environment& environment = {}) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  const int status = cli::run(args, surroundings(in, out, err, environment));
  return {status, out.str(), err.str()};
}

ReportStyle style_in(const fs::path& folder, const Environment& environment = {}) {
  std::istringstream in;
  std::ostringstream out;
  ReportStyle style;
  cli::describe_repository(folder, surroundings(in, out, out, environment), style);
  return style;
}

// Runs in a folder of its own, as a step of a job does.
class Checkout {
 public:
  explicit Checkout(const std::string& working_folder) : before_(fs::current_path()) {
    folder_.write(".git/HEAD", "");
    folder_.write("deploy/prod/istiod.yaml",
                  test::read_file(test::testdata() / "mc201" / "fail.yaml"));
    folder_.write("deploy/README", "");
    fs::current_path(folder_.path() / working_folder);
  }
  ~Checkout() { fs::current_path(before_); }
  Checkout(const Checkout&) = delete;
  Checkout& operator=(const Checkout&) = delete;

  const test::TemporaryFolder& folder() const { return folder_; }

 private:
  test::TemporaryFolder folder_;
  fs::path before_;
};

nlohmann::json sarif(const std::vector<std::string>& args) {
  std::vector<std::string> all = {"audit", "-o", "sarif"};
  all.insert(all.end(), args.begin(), args.end());
  return nlohmann::json::parse(ran(all).out)["runs"][0];
}

std::string uri_of(const nlohmann::json& run) {
  return run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
}

}  // namespace

TEST_CASE("the repository's root is the nearest folder with .git, else what CI says", "[ci]") {
  test::TemporaryFolder folder;
  folder.write("a/b/x.yaml", "");
  const std::string root = folder.path().generic_string();
  CHECK(style_in(folder.path() / "a").repository.empty());
  for (const char* name : {"GITHUB_WORKSPACE", "CI_PROJECT_DIR"}) {
    const ReportStyle style = style_in(folder.path() / "a" / "b", {{name, root}});
    CHECK(style.repository == root);
    CHECK(style.folder == "a/b");
  }
  CHECK(style_in(folder.path() / "a", {{"GITHUB_WORKSPACE", "/elsewhere"}}).repository.empty());
  folder.write("a/.git", "gitdir: elsewhere");  // of a worktree or a submodule
  const ReportStyle nearest = style_in(folder.path() / "a" / "b", {{"CI_PROJECT_DIR", root}});
  CHECK(nearest.repository == root + "/a");
  CHECK(nearest.folder == "b");
  CHECK(style_in(folder.path() / "a").folder.empty());
}

TEST_CASE("files are linked where the platform says what was checked out", "[ci]") {
  test::TemporaryFolder folder;
  folder.write(".git/HEAD", "");
  const Environment github = {{"GITHUB_SERVER_URL", "https://github.com"},
                              {"GITHUB_REPOSITORY", "o/r"},
                              {"GITHUB_SHA", "abc"}};
  CHECK(style_in(folder.path(), github).file_url == "https://github.com/o/r/blob/abc/");
  const Environment gitlab = {{"CI_PROJECT_URL", "https://gitlab.com/g/r"},
                              {"CI_COMMIT_SHA", "abc"}};
  CHECK(style_in(folder.path(), gitlab).file_url == "https://gitlab.com/g/r/-/blob/abc/");
  CHECK(style_in(folder.path(), {{"GITHUB_SHA", "abc"}}).file_url.empty());
}

TEST_CASE("SARIF has the same path and category whatever folder the step runs in", "[ci]") {
  {
    const Checkout root("");
    const nlohmann::json run = sarif({"deploy/prod"});
    CHECK(uri_of(run) == "deploy/prod/istiod.yaml");
    CHECK(run["automationDetails"]["id"] == "meshcheck/deploy/prod/");
    CHECK(sarif({"deploy/prod/istiod.yaml"})["automationDetails"]["id"] ==
          "meshcheck/deploy/prod/");
    CHECK(sarif({"deploy/prod", "deploy/README"})["automationDetails"]["id"] ==
          "meshcheck/deploy/");
    CHECK(sarif({"."})["automationDetails"]["id"] == "meshcheck/");
    CHECK(sarif({"--sarif-category", "east/", "."})["automationDetails"]["id"] ==
          "meshcheck/east/");
  }
  const Checkout below("deploy");
  CHECK(uri_of(sarif({"prod"})) == "deploy/prod/istiod.yaml");
  CHECK(sarif({"prod"})["automationDetails"]["id"] == "meshcheck/deploy/prod/");
  // An absolute path is made relative too.
  CHECK(uri_of(sarif({below.folder() / "deploy/prod"})) == "deploy/prod/istiod.yaml");
}

TEST_CASE("with -o github the Markdown report is appended to the step's summary", "[ci]") {
  const Checkout checkout("");
  const std::string file = checkout.folder() / "summary.md";
  checkout.folder().write("summary.md", "before\n");
  const Environment environment = {{"GITHUB_STEP_SUMMARY", file}};
  const Ran run = ran({"audit", "-o", "github", "deploy"}, environment);
  CHECK(run.status == 1);
  CHECK(run.out.starts_with("::error file=deploy/prod/istiod.yaml,line="));
  CHECK(test::read_file(file).starts_with("before\n<!-- meshcheck -->\n## meshcheck: 4 errors, "));

  // Other formats leave it alone.
  checkout.folder().write("summary.md", "");
  CHECK(ran({"audit", "-o", "text", "deploy"}, environment).status == 1);
  CHECK(test::read_file(file).empty());
}

TEST_CASE("a summary stays below what GitHub takes of a step", "[ci]") {
  const Checkout checkout("");
  const std::string file = checkout.folder() / "summary.md";
  const std::size_t full = 1024 * 1024;
  checkout.folder().write("summary.md", std::string(full - 3000, 'x'));
  ran({"audit", "-o", "github", "deploy"}, {{"GITHUB_STEP_SUMMARY", file}});
  const std::string text = test::read_file(file);
  CHECK(text.size() > full - 3000);
  CHECK(text.size() <= full);
}

TEST_CASE("a summary that cannot be written makes the run incomplete", "[ci]") {
  const Checkout checkout("");
  const Ran run = ran({"audit", "--fail-on", "never", "-o", "github", "deploy"},
                      {{"GITHUB_STEP_SUMMARY", "/no/such/folder/summary.md"}});
  CHECK(run.status == 3);
  CHECK(run.err.find("cannot write /no/such/folder/summary.md") != std::string::npos);
}

TEST_CASE("the repository is found where the input lies, wherever the step runs", "[ci]") {
  const Checkout checkout("");
  const test::TemporaryFolder elsewhere;
  const std::string root = checkout.folder().path().generic_string();
  fs::current_path(elsewhere.path());
  CHECK(uri_of(sarif({root + "/deploy"})) == "deploy/prod/istiod.yaml");
  fs::remove_all(root + "/.git");
  const Environment job = {{"GITHUB_WORKSPACE", root}};
  for (const std::string& path : {root + "/deploy", "../" + fs::path(root).filename().string()}) {
    const Ran run = ran({"audit", "-o", "sarif", path}, job);
    CHECK(uri_of(nlohmann::json::parse(run.out)["runs"][0]) == "deploy/prod/istiod.yaml");
  }
}

TEST_CASE("dashboards know a file by its real name, and so do overrides", "[ci]") {
  const Checkout checkout("");
  const std::string root = checkout.folder().path().generic_string();
  fs::create_directory_symlink("deploy", "dl");
  CHECK(uri_of(sarif({"dl"})) == "deploy/prod/istiod.yaml");
  const Ran gitlab = ran({"audit", "-o", "gitlab", "dl"});
  CHECK(nlohmann::json::parse(gitlab.out)[0]["location"]["path"] == "deploy/prod/istiod.yaml");
  CHECK(ran({"audit", "-o", "concise", "dl"}).out.starts_with("dl/prod/istiod.yaml:"));
  checkout.folder().write("meshcheck.yaml", "overrides: [{path: \"deploy/**\", ignore: [MC]}]\n");
  CHECK(ran({"audit", "-o", "concise", "dl"}).out.empty());
  checkout.folder().write("meshcheck.yaml", "overrides: [{path: \"dl/**\", ignore: [MC]}]\n");
  CHECK(ran({"audit", "-o", "concise", "dl"}).out.empty());
}
