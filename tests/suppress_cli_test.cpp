// What a suppression does to a run, as a user sees it.
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/golden.h"
#include "support/run_in.h"

using namespace meshcheck;
using test::contains;
using test::Ran;

namespace {

// A control plane with MC201 and what folds into it: no HPA target, no PDB, no spread.
std::string istiod(const std::string& comment, const std::string& annotations = {},
                   const std::string& name_space = "istio-system") {
  std::string out =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: istiod\n  namespace: " +
      name_space + "\n  labels: {app: istiod, istio.io/rev: default}\n";
  if (!annotations.empty()) out += "  annotations: {" + annotations + "}\n";
  out += "spec:\n";
  if (!comment.empty()) out += "  # meshcheck: " + comment + "\n";
  out +=
      "  replicas: 1\n  selector:\n    matchLabels: {istio: pilot}\n  template:\n    metadata:\n"
      "      labels: {app: istiod, istio: pilot, istio.io/rev: default}\n    spec:\n      "
      "containers:\n"
      "        - name: discovery\n          image: docker.io/istio/pilot:1.30.3\n";
  return out;
}

const std::vector<std::string> kSelect = {"--select", "MC201,MC207,MC210,MC002,MC003,MC004,MC005"};

Ran audit(const std::string& manifest, std::vector<std::string> flags = {},
          const std::string& config = {}) {
  const test::TemporaryFolder folder;
  folder.write(".git/HEAD", "");
  folder.write("deploy/istiod.yaml", manifest);
  if (!config.empty()) folder.write("meshcheck.yaml", "version: 1\n" + config);
  std::vector<std::string> args = {"audit", "--now", "2026-11-27", "."};
  args.insert(args.end(), kSelect.begin(), kSelect.end());
  args.insert(args.end(), flags.begin(), flags.end());
  return test::run_in(folder, args);
}

nlohmann::json json_of(const std::string& manifest, std::vector<std::string> flags = {},
                       const std::string& config = {}) {
  flags.insert(flags.end(), {"-o", "json"});
  return nlohmann::json::parse(audit(manifest, flags, config).out);
}

// "MC201 suppressed MC207 -", sorted as the report has them.
std::string states(const nlohmann::json& report) {
  std::string out;
  for (const auto& finding : report["findings"]) {
    if (!out.empty()) out += ' ';
    out += finding["rule"].get<std::string>() + ' ' + finding.value("state", "-");
  }
  return out;
}

}  // namespace

TEST_CASE("a suppressed finding is in no other's shadow, and others stand in its place") {
  const auto before = json_of(istiod(""));
  CHECK(states(before) == "MC201 -");
  CHECK(before["findings"][0]["related"].size() == 2);
  // Without MC201 what joined it stands on its own; without MC207 it is no part of MC201.
  CHECK(states(json_of(istiod("ignore[MC201] x"))) == "MC207 - MC210 - MC201 suppressed");
  const auto partly = json_of(istiod("", "meshcheck/ignore: MC207, meshcheck/ignore-reason: x"));
  CHECK(states(partly) == "MC207 suppressed MC201 -");
  REQUIRE(partly["findings"][1]["related"].size() == 1);
  CHECK(partly["findings"][1]["related"][0]["rule"] == "MC210");
  CHECK_FALSE(contains(partly["findings"][1]["fix"].dump(), "PodDisruptionBudget"));
  CHECK(partly["findings"][0]["justification"] == "x");
  CHECK(partly["suppressed"] == 1);
}

TEST_CASE("a point that fails by suppressed findings only passes, and says how many") {
  const std::string all = "meshcheck/ignore: 'MC201,MC207,MC210', meshcheck/ignore-reason: small";
  const Ran ran = audit(istiod("", all));
  CHECK(ran.status == 0);
  CHECK(contains(ran.out, "PASS  (3 suppressed)"));
  CHECK(contains(ran.out, "0 errors, 0 warnings, 0 infos in 1 file (3 suppressed"));
  const auto report = json_of(istiod("", all));
  CHECK(report["points"][1]["status"] == "pass");
  CHECK(report["points"][1]["errors"] == 0);
  CHECK(report["points"][1]["suppressed"] == 3);
  CHECK(audit(istiod("")).status == 1);
  CHECK(contains(audit(istiod("", all), {"-v"}).out, "[MC201] (small)"));
}

