// What `helm --set` and Argo CD's parameters make of paths and texts.
#include <string>
#include <string_view>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "mesh/helm_value.h"
#include "support/run_in.h"

using namespace meshcheck;

namespace {

// Findings about labels that name no revision, where an Application has these parameters.
std::string orphans(std::string_view parameters) {
  const test::TemporaryFolder folder;
  folder.write("istiod.yaml", fmt::format(R"(apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: istiod, namespace: argocd}}
spec:
  destination: {{namespace: istio-system}}
  source:
    repoURL: https://istio-release.storage.googleapis.com/charts
    chart: istiod
    targetRevision: 1.30.2
    helm:
      parameters:
        - {{name: revision, value: 1-30-2}}
{}
---
apiVersion: v1
kind: Namespace
metadata: {{name: shop, labels: {{istio.io/rev: prod}}}}
---
apiVersion: v1
kind: Namespace
metadata: {{name: next, labels: {{istio.io/rev: canary}}}}
)",
                                          parameters));
  const auto ran = test::run_in(folder, {"audit", "--isolated", "--quiet", "--select", "MC303",
                                         "-o", "concise", "istiod.yaml"});
  return ran.out;
}

}  // namespace

TEST_CASE("a path names items of lists") {
  HelmValue values;
  values.make_path("revisionTags[1]") = set_value("canary", {});
  values.make_path("a[0].b[1][0].c") = set_value("1", {});
  REQUIRE(values["revisionTags"].items.size() == 2);
  CHECK_FALSE(values["revisionTags"].items[0].present);
  CHECK(values["revisionTags"].items[1].text == "canary");
  CHECK(values["a"].items.at(0)["b"].items.at(1).items.at(0)["c"].text == "1");
}

TEST_CASE("what is no index is part of the key") {
  for (const char* path : {"a[x]", "a[", "a[]", "a[0", "a[0]b", "a[99999999]", "a[-1]"}) {
    HelmValue values;
    values.make_path(path) = set_value("1", {});
    CHECK(values[path].text == "1");
  }
}

TEST_CASE("no parameter makes a list that fills the memory, nor one that never ends") {
  HelmValue values;
  for (int i = 0; i < 30; ++i) values.make_path(fmt::format("a[{}]", i)) = set_value("1", {});
  CHECK(values["a"].items.size() == 30);
  values.make_path("b[65535]") = set_value("1", {});
  CHECK(values["b"].items.empty());
  CHECK(values["b[65535]"].text == "1");
  values.make_path("c[8][8][8]") = set_value("1", {});
  CHECK(values["c[8][8][8]"].text == "1");
  std::string braces;
  for (int i = 0; i < 100'000; ++i) braces += "{ ";
  const HelmValue nested = set_value(braces + std::string(100'000, '}'), {});
  REQUIRE(nested.items.size() == 1);
  CHECK(nested.items[0].kind == NodeKind::scalar);
}

TEST_CASE("a path goes no deeper than Helm does") {
  std::string path = "a";
  for (int i = 0; i < 300'000; ++i) path += ".a";
  HelmValue values;
  values.make_path(path) = set_value("1", {});
  std::size_t depth = 0;
  for (const HelmValue* value = &values; value->is_mapping(); ++depth) {
    value = &value->members.front().value;
  }
  CHECK(depth == 30);
  CHECK(values["a"].is_mapping());
}

TEST_CASE("braces are a list") {
  const HelmValue list = set_value(R"({prod, canary,a\,b,7})", {});
  REQUIRE(list.kind == NodeKind::sequence);
  REQUIRE(list.items.size() == 4);
  CHECK(list.items[0].text == "prod");
  CHECK(list.items[1].text == "canary");
  CHECK(list.items[2].text == "a,b");
  CHECK(list.items[3].type == ScalarType::integer);
  CHECK(set_value("{}", {}).items.empty());
  CHECK(set_value("{{tag}}", {}).kind == NodeKind::scalar);
}

TEST_CASE("tags that parameters set exist") {
  CHECK(test::contains(orphans(""), "revision prod, which does not exist"));
  CHECK(orphans("        - {name: \"revisionTags[0]\", value: prod}\n"
                "        - {name: \"revisionTags[1]\", value: canary}\n") == "");
  CHECK(orphans("        - {name: revisionTags, value: \"{prod,canary}\"}\n") == "");
  CHECK(orphans("        - {name: revisionTags, value: \"{prod,canary}\", forceString: true}\n") ==
        "");
  CHECK(test::contains(orphans("        - {name: \"revisionTags[0]\", value: prod}\n"),
                       "revision canary, which does not exist"));
}
