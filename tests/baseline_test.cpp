// Adopting meshcheck in a repository that has findings already: only what is new fails.
#include <filesystem>
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

std::string istiod(const std::string& name_space, int replicas, const std::string& memory = "4Gi") {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: istiod\n  namespace: " +
         name_space + "\n  labels: {app: istiod, istio.io/rev: " + name_space +
         "}\nspec:\n  replicas: " + std::to_string(replicas) +
         "\n  selector:\n    matchLabels: {istio: " + name_space +
         "}\n  template:\n    metadata:\n      labels: {app: istiod, istio: " + name_space +
         "}\n    spec:\n      containers:\n        - name: discovery\n"
         "          image: docker.io/istio/pilot:1.30.3\n          resources:\n"
         "            requests: {cpu: 500m, memory: " +
         memory + "}\n";
}

std::string service(const std::string& name) {
  return "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: " + name +
         "\n  labels: {istio-injection: enabled}\n---\napiVersion: apps/v1\nkind: Deployment\n"
         "metadata:\n  name: web\n  namespace: " +
         name +
         "\n  annotations: {}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n"
         "    metadata:\n      labels: {app: web}\n      annotations:\n"
         "        sidecar.istio.io/proxyCPU: 500m\n"
         "    spec: {containers: [{name: web, image: web}]}\n";
}

// A repository as one finds it on a Friday.
class Repository {
 public:
  Repository() {
    folder_.write(".git/HEAD", "");
    folder_.write("mesh/istiod.yaml", istiod("istio-system", 1, "1Gi"));
    folder_.write("apps/shop.yaml", service("shop"));
  }

  void write(const std::string& name, const std::string& text) { folder_.write(name, text); }
  void remove(const std::string& name) { std::filesystem::remove(folder_ / name); }
  std::string read(const std::string& name) const { return test::read_file(folder_ / name); }

  Ran run(std::vector<std::string> args, const std::string& input = {}) const {
    args.insert(args.end(), {"--now", day_});
    return test::run_in(folder_, args, input);
  }
  Ran audit(std::vector<std::string> flags = {"."}) const {
    std::vector<std::string> args = {
        "audit", "-o", "concise", "--baseline", "meshcheck-baseline.json", "--fail-on", "info"};
    args.insert(args.end(), flags.begin(), flags.end());
    return run(args);
  }
  Ran baseline(std::vector<std::string> args) const {
    args.insert(args.begin(), "baseline");
    return run(args);
  }
  nlohmann::json file() const { return nlohmann::json::parse(read("meshcheck-baseline.json")); }
  void on(const std::string& day) { day_ = day; }

 private:
  test::TemporaryFolder folder_;
  std::string day_ = "2026-11-27";
};

}  // namespace

