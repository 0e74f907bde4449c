// Which charts and kustomizations are rendered, and what that makes superfluous to read.
#include "input/render_targets.h"

#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/temporary_folder.h"

namespace fs = std::filesystem;
using namespace meshcheck;
using Covered = std::set<std::string, std::less<>>;

namespace {

std::vector<RenderTarget> targets_in(const test::TemporaryFolder& folder) {
  const std::vector<std::string> paths = {"."};
  return find_render_targets(find_files(paths, folder.path()));
}

constexpr const char* kChart = "apiVersion: v2\nname: app\nversion: 1.0.0\n";

}  // namespace

TEST_CASE("a chart covers its own files and its subcharts, and not what else lies in its folder") {
  const test::TemporaryFolder folder;
  folder.write("charts/x/Chart.yaml", kChart);
  folder.write("charts/x/values.yaml", "a: 1\n");
  folder.write("charts/x/values-prod.yaml", "a: 2\n");
  folder.write("charts/x/templates/deploy.yaml", "a: {{ .Values.a }}\n");
  folder.write("charts/x/charts/sub/Chart.yaml", kChart);
  folder.write("charts/x/ci/test.yaml", "a: 1\n");
  const auto targets = targets_in(folder);
  REQUIRE(targets.size() == 1);
  CHECK(targets[0].renderer == Renderer::helm);
  CHECK(targets[0].folder == "charts/x");
  CHECK(targets[0].chart == "app");
  CHECK(targets[0].covers == Covered{"charts/x/Chart.yaml", "charts/x/charts/sub/Chart.yaml",
                                     "charts/x/templates/deploy.yaml", "charts/x/values.yaml"});
}

TEST_CASE("a chart in the current folder covers files by their bare names") {
  const test::TemporaryFolder folder;
  folder.write("Chart.yaml", kChart);
  folder.write("templates/a.yaml", "a: b\n");
  const auto targets = targets_in(folder);
  REQUIRE(targets.size() == 1);
  CHECK(targets[0].folder == ".");
  CHECK(targets[0].covers == Covered{"Chart.yaml", "templates/a.yaml"});
}

TEST_CASE("libraries are not rendered, nor files that only have a chart's name") {
  const test::TemporaryFolder folder;
  folder.write("lib/Chart.yaml", std::string(kChart) + "type: library\n");
  folder.write("other/Chart.yaml", "kind: Chart\n");
  folder.write("broken/Chart.yaml", "name: [\n");
  CHECK(targets_in(folder).empty());
}

TEST_CASE("kustomizations are built from their roots, which cover what they build from") {
  const test::TemporaryFolder folder;
  folder.write("base/kustomization.yaml", "resources: [app.yaml, https://example.com/x.yaml]\n");
  folder.write("base/app.yaml", "kind: A\n");
  folder.write("base/unused.yaml", "kind: B\n");
  folder.write("part/kustomization.yaml", "kind: Component\npatches: [{path: p.yaml}]\n");
  folder.write("part/p.yaml", "kind: A\n");
  folder.write("alone/kustomization.yaml", "kind: Component\n");
  for (const char* name : {"dev", "prod"}) {
    folder.write(std::string(name) + "/kustomization.yaml",
                 "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
                 "resources: [../base/]\ncomponents: [../part]\n"
                 "configMapGenerator: [{name: c, files: [x=c.yaml]}]\n");
    folder.write(std::string(name) + "/c.yaml", "a: 1\n");
  }
  const auto targets = targets_in(folder);
  REQUIRE(targets.size() == 2);
  CHECK(targets[0].folder == "dev");
  CHECK(targets[0].renderer == Renderer::kustomize);
  CHECK(targets[1].folder == "prod");
  CHECK(targets[1].covers == Covered{"base/app.yaml", "base/kustomization.yaml",
                                     "part/kustomization.yaml", "part/p.yaml", "prod/c.yaml",
                                     "prod/kustomization.yaml"});
  CHECK(targets[1].patches == Covered{"part/p.yaml"});
}

TEST_CASE("Flux's Kustomization is none, whatever its file is called") {
  const test::TemporaryFolder folder;
  folder.write("flux/kustomization.yaml",
               "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n");
  CHECK(targets_in(folder).empty());
}

TEST_CASE("kustomizations that refer to each other in a circle have no root, and end") {
  const test::TemporaryFolder folder;
  folder.write("a/kustomization.yaml", "resources: [../b]\n");
  folder.write("b/kustomization.yaml", "resources: [../a]\n");
  folder.write("c/kustomization.yaml", "resources: [../a, .]\n");
  const auto targets = targets_in(folder);
  REQUIRE(targets.size() == 1);
  CHECK(targets[0].folder == "c");
  CHECK(targets[0].covers.size() == 3);
}
