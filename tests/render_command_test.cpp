// What helm and kustomize are started with. Charts and folders are a stranger's: nothing that they
// say may become a flag, or a word of a shell.
#include "cli/render_command.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace meshcheck;
using Words = std::vector<std::string>;

namespace {

const cli::RenderTool kHelm = {"/bin/helm", "helm template", {"template"}};
const cli::RenderTool kKustomize = {"/bin/kustomize", "kustomize build", {"build"}};

RenderTarget chart(const std::string& name, const std::string& folder) {
  RenderTarget target;
  target.folder = folder;
  target.chart = name;
  return target;
}

}  // namespace

TEST_CASE("a release has a name that helm takes, whatever its chart is called") {
  CHECK(cli::release_name("app") == "app");
  CHECK(cli::release_name("My_Chart.v2") == "my-chart-v2");
  CHECK(cli::release_name("--post-renderer=sh") == "post-renderer-sh");
  CHECK(cli::release_name("-") == "release");
  CHECK(cli::release_name("äö") == "release");
  CHECK(cli::release_name(std::string(60, 'a')) == std::string(53, 'a'));
  CHECK(cli::release_name(std::string(52, 'a') + "-b") == std::string(52, 'a'));
}

TEST_CASE("no chart and no folder becomes a flag") {
  for (const char* name : {"--post-renderer=sh", "-fx", "--", "--output-dir=/tmp/x"}) {
    INFO(name);
    const Words words = cli::render_arguments(kHelm, chart(name, "--debug"), {});
    REQUIRE(words.size() >= 3);
    CHECK(words[words.size() - 3] == "--");
    CHECK(words[words.size() - 2].find_first_not_of("-") == 0);
    CHECK(words.back() == "./--debug");
  }
  RenderTarget target = chart("", "--output=x");
  target.renderer = Renderer::kustomize;
  CHECK(cli::render_arguments(kKustomize, target, {}) == Words{"build", "./--output=x"});
}

TEST_CASE("helm is told the namespace, whatever the environment says") {
  const Words said = cli::render_arguments(kHelm, chart("app", "app"), {});
  CHECK(said ==
        Words{"template", "--include-crds", "--namespace", "default", "--", "app", "./app"});
  cli::InputOptions options;
  options.default_namespace = "shop";
  CHECK(cli::render_arguments(kHelm, chart("app", "app"), options)[3] == "shop");
}

TEST_CASE("a command that is shown can be pasted into a shell") {
  CHECK(cli::shell_word("./charts/app") == "./charts/app");
  CHECK(cli::shell_word("") == "''");
  CHECK(cli::shell_word("./my charts") == "'./my charts'");
  CHECK(cli::shell_word("$(touch x)'") == "'$(touch x)'\\'''");
  cli::InputOptions options;
  options.values = {"prod values.yaml"};
  const std::string line = cli::typed_command(kHelm, chart("--post-renderer=sh", "a;b"), options);
  CHECK(line.starts_with("helm template --include-crds "));
  CHECK(line.ends_with(" --values 'prod values.yaml' -- post-renderer-sh './a;b'"));
}