TEST_CASE("from a Friday on only what is new fails, and what is mended is told") {
  Repository repository;
  CHECK(repository.run({"audit", "."}).status == 1);
  const Ran written = repository.baseline({"write", "."});
  CHECK(written.err == "");
  CHECK(written.status == 0);
  const std::string first = repository.read("meshcheck-baseline.json");

  SECTION("nothing changed") {
    const Ran ran = repository.audit();
    CHECK(ran.status == 0);
    CHECK(ran.out == "");
    CHECK(ran.err == "");
    CHECK(repository.baseline({"check", "."}).status == 0);
  }
  SECTION("the same run writes the same bytes, and dates of entries stay") {
    repository.on("2026-12-24");
    CHECK(repository.baseline({"write", "."}).status == 0);
    CHECK(repository.read("meshcheck-baseline.json") == first);
  }
  SECTION("a file is moved") {
    repository.write("platform/control-plane/istiod.yaml", repository.read("mesh/istiod.yaml"));
    repository.remove("mesh/istiod.yaml");
    const Ran ran = repository.audit();
    CHECK(ran.status == 0);
    CHECK(ran.out + ran.err == "");
  }
  SECTION("a file is reformatted") {
    std::string text = "# The control plane.\n\n\n" + repository.read("mesh/istiod.yaml");
    const std::string inline_requests = "requests: {cpu: 500m, memory: 1Gi}";
    text.replace(text.find(inline_requests), inline_requests.size(),
                 "requests:\n              cpu: 500m\n              memory: \"1Gi\"");
    repository.write("mesh/istiod.yaml", text);
    const Ran ran = repository.audit();
    CHECK(ran.status == 0);
    CHECK(ran.out + ran.err == "");
  }
  SECTION("a value changes and is as wrong as before") {
    repository.write("mesh/istiod.yaml", istiod("istio-system", 1, "1500Mi"));
    CHECK(repository.audit().status == 0);
  }
  SECTION("something new is wrong") {
    repository.write("mesh/canary.yaml", istiod("istio-canary", 1, "1Gi"));
    const Ran ran = repository.audit();
    CHECK(ran.status == 1);
    CHECK(contains(ran.out, "mesh/canary.yaml"));
    CHECK_FALSE(contains(ran.out, "mesh/istiod.yaml"));
    CHECK(ran.err == "");
    // Prune never adds.
    CHECK(repository.baseline({"prune", "."}).status == 0);
    CHECK(repository.read("meshcheck-baseline.json") == first);
  }
  SECTION("something is mended") {
    // MC201 stood for others of its cause: they were accepted too, and are not new now.
    repository.write("mesh/istiod.yaml", istiod("istio-system", 2, "1Gi"));
    const Ran ran = repository.audit();
    CHECK(ran.status == 1);
    CHECK(ran.out == "");
    CHECK(contains(ran.err, "meshcheck-baseline.json accepts what is gone: MC201 at line"));
    CHECK(contains(ran.err, "meshcheck baseline prune"));
    CHECK(repository.audit({".", "--allow-stale-baseline"}).status == 0);
    CHECK(repository.audit({".", "--exit-zero"}).status == 0);
    const Ran checked = repository.baseline({"check", "."});
    CHECK(checked.status == 1);
    CHECK(contains(checked.out, "stale: MC201 Deployment istio-system/istiod"));
    const Ran pruned = repository.baseline({"prune", "."});
    CHECK(pruned.status == 0);
    CHECK(contains(pruned.out, "1 stale"));
    CHECK_FALSE(contains(repository.read("meshcheck-baseline.json"), "MC201"));
    CHECK(repository.audit().status == 0);
    CHECK(repository.baseline({"check", "."}).status == 0);
  }
  SECTION("what is wrong goes away with its object") {
    repository.remove("apps/shop.yaml");
    const Ran ran = repository.audit();
    CHECK(ran.status == 1);
    CHECK(contains(ran.err, "accepts what is gone"));
    CHECK(repository.baseline({"prune", "."}).status == 0);
    CHECK_FALSE(contains(repository.read("meshcheck-baseline.json"), "shop"));
    CHECK(repository.audit().status == 0);
  }
}

TEST_CASE("a run that looks at a part calls nothing stale") {
  Repository repository;
  repository.baseline({"write", "."});
  const std::string first = repository.read("meshcheck-baseline.json");
  repository.write("mesh/istiod.yaml", istiod("istio-system", 2, "1Gi"));
  CHECK(repository.audit({"apps"}).err == "");
  CHECK(repository.audit({"mesh"}).err == "");
  CHECK(repository.audit({".", "--select", "MC4"}).err == "");
  CHECK(contains(repository.baseline({"check", "apps"}).out, "not judged"));
  CHECK(repository.baseline({"prune", "apps"}).status == 0);
  CHECK(repository.baseline({"prune", ".", "--select", "MC4"}).status == 0);
  CHECK(repository.read("meshcheck-baseline.json") == first);
  // A folder above holds all of it; a broken document may hide what is missed.
  CHECK(contains(repository.audit({"apps/.."}).err, "gone"));
  repository.write("mesh/broken.yaml", "a: [\n");
  CHECK_FALSE(contains(repository.audit({"."}).err, "gone"));
  // What comes through a pipe may be any part, unless it is said to be all.
  const std::string rest = repository.read("mesh/istiod.yaml");
  CHECK(repository.run({"audit", "-", "--baseline", "meshcheck-baseline.json"}, rest).err == "");
}

TEST_CASE("a part that is written keeps what the rest had accepted") {
  Repository repository;
  repository.baseline({"write", "mesh"});
  const auto mesh = repository.file()["entries"].size();
  CHECK(repository.file()["paths"] == std::vector<std::string>{"mesh"});
  repository.baseline({"write", "apps"});
  CHECK(repository.file()["entries"].size() > mesh);
  CHECK(repository.file()["paths"] == std::vector<std::string>{"apps", "mesh"});
  CHECK(repository.audit({"apps"}).status == 0);
  CHECK(repository.audit({"mesh"}).status == 0);
  for (const auto whole = repository.file(); const auto& entry : whole["entries"]) {
    CHECK(entry["fingerprint"].get<std::string>().size() == 16);
    CHECK(entry["added"] == "2026-11-27");
    CHECK_FALSE(contains(entry.dump(), ".yaml"));
  }
}

