// Which charts and kustomizations are rendered, and what that makes superfluous to read.
#include "input/render_targets.h"

#include <algorithm>
#include <chrono>
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
  folder.write("charts/x/ci/all-values.yaml", "a: 1\n");
  const auto targets = targets_in(folder);
  REQUIRE(targets.size() == 1);
  CHECK(targets[0].renderer == Renderer::helm);
  CHECK(targets[0].folder == "charts/x");
  CHECK(targets[0].chart == "app");
  CHECK(targets[0].covers == Covered{"charts/x/Chart.yaml", "charts/x/charts/sub/Chart.yaml",
                                     "charts/x/ci/all-values.yaml",
                                     "charts/x/templates/deploy.yaml", "charts/x/values.yaml"});
  // values-prod.yaml lies over it.
  CHECK(targets[0].layers == Covered{"charts/x/values.yaml"});
}

TEST_CASE("what a template reads by .Files is the chart's, and what lies beside it is not") {
  const test::TemporaryFolder folder;
  folder.write("x/Chart.yaml", kChart);
  folder.write(
      "x/templates/a.yaml",
      "{{ .Files.Get \"raw/a.yaml\" }}\n{{ range $p, $_ := $.Files.Glob `more/*.yaml` }}\n");
  folder.write("x/charts/lib/templates/_b.tpl", "{{ .Files.Get (printf \"env/%s.yaml\" .e) }}\n");
  for (const char* name : {"x/raw/a.yaml", "x/raw/b.yaml", "x/more/c.yaml", "x/env/d.yaml",
                           "x/files/e.yaml", "x/more/y/Chart.yaml", "x/more/y/values.yaml"}) {
    folder.write(name, "a: 1\n");
  }
  const auto targets = targets_in(folder);
  REQUIRE(targets.size() == 1);
  CHECK(targets[0].covers == Covered{"x/Chart.yaml", "x/env/d.yaml", "x/more/c.yaml",
                                     "x/raw/a.yaml", "x/templates/a.yaml"});
  // Where the path is made at run time, it is the folder that charts have for that.
  folder.write("x/templates/b.yaml", "{{ .Files.Get .Values.path }}\n");
  CHECK(targets_in(folder)[0].covers.contains("x/files/e.yaml"));
  CHECK(!targets_in(folder)[0].covers.contains("x/raw/b.yaml"));
}

TEST_CASE("a chart's dependencies are known by their names and by their aliases") {
  const test::TemporaryFolder folder;
  folder.write("x/Chart.yaml", std::string(kChart) +
                                   "dependencies: [{name: db, alias: one}, {name: db, alias: two}, "
                                   "{name: web}]\n");
  folder.write("x/charts/db-1.0.0/Chart.yaml", "name: db\nversion: 1.0.0\n");
  folder.write("x/charts/db-1.0.0/charts/common/Chart.yaml", "name: common\nversion: 1.0.0\n");
  const auto targets = targets_in(folder);
  REQUIRE(targets.size() == 1);
  const auto& subcharts = targets[0].subcharts;
  CHECK(subcharts.at("charts/db") == "x/charts/db-1.0.0");
  CHECK(subcharts.at("charts/one") == "x/charts/db-1.0.0");
  CHECK(subcharts.at("charts/two/charts/common") == "x/charts/db-1.0.0/charts/common");
  CHECK(!subcharts.contains("charts/web"));
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

TEST_CASE("of kustomizations that refer to each other in a circle one is built") {
  const test::TemporaryFolder folder;
  folder.write("a/kustomization.yaml", "resources: [../b]\n");
  folder.write("b/kustomization.yaml", "resources: [../a, d.yaml]\n");
  folder.write("b/d.yaml", "kind: A\n");
  const auto targets = targets_in(folder);
  REQUIRE(targets.size() == 1);
  CHECK(targets[0].folder == "a");
  CHECK(targets[0].covers.size() == 3);
}

TEST_CASE("a circle that a root leads to is built with that, and ends") {
  const test::TemporaryFolder folder;
  folder.write("a/kustomization.yaml", "resources: [../b]\n");
  folder.write("b/kustomization.yaml", "resources: [../a]\n");
  folder.write("c/kustomization.yaml", "resources: [../a, .]\n");
  const auto targets = targets_in(folder);
  REQUIRE(targets.size() == 1);
  CHECK(targets[0].folder == "c");
  CHECK(targets[0].covers.size() == 3);
}

TEST_CASE("charts are found in a time that grows with their number") {
  const test::TemporaryFolder folder;
  folder.write("Chart.yaml", kChart);
  const auto seconds = [&](int charts) {
    FileList list;
    for (int i = 0; i < charts; ++i) {
      const std::string chart = "c" + std::to_string(i);
      list.files.push_back({.name = chart + "/Chart.yaml", .path = folder / "Chart.yaml"});
      for (int j = 0; j < 20; ++j) {
        const std::string name = chart + "/templates/" + std::to_string(j) + ".yaml";
        list.files.push_back({.name = name, .path = folder / "none.yaml"});
      }
    }
    const auto begin = std::chrono::steady_clock::now();
    CHECK(find_render_targets(list).size() == static_cast<std::size_t>(charts));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  const double one = seconds(25);
  CHECK(seconds(100) < 10 * std::max(one, 0.05));  // quadratic growth would be 16
}
