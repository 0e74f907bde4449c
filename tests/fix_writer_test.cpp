#include "engine/fix_writer.h"

#include <string>

#include <catch2/catch.hpp>

using namespace meshcheck;

namespace {

std::string values(InstallMethod method, bool pilot_prefix, std::vector<Setting> settings) {
  Fix fix;
  fix.description = "Do it.";
  fix.patch = "kind: Patch\n";
  fix.settings = std::move(settings);
  fix.method = method;
  fix.pilot_prefix = pilot_prefix;
  write_fix(fix);
  CHECK(fix.patch.empty());
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
