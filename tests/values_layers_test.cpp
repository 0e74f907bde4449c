// Which values files are one release: `values.yaml` and what lies over it, and --values in order.
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/run.h"
#include "support/temporary_folder.h"

using namespace meshcheck;
using nlohmann::json;

namespace {

// "revision min memory" of each control plane.
std::vector<std::string> planes(const test::TemporaryFolder& folder,
                                std::vector<std::string> args) {
  args.insert(args.begin(), {"inspect", "-o", "json"});
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder / "");
  cli::run(args, {in, out, err, false, 0, [](const char*) { return std::nullopt; }});
  std::filesystem::current_path(before);
  INFO(err.str());
  std::vector<std::string> found;
  const json inventory = json::parse(out.str());
  for (const json& plane : inventory["controlPlanes"]) {
    found.push_back(fmt::format("{} {} {}", plane["revision"].get<std::string>(),
                                plane["replicas"]["min"].get<int>(),
                                plane["requests"]["memory"].get<std::string>()));
  }
  return found;
}

constexpr const char* kBase =
    "pilot:\n  autoscaleMin: 1\n  resources:\n    requests:\n      memory: 3Gi\n"
    "meshConfig:\n  accessLogFile: ''\n";

}  // namespace

TEST_CASE("values.yaml lies below the overlays beside it and is no release of its own") {
  for (const char* name : {"values-prod.yaml", "values.prod.yaml", "prod-values.yaml"}) {
    DYNAMIC_SECTION(name) {
      const test::TemporaryFolder folder;
      folder.write("values.yaml", kBase);
      folder.write(name, "pilot:\n  autoscaleMin: 3\n");
      CHECK(planes(folder, {"."}) == std::vector<std::string>{"default 3 3Gi"});
    }
  }
}

TEST_CASE("each overlay is a release, over the base that they share") {
  const test::TemporaryFolder folder;
  folder.write("values.yaml", kBase);
  folder.write("values-prod.yaml", "pilot:\n  autoscaleMin: 3\n");
  folder.write("values-dev.yaml", "pilot:\n  autoscaleMin: 2\n");
  CHECK(planes(folder, {"."}) == std::vector<std::string>{"default 2 3Gi", "default 3 3Gi"});
}

TEST_CASE("another chart's values beside istiod's are no overlay") {
  const test::TemporaryFolder folder;
  folder.write("values.yaml", kBase);
  folder.write("values-gateway.yaml",
               "autoscaling:\n  minReplicas: 4\nservice:\n  type: NodePort\n");
  folder.write("kiali.yaml", "pilot: {autoscaleMin: 9}\n");
  CHECK(planes(folder, {"."}) == std::vector<std::string>{"default 1 3Gi"});
}

TEST_CASE("keys that every chart has are istiod's in a file named for an environment only") {
  constexpr const char* kAnyChart =
      "replicaCount: 4\nimage: {repository: a/b}\nresources: {requests: {memory: 64Mi}}\n";
  const auto laid = [](const char* name, const std::string& overlay) {
    const test::TemporaryFolder folder;
    folder.write("values.yaml",
                 "autoscaleMin: 2\nmeshConfig: {}\nreplicaCount: 1\nimage: pilot\n"
                 "resources: {requests: {memory: 3Gi}}\n");
    folder.write(name, overlay);
    return planes(folder, {"."});
  };
  using Planes = std::vector<std::string>;
  for (const char* name : {"values-loki.yaml", "values-eu.yaml", "kiali-values-prod.yaml"}) {
    INFO(name);
    CHECK(laid(name, kAnyChart) == Planes{"default 2 3Gi"});
  }
  CHECK(laid("values-prod.yaml", "resources: {requests: {memory: 4Gi}}\n") ==
        Planes{"default 2 4Gi"});
  CHECK(laid("values-eu.yaml", "autoscaleMin: 3\nresources: {requests: {memory: 4Gi}}\n") ==
        Planes{"default 3 4Gi"});
  CHECK(laid("values-eu.yaml", "revision: eu\nnodeSelector: {a: b}\n") == Planes{"eu 2 3Gi"});
  CHECK(laid("values-cni.yaml", "pilot: {cni: {enabled: true}}\n") == Planes{"default 2 3Gi"});
  // The chart `gateway` has a revision too, and what istiod's has not.
  CHECK(laid("values-public.yaml", "revision: eu\nservice: {type: NodePort}\n") ==
        Planes{"default 2 3Gi"});
}

