// --render with stand-ins for helm and kustomize, as a user sees it.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/run.h"
#include "cli/tool_run.h"
#include "support/temporary_folder.h"

namespace fs = std::filesystem;
using namespace meshcheck;
using Json = nlohmann::json;

namespace {

struct Ran {
  int status = 0;
  std::string out;
  std::string err;
};

// A repository with the tools that it is to find.
class Repository {
 public:
  void write(const std::string& name, const std::string& text) const { folder_.write(name, text); }
  void tool(const std::string& name, const std::string& body) const {
    tools_.write(name, "#!/bin/sh\n" + body);
    fs::permissions(tools_.path() / name, fs::perms::owner_all);
  }
  // What a tool prints.
  std::string output(const std::string& name, const std::string& text) const {
    tools_.write(name, text);
    return tools_ / name;
  }
  std::string path(const std::string& name) const { return tools_ / name; }

  Ran run(const std::vector<std::string>& args) const {
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    const auto environment = [&](const char* name) -> std::optional<std::string> {
      if (std::string_view(name) == "PATH") return tools_.path().string();
      return std::nullopt;
    };
    const fs::path before = fs::current_path();
    fs::current_path(folder_.path());
    const int status = cli::run(args, {in, out, err, false, 0, environment});
    fs::current_path(before);
    return {status, out.str(), err.str()};
  }
  Ran audit(std::vector<std::string> more = {}) const {
    std::vector<std::string> args = {"audit", "--render", "-o", "concise", "."};
    args.insert(args.end(), more.begin(), more.end());
    return run(args);
  }

 private:
  test::TemporaryFolder folder_, tools_;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

constexpr const char* kTemplate = R"(apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  namespace: shop
spec:
  selector: {matchLabels: {app: cart}}
  template:
    metadata:
      labels: {app: cart}
      annotations:
        sidecar.istio.io/proxyCPU: {{ .Values.cpu | quote }}
        sidecar.istio.io/proxyMemory: 256 Mi
    spec:
      containers:
      - name: cart
        image: cart:1
)";

std::string rendered(const std::string& source) {
  return (source.empty() ? "---\n" : "---\n# Source: " + source + "\n") +
         R"(apiVersion: apps/v1
kind: Deployment
metadata:
  name: cart
  namespace: shop
spec:
  selector: {matchLabels: {app: cart}}
  template:
    metadata:
      labels: {app: cart}
      annotations:
        sidecar.istio.io/proxyCPU: "200mCPU"
        sidecar.istio.io/proxyMemory: 256 Mi
    spec:
      containers:
      - name: cart
        image: cart:1
)";
}

// A chart called app in charts/cart, and a helm that renders it.
void add_chart(const Repository& repository, const std::string& before = {}) {
  repository.write("charts/cart/Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\n");
  repository.write("charts/cart/values.yaml", "cpu: 200mCPU\n");
  repository.write("charts/cart/templates/deployment.yaml", kTemplate);
  const std::string out =
      repository.output("rendered.yaml", rendered("app/templates/deployment.yaml"));
  repository.tool("helm", "PATH=/usr/bin:/bin\n" + before + "echo \"$@\" > " +
                              repository.path("said") + "\ncat " + out + "\n");
}