TEST_CASE("an annotation holds for its object, its workload's pods, and all of a Namespace") {
  const std::string pods = istiod("") + "";
  std::string annotated = pods;
  const std::string labels = "      labels: {app: istiod, istio: pilot, istio.io/rev: default}\n";
  annotated.insert(annotated.find(labels),
                   "      annotations: {meshcheck/ignore: 'MC201,MC207,MC210', "
                   "meshcheck/ignore-reason: x}\n");
  CHECK(audit(annotated).status == 0);
  const std::string space =
      "---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: istio-system\n  annotations:\n"
      "    meshcheck/ignore: MC201, MC207, MC210\n    meshcheck/ignore-reason: x\n";
  CHECK(audit(istiod("") + space).status == 0);
  const Ran other = audit(istiod("", "", "istio-lab") + space);
  CHECK(other.status == 1);
  CHECK(contains(other.out, "MC003"));
}

TEST_CASE("an entry of the configuration names objects by globs, and is said where it stands") {
  const std::string entry =
      "suppressions:\n  - {rule: MC201, kind: deployment, namespace: istio-*, "
      "name: \"istio?\", reason: r}\n";
  CHECK(states(json_of(istiod(""), {}, entry)) == "MC207 - MC210 - MC201 suppressed");
  const Ran elsewhere = audit(istiod(""), {"-o", "concise"},
                              "suppressions:\n  - {rule: MC201, namespace: shop, reason: r}\n");
  CHECK(contains(elsewhere.out,
                 "meshcheck.yaml:3:5: warning: MC201 finds nothing there, and no "
                 "object is called so"));
  const Ran typo =
      audit(istiod(""), {"-o", "concise"}, "suppressions:\n  - {rule: MC2O1, reason: r}\n");
  CHECK(contains(typo.out, "meshcheck.yaml:3:5: warning: no rule is called `MC2O1`"));
  CHECK(contains(audit(istiod(""), {}, "suppressions:\n  - {rule: MC2O1, reason: r}\n").out,
                 "Did you mean MC201?"));
  const Ran bare = audit(istiod(""), {"-o", "concise"}, "suppressions:\n  - rule: MC201\n");
  CHECK(contains(bare.out, "meshcheck.yaml:3:5: warning: nobody can tell why MC201 is accepted"));
  const Ran over = audit(istiod(""), {"-o", "concise"},
                         "suppressions:\n  - {rule: MC201, reason: r, until: 2026-11-26}\n");
  CHECK(over.status == 1);
  CHECK(contains(over.out, "error: this ended on 2026-11-26: MC201 counts again [MC004]"));
  CHECK(contains(over.out, "istiod keeps only 1 replica"));
  CHECK(audit(istiod(""), {}, "suppressions:\n  - {rule: MC201, reson: r}\n").status == 2);
  CHECK(audit(istiod(""), {}, "suppressions:\n  - {reason: r}\n").status == 2);
  CHECK(audit(istiod(""), {}, "suppressions:\n  - {rule: MC201, until: soon}\n").status == 2);
}

TEST_CASE("an entry whose object was not in the input is not called unused") {
  const test::TemporaryFolder folder;
  folder.write(".git/HEAD", "");
  folder.write("a/istiod.yaml", istiod("", "", "a"));
  folder.write("b/istiod.yaml", istiod("", "", "b"));
  folder.write("meshcheck.yaml",
               "version: 1\nsuppressions:\n  - {rule: MC201, namespace: b, reason: r}\n"
               "  - {rule: MC201, name: gone, reason: r}\n");
  const auto unused = [&](const std::string& path) {
    const Ran ran =
        test::run_in(folder, {"audit", "--select", "MC201,MC003", "-o", "concise", path});
    std::size_t count = 0;
    for (std::size_t at = 0; (at = ran.out.find("[MC003]", at)) != std::string::npos; ++at) ++count;
    return count;
  };
  CHECK(unused("a") == 0);
  CHECK(unused("b") == 0);
  CHECK(unused(".") == 1);
}

