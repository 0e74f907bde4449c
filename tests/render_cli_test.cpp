// --render with stand-ins for helm and kustomize, as a user sees it.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/tool_run.h"
#include "support/render_repository.h"
#include "support/shell.h"

namespace fs = std::filesystem;
using namespace meshcheck;
using namespace meshcheck::test;
using Json = nlohmann::json;

TEST_CASE("a chart is judged as helm renders it, at the rendered line, and its template is named") {
  const Repository repository;
  add_chart(repository);
  const Ran run = repository.audit();
  CHECK(run.status == 1);
  CHECK(run.err.empty());
  CHECK(contains(run.out, "charts/cart/<helm template>:14:36: error: "));
  CHECK(!contains(run.out, "MC006"));
  CHECK(read(repository.path("said")) ==
        "template --include-crds --namespace default -- app ./charts/cart\n");
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

TEST_CASE("a chart for another Kubernetes is told how to say which") {
  const Repository repository;
  add_chart(repository,
            "echo 'Error: chart requires kubeVersion: >=1.99 which is incompatible with "
            "Kubernetes v1.34.0' >&2; exit 1\n");
  CHECK(contains(repository.audit().err, "hint: say which Kubernetes it is for: --kube-version"));
}

TEST_CASE("what kubectl says is told without its time and process") {
  const Repository repository;
  repository.write("k/kustomization.yaml", "resources: [x.yaml]\n");
  repository.tool("kubectl",
                  "echo 'E1128 21:06:32.281074    8288 run.go:72] \"command failed\"' "
                  ">&2; exit 1\n");
  CHECK(contains(repository.audit().err, "ended with exit status 1: \"command failed\"\n"));
}

TEST_CASE("an interrupt ends the tool that runs and starts no other") {
  const Repository repository;
  add_chart(repository, "echo x >> " + repository.path("started") + "; exec sleep 100\n");
  repository.write("charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
  std::atomic<bool> stop = false;
  std::jthread signal([&](const std::stop_token& end) {
    while (!fs::exists(repository.path("started")) && !end.stop_requested()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    stop = true;
  });
  const Ran run =
      repository.run({"audit", "--render", "-o", "concise", "."}, [&] { return &stop; });
  CHECK(run.status == 3);
  CHECK(contains(run.err, "`helm template` of charts/cart was interrupted"));
  CHECK(contains(run.err, "interrupted: not rendered: charts/web"));
  CHECK(read(repository.path("started")) == "x\n");
}

// `$MESHCHECK audit --render` as a process, with the repository's helm.
std::string audit_process(const Repository& repository, const std::string& more) {
  return "cd " + shell_word(repository.folder()) + " && PATH=" + shell_word(repository.path("")) +
         ":$PATH && export PATH && exec timeout -s KILL 20 \"$MESHCHECK\" audit --render "
         "--allow-incomplete . " +
         more;
}

TEST_CASE("an interrupt while helm runs ends the run, and nothing is judged") {
  const Repository repository;
  add_chart(repository, "kill -TERM $PPID; exec sleep 100\n");
  const ShellRan ran = shell(audit_process(repository, "2>&1"));
  CHECK(ran.status == 143);
  CHECK(contains(ran.out, "`helm template` of charts/cart was interrupted"));
  CHECK(!contains(ran.out, "MC006"));
}

TEST_CASE("an interrupt once all is rendered ends the run that waits for its input") {
  const Repository repository;
  add_chart(repository);
  const std::string said = shell_word(repository.path("said"));
  const std::string fifo = shell_word(repository.path("in"));
  const ShellRan ran =
      shell("mkfifo " + fifo + "; exec 3<>" + fifo + "; (" + audit_process(repository, "- <&3") +
            ") & while ! [ -s " + said + " ]; do sleep 0.1; done; sleep 1; kill -TERM $!; wait $!");
  CHECK(ran.status == 143);
}

TEST_CASE("values that other values lie over are read for them, as without rendering") {
  const Repository repository;
  add_chart(repository);
  repository.write("charts/cart/values.yaml",
                   "revision: v1\nglobal: {istioNamespace: istio-system}\nmeshConfig: {}\n"
                   "pilot: {autoscaleMin: 3, autoscaleMax: 9, resources: {requests: {cpu: 500m, "
                   "memory: 4Gi}, limits: {memory: 4Gi}}}\n");
  repository.write("charts/cart/values-prod.yaml",
                   "global: {proxy: {resources: {requests: {cpu: 100m, memory: 128Mi}}}}\n"
                   "meshConfig: {enableTracing: true}\npilot: {cpu: {targetAverageUtilization: "
                   "60}}\n");
  repository.write("charts/cart/ci/one-values.yaml", "meshConfig: {}\nglobal: {}\npilot: {}\n");
  const auto judged = [&](std::vector<std::string> args) {
    args.insert(args.begin(), "audit");
    args.insert(args.end(), {"--select", "MC103,MC201,MC210,MC301", "-o", "concise", "."});
    return repository.run(args).out;
  };
  const std::string plain = judged({});
  CHECK(contains(plain, "charts/cart/values-prod.yaml"));
  CHECK(!contains(plain, "MC201"));
  CHECK(!contains(plain, "one-values.yaml"));
  CHECK(judged({"--render"}) == plain);
  // Alone, they are what helm rendered the chart with.
  repository.write("charts/cart/values-prod.yaml", "kiali: 1\n");
  CHECK(!contains(judged({"--render"}), "values"));
}

TEST_CASE("values that a chart is tested with are read where they are given by name") {
  const Repository repository;
  repository.write("plat/Chart.yaml", "apiVersion: v2\nname: plat\nversion: 1.0.0\n");
  repository.write("plat/ci/prod-values.yaml",
                   "pilot: {autoscaleMin: 1}\nglobal: {}\nmeshConfig: {}\n");
  const auto finds = [&](std::vector<std::string> args) {
    args.insert(args.begin(), {"audit", "--select", "MC201", "-o", "concise"});
    return contains(repository.run(args).out, "plat/ci/prod-values.yaml");
  };
  CHECK(!finds({"plat"}));
  CHECK(finds({"plat", "--values", "plat/ci/prod-values.yaml"}));
  CHECK(finds({"plat", "./plat/ci/prod-values.yaml"}));
  repository.output("rendered.yaml", rendered("plat/templates/a.yaml"));
  repository.tool("helm", "cat " + repository.path("rendered.yaml") + "\n");
  CHECK(finds({"--render", "plat", "plat/ci/prod-values.yaml"}));
  CHECK(!finds({"--render", "plat"}));
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

TEST_CASE("no report replaces what was rendered") {
  const Repository repository;
  add_chart(repository);
  repository.write("charts/cart/templates/_names.tpl", "{{ define \"name\" }}x{{ end }}\n");
  repository.write("charts/cart/notes.sarif", "old\n");
  repository.write("base/kustomization.yaml", "resources: [cart.yaml]\n");
  repository.write("base/cart.yaml", rendered(""));
  repository.write("prod/kustomization.yaml",
                   "resources: [../base]\nconfigMapGenerator: [{name: c, files: [nginx.conf]}]\n");
  repository.write("prod/nginx.conf", "server {}\n");
  const std::string out = repository.output("built.yaml", rendered(""));
  repository.tool("kustomize", "PATH=/usr/bin:/bin\ncat " + out + "\n");
  for (const char* file :
       {"charts/cart/Chart.yaml", "charts/cart/values.yaml", "charts/cart/templates/_names.tpl",
        "charts/cart/templates/deployment.yaml", "base/cart.yaml", "prod/kustomization.yaml",
        "prod/nginx.conf"}) {
    INFO(file);
    const Ran run = repository.run({"audit", "--render", "-o", std::string("sarif=") + file, "."});
    CHECK(run.status == 2);
    CHECK(contains(run.err, std::string("the report would replace an input: ") + file));
  }
  // An earlier report beside them is none of theirs.
  CHECK(repository.run({"audit", "--render", "-o", "sarif=charts/cart/notes.sarif", "."}).status ==
        1);
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