std::string read(const std::string& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

TEST_CASE("a chart is judged as helm renders it, at the rendered line, and its template is named") {
  const Repository repository;
  add_chart(repository);
  const Ran run = repository.audit();
  CHECK(run.status == 1);
  CHECK(run.err.empty());
  CHECK(contains(run.out, "charts/cart/<helm template>:14:36: error: "));
  CHECK(!contains(run.out, "MC006"));
  CHECK(read(repository.path("said")) == "template --include-crds -- app ./charts/cart\n");
  const Json report =
      Json::parse(repository.run({"audit", "--render", "-o", "json", "charts"}).out);
  const Json place = report["findings"][0]["location"];
  CHECK(place["source"] == "charts/cart/templates/deployment.yaml");
  CHECK(place["line"] == 14);
}

TEST_CASE("a chart that is called like a flag gives helm none") {
  const Repository repository;
  add_chart(repository);
  repository.write("charts/cart/Chart.yaml",
                   "apiVersion: v2\nname: --post-renderer=sh\nversion: 1.0.0\n");
  const Ran run = repository.audit();
  CHECK(run.status == 1);
  CHECK(read(repository.path("said")).ends_with(" -- post-renderer-sh ./charts/cart\n"));
  CHECK(!contains(read(repository.path("said")), "--post-renderer"));
  // Nor the person who is told how to see for himself.
  repository.tool("helm", "echo no >&2; exit 1\n");
  const Ran failed = repository.audit();
  CHECK(failed.status == 3);
  CHECK(contains(failed.err, " -- post-renderer-sh ./charts/cart\n"));
  CHECK(!contains(failed.err, "--post-renderer"));
}

TEST_CASE("without --render nothing is run and the template is called one") {
  const Repository repository;
  add_chart(repository);
  const Ran run = repository.run({"audit", "-o", "concise", "."});
  CHECK(contains(run.out, "charts/cart/templates/deployment.yaml:4:9: info"));
  CHECK(contains(run.out, "[MC006]"));
  CHECK(!fs::exists(repository.path("said")));
}

TEST_CASE("SARIF marks the template's line that made the rendered one, and tells that") {
  const Repository repository;
  add_chart(repository);
  const Json log = Json::parse(
      repository.run({"audit", "--render", "-o", "sarif", "--select", "MC404", "."}).out);
  const Json results = log["runs"][0]["results"];
  REQUIRE(results.size() == 2);
  for (const Json& result : results) {
    const Json place = result["locations"][0]["physicalLocation"];
    CHECK(place["artifactLocation"]["uri"] == "charts/cart/templates/deployment.yaml");
  }
  // A value that the template fills in, and a line that is there as it is.
  CHECK(results[0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 12);
  CHECK(results[1]["locations"][0]["physicalLocation"]["region"]["startLine"] == 13);
  CHECK(contains(results[0]["message"]["text"].get<std::string>(),
                 "line 14 of what helm makes of charts/cart: sidecar.istio.io/proxyCPU"));
}

TEST_CASE("a file of a packed subchart is the chart's") {
  const Repository repository;
  add_chart(repository);
  repository.output("rendered.yaml", rendered("app/charts/sub/templates/x.yaml"));
  const Json log = Json::parse(
      repository.run({"audit", "--render", "-o", "sarif", "--select", "MC404", "."}).out);
  const Json place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
  CHECK(place["artifactLocation"]["uri"] == "charts/cart/Chart.yaml");
}

TEST_CASE("values, namespace and version of Kubernetes reach helm") {
  const Repository repository;
  add_chart(repository);
  repository.write("prod.yaml", "pilot: {autoscaleMin: 1, resources: {}}\nglobal: {}\n");
  const Ran run =
      repository.audit({"--values", "prod.yaml", "-n", "shop", "--kube-version", "1.30"});
  CHECK(read(repository.path("said")) ==
        "template --include-crds --namespace shop --kube-version 1.30 --values prod.yaml -- app "
        "./charts/cart\n");
  // They were helm's, so they are no values of an istiod beside it.
  CHECK(!contains(run.out, "prod.yaml"));
}

TEST_CASE("where helm fails its words and status are told, and the rest is judged as without") {
  const Repository repository;
  add_chart(repository, "echo 'Error: missing in charts/ directory: istiod' >&2; exit 4\n");
  const Ran run = repository.audit();
  CHECK(run.status == 3);
  CHECK(
      contains(run.err, "`helm template` of charts/cart ended with exit status 4: Error: missing"));
  CHECK(contains(run.err, "hint: fetch what it depends on: helm dependency build ./charts/cart"));
  CHECK(contains(run.out, "[MC006]"));
  CHECK(repository.audit({"--allow-incomplete"}).status == 0);
}

TEST_CASE("a tool that hangs or floods is ended, and that is told") {
  const Repository repository;
  add_chart(repository, "sleep 100\n");
  const Ran hangs = repository.audit({"--render-timeout", "1s"});
  CHECK(hangs.status == 3);
  CHECK(contains(hangs.err, "was ended after 1 s"));
  CHECK(contains(hangs.err, "--render-timeout 5m"));
  repository.tool("helm", "PATH=/usr/bin:/bin\nyes 'a: b'\n");
  const Ran floods = repository.audit();
  CHECK(floods.status == 3);
  CHECK(contains(floods.err, "it printed more than 64 MiB"));
}

TEST_CASE("what is wrong with the rendered text is found in it, and warnings are passed on") {
  const Repository repository;
  add_chart(repository, "echo 'coalesce.go: warning: a table' >&2\n");
  repository.output("rendered.yaml", rendered("app/templates/deployment.yaml") + "---\na: [\n");
  const Ran run = repository.audit();
  CHECK(run.status == 1);
  CHECK(contains(run.out, "charts/cart/<helm template>:"));
  CHECK(contains(run.out, "[MC001]"));
  CHECK(contains(run.err, "charts/cart: `helm template` says: coalesce.go: warning: a table"));
}

TEST_CASE("a tool that is not there is named with where to get it, once") {
  const Repository repository;
  add_chart(repository);
  repository.write("charts/other/Chart.yaml", "apiVersion: v2\nname: other\nversion: 1.0.0\n");
  repository.write("k/kustomization.yaml", "resources: []\nnamePrefix: x-\n");
  fs::remove(repository.path("helm"));
  const Ran run = repository.audit();
  CHECK(run.status == 3);
  CHECK(contains(run.err,
                 "helm is not installed: charts are not rendered (charts/cart, charts/other)"));
  CHECK(contains(run.err, "https://helm.sh/docs/intro/install/"));
  CHECK(contains(run.err, "kustomize is not installed: a kustomization is not rendered (k)"));
  CHECK(contains(run.out, "[MC006]"));
}

TEST_CASE("a kustomization's root is built, and its base neither built nor judged") {
  const Repository repository;
  repository.write("base/kustomization.yaml", "resources: [cart.yaml]\n");
  repository.write("base/cart.yaml", rendered(""));
  repository.write("prod/kustomization.yaml", "resources: [../base]\nnamespace: shop\n");
  const std::string out = repository.output("built.yaml", rendered(""));
  const std::string body =
      "PATH=/usr/bin:/bin\necho \"$@\" >> " + repository.path("said") + "\ncat " + out + "\n";
  repository.tool("kustomize", body);
  const Ran run = repository.audit();
  CHECK(run.status == 1);
  CHECK(run.err.empty());
  CHECK(contains(run.out, "prod/<kustomize build>:13:36: error: "));
  CHECK(!contains(run.out, "base/"));
  CHECK(!contains(run.out, "MC006"));
  CHECK(read(repository.path("said")) == "build ./prod\n");
  // The object's own file is where a platform shows it.
  const Json log = Json::parse(
      repository.run({"audit", "--render", "-o", "sarif", "--select", "MC404", "."}).out);
  const Json place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
  CHECK(place["artifactLocation"]["uri"] == "base/cart.yaml");
  CHECK(place["region"]["startLine"] == 13);
  // kubectl will do.
  fs::remove(repository.path("kustomize"));
  fs::remove(repository.path("said"));
  repository.tool("kubectl", body);
  CHECK(repository.audit().status == 1);
  CHECK(read(repository.path("said")) == "kustomize ./prod\n");
}

TEST_CASE("two roots are two meshes, as without rendering") {
  const Repository repository;
  for (const char* name : {"dev", "prod"}) {
    repository.write(std::string(name) + "/kustomization.yaml", "resources: []\n");
  }
  const std::string out = repository.output("built.yaml", rendered(""));
  repository.tool("kustomize", "PATH=/usr/bin:/bin\ncat " + out + "\n");
  const Json report = Json::parse(repository.run({"audit", "--render", "-o", "json", "."}).out);
  CHECK(report["meshes"] == Json({"dev", "prod"}));
}

TEST_CASE("a wrong time is a usage error") {
  const Repository repository;
  for (const char* time : {"soon", "0", "5h", "-1", "99999999999999999999"}) {
    INFO(time);
    CHECK(repository.audit({"--render-timeout", time}).status == 2);
  }
}

TEST_CASE("the real helm and kustomize do what the stand-ins do") {
  const char* path = std::getenv("PATH");
  const auto helm = cli::find_tool("helm", path == nullptr ? "" : path);
  const auto kustomize = cli::find_tool("kustomize", path == nullptr ? "" : path);
  if (!helm && !kustomize) {
    WARN("skipped: neither helm nor kustomize is installed");
    return;
  }
  const Repository repository;
  add_chart(repository);
  repository.write("base/kustomization.yaml", "resources: [cart.yaml]\n");
  repository.write("base/cart.yaml", rendered(""));
  repository.write("prod/kustomization.yaml", "resources: [../base]\nnameSuffix: -prod\n");
  fs::remove(repository.path("helm"));
  if (helm) fs::create_symlink(*helm, repository.path("helm"));
  if (kustomize) fs::create_symlink(*kustomize, repository.path("kustomize"));
  const Ran run = repository.audit();
  if (helm) CHECK(contains(run.out, "charts/cart/<helm template>:14:36: error: "));
  if (kustomize) CHECK(contains(run.out, "prod/<kustomize build>:"));
  CHECK(run.status == 1);
}