TEST_CASE("a rule that was not selected, or could not judge, makes no suppression unused") {
  CHECK_FALSE(contains(audit(istiod("ignore[MC102] x"), {"-o", "concise"}).out, "MC003"));
  CHECK(
      contains(audit(istiod("ignore[MC102] x"), {"-o", "concise", "--extend-select", "MC102"}).out,
               "[MC003]"));
  // An override takes the finding away; it was there to be suppressed.
  const std::string override = "overrides: [{path: 'deploy/**', ignore: [MC201]}]\n";
  CHECK_FALSE(contains(audit(istiod("ignore[MC201] x"), {"-o", "concise"}, override).out, "MC003"));
}

TEST_CASE("what keeps suppressions honest is not suppressed, but it can be turned off") {
  const std::string bare = istiod("ignore[MC201]");
  CHECK(contains(audit(bare, {"-o", "concise"}).out, "[MC005]"));
  const std::string both = "# meshcheck: ignore[MC005] we never give any\n" + bare;
  const Ran ran = audit(both, {"-o", "concise"});
  CHECK(contains(ran.out, "[MC005]"));
  CHECK(contains(ran.out, "MC005 cannot be suppressed"));
  CHECK_FALSE(contains(audit(bare, {"-o", "concise", "--ignore", "MC005"}).out, "MC005"));
  CHECK(audit(bare, {"--ignore", "MC207,MC210"}, "severities: {MC005: error}\n").status == 1);
  CHECK(audit(bare, {"--ignore", "MC207,MC210"}).status == 0);
}

TEST_CASE("an ended suppression is named at the finding that returned") {
  const Ran ran = audit(istiod("ignore[MC201] nodes (until 2026-11-26)"));
  CHECK(ran.status == 1);
  CHECK(contains(ran.out, "suppressed here until 2026-11-26"));
  CHECK(contains(ran.out, "judged on 2026-11-27"));
  CHECK(
      audit(istiod("ignore[MC201] nodes (until 2026-11-27)"), {"--ignore", "MC207,MC210"}).status ==
      0);
}

TEST_CASE("a central gate honours what it says itself, or nothing") {
  const std::string entry = "suppressions:\n  - {rule: MC207, reason: central}\n";
  const std::string said = istiod("ignore[MC201] mine", "meshcheck/ignore: MC210");
  CHECK(states(json_of(said, {}, entry)) ==
        "MC207 suppressed MC210 suppressed MC005 - MC201 suppressed");
  const auto gate = json_of(said, {"--disallow-annotation-suppressions"}, entry);
  CHECK(states(gate) == "MC207 suppressed MC201 -");
  CHECK(contains(gate.dump(), "suppressed here, which this run does not honour"));
  CHECK(states(json_of(said, {"--no-suppressions"}, entry)) == "MC201 -");
}

TEST_CASE("a Dockerfile's pin is accepted by a comment") {
  const test::TemporaryFolder folder;
  folder.write("Dockerfile",
               "FROM debian:12\n# meshcheck: ignore[MC804] the fleet follows\n"
               "RUN curl -L https://istio.io/downloadIstio | sh -\n");
  const Ran ran = test::run_in(folder, {"audit", "--select", "MC804,MC003", "Dockerfile"});
  CHECK(ran.status == 0);
  CHECK(contains(ran.out, "1 suppressed"));
}

TEST_CASE("a reason of blanks is none") {
  const std::string annotated =
      istiod("", "meshcheck/ignore: 'MC201,MC207,MC210', meshcheck/ignore-reason: '  '");
  CHECK(contains(audit(annotated, {"-o", "concise"}).out, "[MC005]"));
  const std::string entry = "suppressions:\n  - {rule: MC201, reason: \" \\t \"}\n";
  CHECK(contains(audit(istiod(""), {"-o", "concise"}, entry).out, "[MC005]"));
  CHECK(contains(audit(istiod("ignore[MC201]   "), {"-o", "concise"}).out, "[MC005]"));
}

TEST_CASE("a comment on the document covers a bracket that is never closed") {
  const std::string broken = "apiVersion: v1\nkind: ConfigMap\ndata: [1,\n";
  const std::vector<std::string> select = {"--extend-select", "MC001", "-o", "concise"};
  CHECK(contains(audit(broken, select).out, "istiod.yaml:3:7: error: "));
  const Ran covered = audit("# meshcheck: ignore[MC001] a draft\n" + broken, select);
  CHECK_FALSE(contains(covered.out, "[MC001]"));
}