TEST_CASE("entries have reasons and may end") {
  Repository repository;
  CHECK(
      repository.baseline({"write", ".", "--ttl", "30d", "--reason", "before the audit"}).status ==
      0);
  const auto entry = repository.file()["entries"][0];
  CHECK(entry["expires"] == "2026-12-27");
  CHECK(entry["reason"] == "before the audit");
  repository.on("2026-12-27");
  CHECK(repository.audit().status == 0);
  repository.on("2026-12-28");
  const Ran ran = repository.run({"audit", "--baseline", "meshcheck-baseline.json", "."});
  CHECK(ran.status == 1);
  CHECK(contains(ran.out, "the baseline accepted this until 2026-12-27"));
  const Ran checked = repository.baseline({"check", "."});
  CHECK(checked.status == 1);
  CHECK(contains(checked.out, "expired: MC"));
  // Accepted anew, by who says so; prune alone does not.
  repository.baseline({"prune", "."});
  CHECK(repository.audit().status == 1);
  repository.baseline({"write", "."});
  CHECK(repository.audit().status == 0);
  CHECK(repository.file()["entries"][0]["added"] == "2026-12-28");
  CHECK_FALSE(repository.file()["entries"][0].contains("expires"));
  for (const char* wrong : {"30", "d", "0d", "30m", "-3d", "9999999d"}) {
    CAPTURE(wrong);
    CHECK(repository.baseline({"write", ".", std::string("--ttl=") + wrong}).status == 2);
  }
}

TEST_CASE("a second finding of an accepted identity is new") {
  Repository repository;
  repository.write("overlays/a/istiod.yaml", istiod("istio-lab", 1));
  repository.baseline({"write", "."});
  repository.write("overlays/b/istiod.yaml", istiod("istio-lab", 1));
  const Ran ran =
      repository.run({"audit", "--baseline", "meshcheck-baseline.json", "--select", "MC201", "."});
  CHECK(ran.status == 1);
  CHECK(contains(ran.out, "the baseline accepts 1 of this, and there are 2"));
  repository.baseline({"write", "."});
  CHECK(contains(repository.read("meshcheck-baseline.json"), "\"count\": 2"));
  CHECK(repository.audit().status == 0);
  repository.remove("overlays/b/istiod.yaml");
  CHECK(repository.audit().status == 1);
  CHECK(contains(repository.baseline({"check", "."}).out, "(accepts 2, 1 left)"));
  repository.baseline({"prune", "."});
  CHECK_FALSE(contains(repository.read("meshcheck-baseline.json"), "\"count\": 2"));
  CHECK(repository.audit().status == 0);
}

TEST_CASE("Helm values, which have no name but their file's, are followed when that moves") {
  Repository repository;
  const std::string values =
      "global:\n  hub: docker.io/istio\n  tag: 1.30.3\nmeshConfig:\n  enableTracing: false\n";
  repository.write("charts/istiod.yaml", values);
  repository.baseline({"write", "."});
  REQUIRE(contains(repository.read("meshcheck-baseline.json"), "charts/istiod.yaml"));
  repository.remove("charts/istiod.yaml");
  repository.write("platform/istiod-values.yaml", values);
  const Ran ran = repository.audit();
  CHECK(ran.status == 0);
  CHECK(ran.out + ran.err == "");
  CHECK(repository.baseline({"check", "."}).status == 0);
  // A copy is no move.
  repository.write("charts/istiod.yaml", values);
  CHECK(repository.audit().status == 1);
  repository.remove("charts/istiod.yaml");
  repository.remove("platform/istiod-values.yaml");
  CHECK(contains(repository.audit().err, "gone"));
}

TEST_CASE("what nobody has looked at is not accepted") {
  Repository repository;
  repository.write("mesh/broken.yaml", "a: [\n");
  repository.write("apps/web.yaml", "# meshcheck: ignore[MC999] typo\n" + service("pay"));
  const Ran ran = repository.baseline({"write", "."});
  CHECK(ran.status == 0);
  CHECK(contains(ran.err, "mesh/broken.yaml:"));
  CHECK(contains(ran.err, "MC001 cannot be accepted"));
  CHECK(contains(ran.err, "MC002 cannot be accepted"));
  CHECK(contains(ran.out, "; 2 findings cannot be accepted (MC001, MC002): "));
  CHECK_FALSE(contains(repository.read("meshcheck-baseline.json"), "MC00"));
  const Ran unread = repository.baseline({"write", ".", "nowhere"});
  CHECK(unread.status == 3);
}

