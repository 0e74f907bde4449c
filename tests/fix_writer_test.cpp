#include "engine/fix_writer.h"

#include <string>

#include <catch2/catch.hpp>

#include "report/remedy.h"
#include "support/yaml_mesh.h"

using namespace meshcheck;

namespace {

std::string values(InstallMethod method, bool pilot_prefix, std::vector<Setting> settings) {
  Fix fix;
  fix.description = "Do it.";
  fix.patch = "kind: Patch\n";
  fix.settings = std::move(settings);
  fix.method = method;
  fix.pilot_prefix = pilot_prefix;
  prefer_settings(fix);
  CHECK(fix.patch.empty());
  write_fix(fix);
  return fix.values;
}

const std::vector<Setting> kTwo = {{"autoscaleMin", "2"}, {"resources.requests.memory", "2Gi"}};

}  // namespace

TEST_CASE("settings of charts from 1.24 on stand at the top of Helm values") {
  CHECK(values(InstallMethod::helm, false, kTwo) ==
        "autoscaleMin: 2\nresources:\n  requests:\n    memory: 2Gi\n");
}

TEST_CASE("settings of charts up to 1.23 stand below pilot, global ones never") {
  CHECK(values(InstallMethod::helm, true,
               {{"autoscaleMin", "2"}, {"global.defaultPodDisruptionBudget.enabled", "true"}}) ==
        "pilot:\n  autoscaleMin: 2\n"
        "global:\n  defaultPodDisruptionBudget:\n    enabled: true\n");
}

TEST_CASE("IstioOperator and Sail take settings below spec.values.pilot in every version") {
  const std::string expected = "spec:\n  values:\n    pilot:\n      autoscaleMin: 2\n";
  CHECK(values(InstallMethod::istiooperator, false, {{"autoscaleMin", "2"}}) == expected);
  CHECK(values(InstallMethod::sail, false, {{"autoscaleMin", "2"}}) == expected);
}

TEST_CASE("GitOps objects take the chart's own values") {
  CHECK(values(InstallMethod::flux, false, {{"autoscaleMin", "2"}}) ==
        "spec:\n  values:\n    autoscaleMin: 2\n");
  CHECK(values(InstallMethod::argo, false, {{"autoscaleMin", "2"}}) ==
        "spec:\n  source:\n    helm:\n      valuesObject:\n        autoscaleMin: 2\n");
}

TEST_CASE("lists and maps are indented below their key, and keys with dots stay whole") {
  CHECK(values(InstallMethod::helm, false,
               {{"topologySpreadConstraints", "- maxSkew: 1\n  topologyKey: host"},
                {"podLabels[example.org/a.b]", "x"}}) ==
        "topologySpreadConstraints:\n  - maxSkew: 1\n    topologyKey: host\n"
        "podLabels:\n  example.org/a.b: x\n");
}

TEST_CASE("plain objects keep the patch and lose the settings") {
  Fix fix;
  fix.patch = "kind: Deployment\n";
  fix.settings = kTwo;
  write_fix(fix);
  CHECK(fix.patch == "kind: Deployment\n");
  CHECK(fix.values.empty());
}

TEST_CASE("an object that is there is told from one to make, and says how it is changed") {
  const test::YamlMesh mesh(R"(
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: deny-admin, namespace: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: example.com/web:1}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
)");
  const auto labels = [&](std::string patch) {
    Fix fix;
    fix.patch = std::move(patch);
    note_changes(fix, *mesh);
    std::vector<std::string> all;
    for (const report::Snippet& part : report::snippets(fix)) all.push_back(part.label);
    return all;
  };
  const auto policy = [](std::string name) {
    return "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata:\n  name: " +
           name + "\n  namespace: shop\nspec: {}\n";
  };
  using Labels = std::vector<std::string>;
  CHECK(labels(policy("deny-admin")) ==
        Labels{"lay this over AuthorizationPolicy deny-admin (kubectl -n shop patch "
               "authorizationpolicy deny-admin --type merge --patch-file FILE)"});
  CHECK(labels(policy("new")) == Labels{"apply this object"});
  CHECK(labels(policy("new") + "---\n" + policy("newer")) == Labels{"apply these objects"});
  CHECK(labels(policy("new") + "---\n" + policy("deny-admin")).size() == 2);
  // Containers are merged by name, which only strategic merge does.
  CHECK(labels("apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: "
               "shop\nspec: {}\n") ==
        Labels{"lay this over Deployment web (kubectl -n shop patch deployment web --patch-file "
               "FILE)"});
  CHECK(labels("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n") ==
        Labels{"lay this over Namespace shop (kubectl patch namespace shop --type merge "
               "--patch-file FILE)"});
  // What is no name to Kubernetes is no word for a shell.
  CHECK(labels("apiVersion: v1\nkind: Secret\nmetadata:\n  name: a;b\n") ==
        Labels{"apply this object"});
  CHECK(labels("- alert: Some\n") == Labels{"set this"});
}

TEST_CASE("a patch that settings stand in for leaves nothing to change") {
  Fix fix;
  fix.method = InstallMethod::helm;
  fix.patch = "kind: Patch\n";
  fix.changes = {{"v1", "Namespace", "", "shop", ""}};
  fix.settings = kTwo;
  prefer_settings(fix);
  CHECK(fix.patch.empty());
  write_fix(fix);
  CHECK(fix.changes.empty());
}
