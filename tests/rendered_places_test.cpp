// Where in a repository a finding in rendered text is marked: at the one line that made it, or at
// no line.
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cli/template_file.h"
#include "cli/template_markup.h"
#include "support/render_repository.h"

using namespace meshcheck;
using namespace meshcheck::test;
using Json = nlohmann::json;

namespace {

// "file:line" of each result; the whole of a file is its first line in SARIF.
std::vector<std::string> marked(const Repository& repository, const std::string& rules,
                                std::vector<std::string> paths = {"."}) {
  std::vector<std::string> args = {"audit", "--render", "-o", "sarif", "--select", rules};
  args.insert(args.end(), paths.begin(), paths.end());
  const Json log = Json::parse(repository.run(args).out);
  std::vector<std::string> out;
  for (const Json& result : log["runs"][0]["results"]) {
    const Json place = result["locations"][0]["physicalLocation"];
    std::string one = place["artifactLocation"]["uri"];
    one += ":" + std::to_string(place["region"]["startLine"].get<int>());
    out.push_back(one);
  }
  return out;
}
using Places = std::vector<std::string>;

std::string deployment(const std::string& name, const std::string& annotation) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: " + name +
         "\n  namespace: shop\nspec:\n  selector: {matchLabels: {app: a}}\n  template:\n"
         "    metadata:\n      labels: {app: a}\n      annotations:\n" +
         annotation + "    spec:\n      containers:\n      - {name: a, image: 'a:1'}\n";
}

constexpr const char* kBad = "        sidecar.istio.io/proxyMemory: 64 Mi\n";

// What helm makes of charts/cart/templates/deployment.yaml.
void make(const Repository& repository, const std::string& from, const std::string& to) {
  add_chart(repository);
  repository.write("charts/cart/templates/deployment.yaml", from);
  repository.output("rendered.yaml", "---\n# Source: app/templates/deployment.yaml\n" + to);
}

}  // namespace

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

TEST_CASE("a line of another object is innocent") {
  const Repository repository;
  const std::string off = "        sidecar.istio.io/inject: 'false'\n";
  const std::string next = "---\n# Source: app/templates/deployment.yaml\n";
  // One object's value is filled in, and the other one holds the same in its own words.
  make(repository,
       deployment("guilty", "        sidecar.istio.io/proxyMemory: {{ .Values.memory }}\n") +
           "---\n" + deployment("innocent", off + kBad),
       deployment("guilty", kBad) + next + deployment("innocent", off + kBad));
  CHECK(marked(repository, "MC404") == Places{"charts/cart/templates/deployment.yaml:12"});
  // What is put in as a whole has no line, whatever a text elsewhere says.
  const std::string text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  x: |\n";
  make(repository,
       deployment("guilty", "        {{- .Values.extra | nindent 8 }}\n") + "---\n" + text + kBad,
       deployment("guilty", kBad) + next + text + kBad);
  CHECK(marked(repository, "MC404") == Places{"charts/cart/templates/deployment.yaml:1"});
}

TEST_CASE("a line in a comment of several lines is innocent") {
  const Repository repository;
  const std::string old = deployment("a", kBad);
  const std::string filled = "{{- include \"lib.deployment\" . }}\n";
  make(repository, "{{- /* once, with {{ .Values.x }}:\n" + old + "*/}}\n" + filled,
       deployment("a", kBad));
  CHECK(marked(repository, "MC404") == Places{"charts/cart/templates/deployment.yaml:1"});
  // What stands there is no second place either, nor does it divide the template.
  const std::string note = "        {{- /*\n" + std::string(kBad) + "---\n{{ if }}\n*/ -}}\n";
  make(repository, deployment("a", note + kBad), deployment("a", kBad));
  CHECK(marked(repository, "MC404") == Places{"charts/cart/templates/deployment.yaml:17"});
}

TEST_CASE("markup goes on to its end, whatever stands in its strings") {
  const std::string text =
      "a: {{ x }}\nb: {{ f \"}}\" (\nc: 1\n) }} d\ne: {{ `\nf: }}\n` }}\n{{/* {{ x }}\n}} "
      "*/}}\ng\n";
  CHECK(cli::markup_from_above(text_lines(text)) ==
        std::vector<std::size_t>{0, 0, 4, 4, 0, 5, 4, 0, 7, 0});
}

TEST_CASE("of two branches that say the same neither is marked") {
  const Repository repository;
  make(
      repository,
      deployment("a", std::string("        {{- if .Values.x }}\n") + kBad +
                          "        {{- else }}\n        sidecar.istio.io/proxyMemory: {{ .Values.m "
                          "}}\n        {{- end }}\n"),
      deployment("a", kBad));
  CHECK(marked(repository, "MC404") == Places{"charts/cart/templates/deployment.yaml:1"});
}

TEST_CASE("a line that is always there is marked though others are put in beside it") {
  const Repository repository;
  const std::string more = "        {{- toYaml .Values.annotations | nindent 8 }}\n";
  make(repository, "{{- if .Values.on }}\n" + deployment("a", kBad + more) + "{{- end }}\n",
       deployment("a", kBad));
  CHECK(marked(repository, "MC404") == Places{"charts/cart/templates/deployment.yaml:13"});
  // Not where a condition may have left it out.
  make(repository,
       deployment("a", "        {{- if .Values.x }}\n" + std::string(kBad) +
                           "        {{- end }}\n" + more),
       deployment("a", kBad));
  CHECK(marked(repository, "MC404") == Places{"charts/cart/templates/deployment.yaml:1"});
  // Labels that are put in elsewhere are no annotations.
  make(repository,
       "{{- if .Values.on }}\n" +
           deployment("a", "        {{- if .Values.x }}\n" + std::string(kBad) +
                               "        {{- end }}\n      labels:\n        {{- include \"x\" . | "
                               "nindent 8 }}\n") +
           "{{- end }}\n",
       deployment("a", kBad));
  CHECK(marked(repository, "MC404") == Places{"charts/cart/templates/deployment.yaml:14"});
}