TEST_CASE("ztunnel's values have a meshConfig and a revision too, and are not istiod's") {
  constexpr const char* kZtunnel =
      "revision: r9\nmeshConfig: {}\nresources: {requests: {memory: 64Mi}}\n";
  for (const char* name : {"values-ztunnel.yaml", "ztunnel/values.yaml"}) {
    INFO(name);
    const test::TemporaryFolder folder;
    folder.write("values.yaml", kBase);
    folder.write(name, kZtunnel);
    CHECK(planes(folder, {"."}) == std::vector<std::string>{"default 1 3Gi"});
  }
  const test::TemporaryFolder folder;
  folder.write("istiod/values.yaml", kZtunnel);
  CHECK(planes(folder, {"."}) == std::vector<std::string>{"r9 1 64Mi"});
}

TEST_CASE("istiod's values are istiod's though a path speaks of ztunnel") {
  for (const char* name :
       {"ztunnel-rollout/istiod.yaml", "values-istiod-ztunnel.yaml", "ztunnel/values.yaml"}) {
    DYNAMIC_SECTION(name) {
      const test::TemporaryFolder folder;
      folder.write(name,
                   "autoscaleMin: 1\nprofile: ambient\nmeshConfig: {accessLogFile: ''}\n"
                   "resources: {requests: {memory: 3Gi}}\n");
      CHECK(planes(folder, {"."}) == std::vector<std::string>{"default 1 3Gi"});
    }
  }
}

TEST_CASE("a file named for a version is that version's, and no overlay") {
  const test::TemporaryFolder folder;
  folder.write("values.yaml", kBase);
  folder.write("values-1.23.yaml", "pilot:\n  autoscaleMin: 3\nmeshConfig: {}\n");
  CHECK(planes(folder, {"."}) == std::vector<std::string>{"default 3 2048Mi", "default 1 3Gi"});
}

TEST_CASE("an overlay in another folder lies over nothing") {
  const test::TemporaryFolder folder;
  folder.write("a/values.yaml", kBase);
  folder.write("b/values-prod.yaml", "pilot:\n  autoscaleMin: 3\nmeshConfig: {}\n");
  CHECK(planes(folder, {"."}) == std::vector<std::string>{"default 1 3Gi", "default 3 2048Mi"});
}

TEST_CASE("files named with --values are laid one over the other, in their order") {
  const test::TemporaryFolder folder;
  folder.write("one.yaml", "pilot:\n  autoscaleMin: 2\n  resources: {requests: {memory: 3Gi}}\n");
  folder.write("two.yaml", "pilot:\n  autoscaleMin: 4\n");
  CHECK(planes(folder, {"--values", "one.yaml", "--values", "two.yaml"}) ==
        std::vector<std::string>{"default 4 3Gi"});
  CHECK(planes(folder, {"--values", "two.yaml", "--values", "one.yaml"}) ==
        std::vector<std::string>{"default 2 3Gi"});
}

TEST_CASE("files named with --values that name different revisions are releases of their own") {
  const test::TemporaryFolder folder;
  folder.write("one.yaml", "revision: a\npilot:\n  autoscaleMin: 2\n");
  folder.write("two.yaml", "revision: b\npilot:\n  autoscaleMin: 4\n");
  CHECK(planes(folder, {"--values", "one.yaml", "--values", "two.yaml"}) ==
        std::vector<std::string>{"a 2 2048Mi", "b 4 2048Mi"});
}

TEST_CASE(
    "a kustomization's values files count whatever they hold, and are no release of their own") {
  const test::TemporaryFolder folder;
  folder.write("kustomization.yaml",
               "helmCharts:\n- name: istiod\n  version: 1.29.1\n  valuesFile: short.yaml\n"
               "  additionalValuesFiles: [./more/memory.yaml]\n");
  folder.write("short.yaml", "autoscaleMin: 3\n");
  folder.write("more/memory.yaml", "resources: {requests: {memory: 3Gi}}\n");
  CHECK(planes(folder, {"."}) == std::vector<std::string>{"default 3 3Gi"});
}

TEST_CASE(
    "a file that no kustomization of Istio's charts names is no values file for its few keys") {
  const test::TemporaryFolder folder;
  folder.write("kustomization.yaml",
               "helmCharts:\n- name: redis\n  version: 1.29.1\n  valuesFile: short.yaml\n");
  folder.write("short.yaml", "autoscaleMin: 3\n");
  CHECK(planes(folder, {"."}).empty());
}