TEST_CASE("suppressed findings need no entry, and those that have one are not stale") {
  Repository repository;
  repository.baseline({"write", "."});
  std::string text = repository.read("mesh/istiod.yaml");
  text.replace(text.find("replicas: 1"), 11,
               "replicas: 1  # meshcheck: ignore[MC201] waits for nodes");
  repository.write("mesh/istiod.yaml", text);
  const Ran ran = repository.audit();
  CHECK(ran.status == 0);
  CHECK(ran.err == "");
  repository.remove("meshcheck-baseline.json");
  repository.baseline({"write", "."});
  CHECK_FALSE(contains(repository.read("meshcheck-baseline.json"), "MC201"));
}

TEST_CASE("every format gives the baseline's exit status, and JSON tells the states") {
  Repository repository;
  repository.baseline({"write", "."});
  repository.write("mesh/istiod.yaml", istiod("istio-system", 2, "1Gi"));
  for (const char* format : {"text", "concise", "json", "sarif"}) {
    CAPTURE(format);
    const Ran ran =
        repository.run({"audit", "-o", format, "--baseline", "meshcheck-baseline.json", "."});
    CHECK(ran.status == 1);
    CHECK(contains(ran.err, "accepts what is gone"));
  }
  const auto report = nlohmann::json::parse(
      repository.run({"audit", "-o", "json", "--baseline", "meshcheck-baseline.json", "."}).out);
  std::size_t fixed = 0;
  for (const auto& finding : report["findings"]) {
    CHECK((finding["state"] == "baselined" || finding["state"] == "fixed"));
    if (finding["state"] != "fixed") continue;
    ++fixed;
    CHECK(finding["rule"] == "MC201");
    CHECK(finding["location"]["file"] == "meshcheck-baseline.json");
  }
  CHECK(fixed == 1);
  CHECK(report["baselined"] == report["findings"].size() - 1);
  CHECK(report["exitCode"] == 1);
  const Ran text = repository.run({"audit", "--baseline", "meshcheck-baseline.json", "."});
  CHECK(contains(text.out, "Of the baseline, and gone"));
  CHECK(contains(text.out, "in the baseline"));
  CHECK(contains(text.out, "PASS"));
}

TEST_CASE("our own file is no input") {
  Repository repository;
  const Ran before = repository.run({"audit", "."});
  repository.baseline({"write", "."});
  CHECK(repository.run({"audit", "."}).out == before.out);
}

TEST_CASE("what istioctl analyze says enters the baseline as our own findings do") {
  const Repository repository;
  test::TemporaryFolder beside;
  const auto message = [](const std::string& code, const std::string& name) {
    return R"({"level": "Error", "message": "x", "code": ")" + code +
           R"(", "origin": "VirtualService shop/)" + name + "\"}";
  };
  const std::string said = beside / "said.json";
  const std::vector<std::string> flags = {"--istioctl-analyze", said, "."};
  const auto with = [&](std::vector<std::string> args) {
    args.insert(args.end(), flags.begin(), flags.end());
    return args;
  };
  beside.write("said.json", '[' + message("IST0101", "cart") + ']');
  CHECK(repository.baseline(with({"write", "--select", "IST"})).status == 0);
  CHECK(repository.file()["entries"].size() == 1);
  CHECK(repository.file()["entries"][0]["rule"] == "IST0101");
  CHECK(repository.audit(with({"--select", "IST"})).status == 0);
  CHECK(repository.baseline(with({"check", "--select", "IST"})).status == 0);
  beside.write("said.json",
               '[' + message("IST0101", "cart") + ',' + message("IST0102", "cart") + ']');
  const Ran more = repository.audit(with({"--select", "IST"}));
  CHECK(more.status == 1);
  CHECK(contains(more.out, "IST0102"));
  CHECK(!contains(more.out, "IST0101"));
  beside.write("said.json", '[' + message("IST0101", "stock") + ']');
  CHECK(repository.audit(with({"--select", "IST"})).status == 1);
}
