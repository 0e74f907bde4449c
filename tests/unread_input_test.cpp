// What was not read of the input is told, and never taken for absent.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/run_in.h"

using namespace meshcheck;
using test::contains;
using test::Ran;

namespace {

const std::string kHealthy =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: y}\ndata: {}\n";

Ran audit(std::vector<std::string> args, const std::string& standard_input) {
  args.insert(args.begin(), "audit");
  return test::run_in(test::TemporaryFolder(), args, standard_input);
}

}  // namespace

TEST_CASE("a broken document fails a run of rules that do not tell of it, unless it is ignored") {
  const std::string broken = "kind: A\n  x: [\n---\n" + kHealthy;
  const Ran few = audit({"--select", "MC1,MC2", "-"}, broken);
  CHECK(few.status == 3);
  CHECK(contains(few.err, "<stdin>:2:4: cannot be parsed"));
  CHECK(audit({"--select", "MC1,MC2", "--allow-incomplete", "-"}, broken).status == 0);
  const Ran ignored = audit({"--select", "MC1,MC2", "--ignore", "MC001", "-"}, broken);
  CHECK(ignored.status == 0);
  CHECK(ignored.err.empty());
}

TEST_CASE("a broken document that an override ignores fails no run") {
  const test::TemporaryFolder folder;
  folder.write("meshcheck.yaml", "version: 1\noverrides: [{path: 'dev/**', ignore: [MC001]}]\n");
  folder.write("dev/broken.yaml", "kind: A\n  x: [\n");
  folder.write("healthy.yaml", kHealthy);
  CHECK(test::run_in(folder, {"audit", "--select", "MC2", "."}).status == 0);
}

TEST_CASE("what was saved of a cluster one kind at a time tells nothing of the others") {
  const std::string istiod =
      "apiVersion: apps/v1\nkind: Deployment\n"
      "metadata: {name: istiod, namespace: istio-system, uid: u, labels: {app: istiod}}\n"
      "spec: {replicas: 2, selector: {matchLabels: {app: istiod}}, template: {metadata: {labels: "
      "{app: istiod}}, spec: {containers: [{name: discovery, image: \"istio/pilot:1.30.1\"}]}}}\n"
      "status: {replicas: 2}\n";
  const std::vector<std::string> args = {"--select", "MC202,MC207", "-o", "concise", "-"};
  CHECK(audit(args, istiod).out.empty());
  CHECK(
      audit(args, istiod + "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, uid: n}\n")
          .out.empty());
  const Ran whole = audit({"--select", "MC202,MC207", "--complete", "-"}, istiod);
  CHECK(contains(whole.out, "[MC207]"));
  const std::string budget =
      "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\n"
      "metadata: {name: other, namespace: shop, uid: v}\nspec: {minAvailable: 1, selector: "
      "{matchLabels: {app: other}}}\n";
  // Whoever asked for configuration asked for more than workloads.
  CHECK(contains(audit(args, istiod + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, "
                                      "namespace: istio-system, uid: w}\n")
                     .out,
                 "[MC207]"));
  CHECK(contains(audit(args, istiod + budget).out, "[MC207]"));
}