TEST_CASE("a finding of one chart is not marked in another chart's file") {
  const Repository repository;
  repository.write("one/Chart.yaml", "apiVersion: v2\nname: one\nversion: 1.0.0\n");
  repository.write("one/charts/child/Chart.yaml", "apiVersion: v2\nname: child\nversion: 1.0.0\n");
  repository.write("one/charts/child/templates/d.yaml", deployment("a", kBad));
  repository.write("two/Chart.yaml", "apiVersion: v2\nname: one\nversion: 1.0.0\n");
  const std::string out = repository.output(
      "two.yaml", "---\n# Source: one/charts/child/templates/d.yaml\n" + deployment("a", kBad));
  repository.tool("helm", "PATH=/usr/bin:/bin\ncase \"$*\" in *two) cat " + out + ";; esac\n");
  CHECK(marked(repository, "MC404", {"one", "two"}) == Places{"two/Chart.yaml:1"});
}

TEST_CASE("a dependency is found by its alias") {
  const Repository repository;
  add_chart(repository);
  repository.write("charts/cart/Chart.yaml",
                   "apiVersion: v2\nname: app\nversion: 1.0.0\n"
                   "dependencies: [{name: db, version: 1.0.0, alias: one}]\n");
  repository.write("charts/cart/charts/db/Chart.yaml",
                   "apiVersion: v2\nname: db\nversion: 1.0.0\n");
  repository.write("charts/cart/charts/db/templates/d.yaml", deployment("a", kBad));
  repository.output("rendered.yaml",
                    "---\n# Source: app/charts/one/templates/d.yaml\n" + deployment("a", kBad));
  CHECK(marked(repository, "MC404") == Places{"charts/cart/charts/db/templates/d.yaml:12"});
}

TEST_CASE("what kustomize prints without quotes is found with them, in its own object") {
  const Repository repository;
  repository.write("kustomization.yaml", "resources: [a.yaml, b.yaml]\n");
  const std::string off = "        sidecar.istio.io/inject: 'false'\n";
  const std::string quoted = "        \"sidecar.istio.io/proxyMemory\": \"64 Mi\"\n";
  repository.write("a.yaml", deployment("guilty", quoted));
  repository.write("b.yaml", deployment("innocent", off + kBad));
  const std::string out = repository.output(
      "built.yaml", deployment("guilty", kBad) + "---\n" + deployment("innocent", off + kBad));
  repository.tool("kustomize", "PATH=/usr/bin:/bin\ncat " + out + "\n");
  CHECK(marked(repository, "MC404") == Places{"a.yaml:12"});
  // With a prefix that kustomize put before the names.
  repository.output("built.yaml", deployment("x-guilty", kBad));
  CHECK(marked(repository, "MC404") == Places{"a.yaml:12"});
}

TEST_CASE("the hash of a line that made a rendered one is told, and of what is no manifest") {
  const Repository repository;
  make(repository, deployment("a", kBad), deployment("a", kBad));
  repository.write("broken.yaml", "a: [\n");
  const Json log = Json::parse(
      repository.run({"audit", "--render", "-o", "sarif", "--select", "MC404,MC001", "."}).out);
  const Json results = log["runs"][0]["results"];
  REQUIRE(results.size() == 2);
  for (const Json& result : results) {
    CHECK(result["partialFingerprints"].contains("primaryLocationLineHash"));
  }
}

TEST_CASE("an override holds for the template as for what is rendered of it") {
  const Repository repository;
  make(repository, deployment("a", kBad), deployment("a", kBad));
  for (const char* path : {"charts/cart/templates/deployment.yaml", "charts/**"}) {
    INFO(path);
    repository.write("meshcheck.yaml", std::string("version: 1\noverrides:\n- path: '") + path +
                                           "'\n  ignore: [MC404]\n");
    CHECK(marked(repository, "MC404").empty());
  }
  repository.write("meshcheck.yaml",
                   "version: 1\noverrides:\n- path: 'app/**'\n  ignore: [MC404]\n");
  CHECK(marked(repository, "MC404").size() == 1);
}

TEST_CASE("what markup can become") {
  CHECK(cli::can_become("a: {{ .x }}", "a: 1"));
  CHECK(cli::can_become("a: \"{{ .x }}-b\"", "a: \"1-b\""));
  CHECK(!cli::can_become("a: {{ .x }}-b", "a: 1-c"));
  CHECK(!cli::can_become("a: 1", "a: 2"));
  CHECK(cli::can_become("{{ $k }}: {{ $v }}", "a: 1"));
  CHECK(cli::can_become("a: {{- toYaml .x | nindent 4 }}", "a:"));
  CHECK(cli::holds_no_key("  {{- if .x }}"));
  CHECK(cli::holds_no_key("# a: b"));
  CHECK(!cli::holds_no_key("{{ $k }}: {{ $v }}"));
  CHECK(cli::insertion_depth("  {{- toYaml .x | nindent 8 }}") == 8);
  CHECK(cli::insertion_depth("a: {{- toYaml .x | nindent 4 }}") == 4);
  CHECK(cli::insertion_depth("    {{ .Values.raw }}") == 4);
  CHECK(cli::insertion_depth("    {{ include \"x\" . }}") == 0);
  for (const char* silent :
       {"{{- if .x }}", "{{ $a := toYaml .x }}", "{{/* a */}}", "a: {{ .x }}"}) {
    INFO(silent);
    CHECK(!cli::insertion_depth(silent));
  }
}
