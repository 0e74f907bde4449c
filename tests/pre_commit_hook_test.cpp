// .pre-commit-hooks.yaml, read and run as pre-commit does: the words of `entry` and `args`, at the
// root of the repository that is committed to.
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/golden.h"
#include "support/parse_text.h"
#include "support/shell.h"
#include "support/temporary_folder.h"

using namespace meshcheck;

namespace {

nlohmann::json hooks() {
  const std::string text = test::read_file(test::source_folder() / ".pre-commit-hooks.yaml");
  return nlohmann::json::parse(test::parse_text(text).json());
}

nlohmann::json hook(const std::string& id) {
  for (const auto& each : hooks()) {
    if (each["id"] == id) return each;
  }
  return nullptr;
}

// The binary is found on the PATH, as `language: system` has it.
test::ShellRan run_hook(const test::TemporaryFolder& repository, const std::string& args) {
  return test::shell("PATH=$(dirname $MESHCHECK):$PATH; cd " +
                     test::shell_word(repository.path().string()) + " && PRE_COMMIT=1 " +
                     hook("meshcheck")["entry"].get<std::string>() + " " + args +
                     " </dev/null 2>&1");
}

}  // namespace

TEST_CASE("a commit that breaks the mesh is refused by the hook, a good one is not") {
  const test::TemporaryFolder repository;
  test::shell("git -C " + test::shell_word(repository.path().string()) + " init -q 2>&1");
  repository.write("deploy/istiod.yaml", test::read_file(test::testdata() / "mc201/fail.yaml"));
  const test::ShellRan broken = run_hook(repository, "deploy");
  CHECK(broken.status == 1);
  CHECK(broken.out.find("deploy/istiod.yaml:") != std::string::npos);
  CHECK(run_hook(repository, "--select MC9 deploy").status == 0);
  CHECK(run_hook(repository, "").status == 1);
}

TEST_CASE("each hook is run once for the whole tree, whenever a YAML file changes") {
  CHECK(hooks().size() == 2);
  for (const auto& each : hooks()) {
    CAPTURE(each);
    CHECK(each["pass_filenames"] == false);
    CHECK(each["types"] == nlohmann::json{"yaml"});
    CHECK(each.contains("name"));
    for (const auto& [key, value] : each.items()) {
      CHECK(std::string("id name description entry language types pass_filenames require_serial")
                .find(key) != std::string::npos);
    }
  }
  CHECK(hook("meshcheck")["language"] == "system");
  CHECK(hook("meshcheck-docker")["language"] == "docker_image");
}
