#include "input/load.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "support/no_rights.h"
#include "support/temporary_folder.h"

namespace meshcheck {
namespace {

using test::TemporaryFolder;

// Reads as if the process stood in the folder, so that names come out relative.
class Run {
 public:
  explicit Run(const TemporaryFolder& folder) : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(folder.path());
  }
  ~Run() { std::filesystem::current_path(before_); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  Loaded load(const std::vector<std::string>& paths, const LoadOptions& options = {}) const {
    return meshcheck::load(paths, options);
  }

 private:
  std::filesystem::path before_;
};

std::vector<std::string> names(const Loaded& loaded) {
  std::vector<std::string> names;
  for (const Document* document : loaded.documents) {
    names.emplace_back(document->root()["metadata"]["name"].text());
  }
  return names;
}

std::string object(const std::string& kind, const std::string& name,
                   const std::string& api_version = "v1") {
  return fmt::format("apiVersion: {}\nkind: {}\nmetadata:\n  name: {}\n", api_version, kind, name);
}

// What a finding says, on one line: `file:line:column: MC001 message`.
std::string line_of(const Finding& finding) {
  REQUIRE(finding.location);
  return fmt::format("{}:{}:{}: {} {}", finding.location->file, finding.location->line,
                     finding.location->column, finding.rule, finding.message);
}

}  // namespace

TEST_CASE("documents come in the order of files and places, with any number of threads") {
  const TemporaryFolder folder;
  std::vector<std::string> expected;
  for (int file = 0; file < 30; ++file) {
    std::string text;
    for (int i = 0; i < 400; ++i) {
      const std::string name = fmt::format("s-{:02}-{:03}", file, i);
      expected.push_back(name);
      text += object("Service", name) + fmt::format("spec:\n  note: {:x>400}\n---\n", "");
    }
    folder.write(fmt::format("{:02}.yaml", file), text);
  }
  const Run run(folder);
  for (const unsigned threads : {1U, 2U, 5U}) {
    LoadOptions options;
    options.threads = threads;
    const Loaded loaded = run.load({"."}, options);
    CHECK(names(loaded) == expected);
    CHECK(loaded.inputs.files == 30);
    CHECK(loaded.inputs.documents == 30 * 400);
  }
}

TEST_CASE("a broken document is MC001 where it breaks, and its neighbours are read") {
  const TemporaryFolder folder;
  folder.write("a.yaml", object("Service", "before") + "---\n" + object("Service", "broken") +
                             "spec: \"never closed\n---\n" + object("Service", "after"));
  const Loaded loaded = Run(folder).load({"a.yaml"});
  CHECK(names(loaded) == std::vector<std::string>{"before", "after"});
  REQUIRE(loaded.findings.size() == 1);
  const Finding& finding = loaded.findings[0];
  CHECK(finding.rule == "MC001");
  CHECK(finding.name == "unparsable-document");
  CHECK(finding.severity == Severity::error);
  CHECK(finding.object.kind == "Service");
  REQUIRE(finding.location);
  CHECK(finding.location->file == "a.yaml");
  CHECK(finding.location->line == 10);
  CHECK(finding.location->document == 1);
  CHECK(finding.location->excerpt == "spec: \"never closed");
  CHECK(loaded.inputs.documents == 3);
}

TEST_CASE("kinds that no rule reads are skipped and counted, unless all is to be parsed") {
  const TemporaryFolder folder;
  folder.write("a.yaml",
               object("Secret", "s") + "---\n" + object("Service", "web") + "---\n" +
                   object("ConfigMap", "settings") + "---\n" + object("ConfigMap", "istio-1-30") +
                   "---\n" + object("ConfigMap", "values-1-30") + "---\n" +
                   object("ConfigMap", "cilium-config") + "---\n" +
                   object("Role", "r", "rbac.authorization.k8s.io/v1") + "---\n" +
                   object("Role", "mine", "example.com/v1") + "---\n" + object("Secret", "t"));
  const Run run(folder);
  const Loaded loaded = run.load({"a.yaml"});
  CHECK(names(loaded) ==
        std::vector<std::string>{"web", "istio-1-30", "values-1-30", "cilium-config", "mine"});
  CHECK(loaded.inputs.documents == 9);
  CHECK(loaded.skipped_objects == 4);
  REQUIRE(loaded.inputs.skipped.size() == 1);
  CHECK(loaded.inputs.skipped[0].file == "a.yaml");
  CHECK(loaded.inputs.skipped[0].reason == "no rule reads 1 ConfigMap, 1 Role, 2 Secret");

  LoadOptions everything;
  everything.parse_all = true;
  CHECK(run.load({"a.yaml"}, everything).documents.size() == 9);
}

TEST_CASE("a kind is not skipped where it may be another: quoted keys, two kinds, JSON") {
  const TemporaryFolder folder;
  folder.write("quoted.yaml", object("Secret", "quoted") + "\"kind\": Service\n");
  folder.write("twice.yaml", object("Secret", "twice") + "kind: Service\n");
  folder.write("flow.yaml", "{apiVersion: v1, kind: Secret, metadata: {name: flow}}\n");
  folder.write("a.json", R"({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "json"}})");
  CHECK(Run(folder).load({"."}).documents.size() == 4);
}

TEST_CASE("a duplicate key is MC008 on the second, with the object and the way to it") {
  const TemporaryFolder folder;
  folder.write("a.yaml", object("Deployment", "web", "apps/v1") +
                             "spec:\n"
                             "  template:\n"
                             "    spec:\n"
                             "      containers:\n"
                             "      - name: app\n"
                             "        image: one\n"
                             "        image: two\n");
  folder.write("list.yaml",
               "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n"
               "  metadata:\n    name: inner\n  spec: {type: A, type: B}\n");
  folder.write("other-tool.yaml", "steps: 1\nsteps: 2\n");
  const Loaded loaded = Run(folder).load({"."});
  REQUIRE(loaded.findings.size() == 2);
  const Finding& image = loaded.findings[0];
  CHECK(line_of(image) ==
        "a.yaml:11:9: MC008 key `image` stands twice here: the value on line 10 is dropped, this "
        "one holds");
  CHECK(image.object.name == "web");
  CHECK(image.field == "spec.template.spec.containers[app].image");
  REQUIRE(image.related.size() == 1);
  CHECK(image.related[0].location->line == 10);
  const Finding& type = loaded.findings[1];
  CHECK(type.object.kind == "Service");
  CHECK(type.object.name == "inner");
  CHECK(type.field == "spec.type");
  CHECK(type.location->line == 8);
}

TEST_CASE("a template is one MC006 a file, and never broken YAML") {
  const TemporaryFolder folder;
  folder.write("t.yaml", "{{- if .Values.on }}\n" + object("Service", "a") +
                             "{{- end }}\n---\n{{- range .Values.all }}\n" +
                             object("Service", "{{ .name }}") + "{{- end }}\n");
  const Loaded loaded = Run(folder).load({"t.yaml"});
  REQUIRE(loaded.findings.size() == 1);
  CHECK(loaded.findings[0].rule == "MC006");
  CHECK(loaded.findings[0].severity == Severity::info);
  CHECK(loaded.findings[0].location->line == 1);
  CHECK(loaded.findings[0].message.ends_with("(2 documents of the file)"));
  CHECK(loaded.documents.empty());
}

TEST_CASE("files that a kustomization patches with are no objects") {
  const TemporaryFolder folder;
  folder.write("base/kustomization.yaml", "resources:\n- web.yaml\n");
  folder.write("base/web.yaml", object("Deployment", "web", "apps/v1"));
  folder.write("prod/kustomization.yaml",
               "resources: [../base]\n"
               "patches:\n- path: ./replicas.yaml\n- patch: |-\n    kind: Inline\n"
               "patchesStrategicMerge:\n- ../shared/memory.yaml\n- |-\n  kind: Inline\n"
               "patchesJson6902:\n- path: list.json\n");
  folder.write("prod/replicas.yaml", object("Deployment", "web", "apps/v1"));
  folder.write("prod/list.json", R"([{"op": "remove", "path": "/spec"}])");
  folder.write("shared/memory.yaml", object("Deployment", "web", "apps/v1"));
  const Loaded loaded = Run(folder).load({"."});
  std::vector<std::string> patches;
  for (const Document* document : loaded.documents) {
    if (document->patch) patches.push_back(document->source->name);
  }
  CHECK(patches ==
        std::vector<std::string>{"prod/list.json", "prod/replicas.yaml", "shared/memory.yaml"});
  // The base only lists files, so what they say is what is applied.
  REQUIRE(loaded.findings.size() == 1);
  CHECK(line_of(loaded.findings[0]) ==
        "prod/kustomization.yaml:2:1: MC006 kustomization is not rendered: the files here are "
        "judged without its patches, patchesStrategicMerge, patchesJson6902");
}

TEST_CASE("the standard input is named as asked and outlives what held it") {
  LoadOptions options;
  options.stdin_name = "from-helm.yaml";
  Loaded loaded;
  {
    const std::string text = object("Service", "piped");
    options.stdin_text = text;
    loaded = load(std::vector<std::string>{"-"}, options);
  }
  CHECK(names(loaded) == std::vector<std::string>{"piped"});
  CHECK(loaded.documents[0]->root()["kind"].location().file == "from-helm.yaml");
}

TEST_CASE("documents that are no objects are kept or left out as asked") {
  const TemporaryFolder folder;
  folder.write("values.yaml", "pilot: {autoscaleMin: 1}\n");
  folder.write("own.yaml", "global: {}\n");
  const Run run(folder);
  CHECK(run.load({"values.yaml"}).documents.size() == 1);
  LoadOptions options;
  options.keep_values = false;
  options.values_files = {"./own.yaml"};
  const Loaded loaded = run.load({"values.yaml"}, options);
  REQUIRE(loaded.documents.size() == 1);
  CHECK(loaded.documents[0]->source->name == "own.yaml");
}

TEST_CASE("what cannot be read is an error, and the rest is read") {
  const TemporaryFolder folder;
  folder.write("a.yaml", object("Service", "a"));
  folder.write("locked.yaml", object("Service", "b"));
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0777));
  std::filesystem::permissions(folder / "locked.yaml", std::filesystem::perms::none);
  const Run run(folder);
  const test::NoRights permissions_hold;
  REQUIRE(permissions_hold);
  const Loaded loaded = run.load({"b.yaml", "."});
  CHECK(loaded.errors.size() == 2);
  CHECK(loaded.errors[0].source == "b.yaml");
  CHECK(names(loaded).front() == "a");
  CHECK(loaded.inputs.files == 1);
}

TEST_CASE("a thousand duplicate keys are told ten times") {
  std::string text = object("Service", "a") + "spec:\n";
  for (int i = 0; i < 1000; ++i) text += "  a: 1\n";
  LoadOptions options;
  options.stdin_text = text;
  CHECK(load(std::vector<std::string>{"-"}, options).findings.size() == 10);
}

TEST_CASE("a file that breaks a thousand times is told a hundred times") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "a: [\n---\n";
  text += "kind: Service\nkind: Service\n";  // a finding of another sort comes last
  LoadOptions options;
  options.stdin_name = "in.yaml";
  options.stdin_text = text;
  const Loaded loaded = load(std::vector<std::string>{"-"}, options);
  REQUIRE(loaded.findings.size() == 101);
  CHECK(
      loaded.findings[99].message.ends_with("; 900 more documents of this file cannot be parsed"));
  CHECK(loaded.findings.back().rule == "MC008");
  CHECK_FALSE(loaded.findings.back().message.ends_with("cannot be parsed"));
  CHECK(loaded.inputs.documents == 1001);
}

TEST_CASE("broken JSON that is nobody's manifest is passed over in folders, and said where named") {
  const TemporaryFolder folder;
  folder.write("tsconfig.json", "{ // a comment\n \"strict\": true }\n");
  folder.write("mesh.json", "{ // a comment\n \"apiVersion\": \"v1\" }\n");
  const Loaded found = Run(folder).load({"."});
  REQUIRE(found.findings.size() == 1);
  CHECK(found.findings[0].location->file == "mesh.json");
  REQUIRE(found.inputs.skipped.size() == 1);
  CHECK(found.inputs.skipped[0].file == "tsconfig.json");
  CHECK(Run(folder).load({"tsconfig.json"}).findings.size() == 1);
}

TEST_CASE("values that follow each other in a JSON file are documents, as kubectl reads them") {
  const TemporaryFolder folder;
  const auto value = [](const std::string& name) {
    return R"({"apiVersion": "v1", "kind": "Service", "metadata": {"name": ")" + name + R"("}})";
  };
  folder.write("two.json", value("a") + "\n\n" + value("b") + value("c") + "\n");
  folder.write("broken.json", value("a") + value("b") + "{\"kind\": nope}");
  folder.write("litter.json", value("a") + "\nand then\n" + value("b"));
  const Run run(folder);
  const Loaded two = run.load({"two.json"});
  CHECK(names(two) == std::vector<std::string>{"a", "b", "c"});
  CHECK(two.findings.empty());
  REQUIRE(two.documents.size() == 3);
  CHECK(two.documents[1]->root()["kind"].line() == 3);
  const Location third = two.documents[2]->root()["kind"].location();
  CHECK(third.line == 3);
  CHECK(third.column == value("b").size() + 30);
  const Loaded broken = run.load({"broken.json"});
  CHECK(names(broken) == std::vector<std::string>{"a", "b"});
  REQUIRE(broken.findings.size() == 1);
  REQUIRE(broken.findings[0].location);
  CHECK(broken.findings[0].location->column == 2 * value("a").size() + 10);
  const Loaded litter = run.load({"litter.json"});
  CHECK(litter.documents.empty());
  CHECK(litter.findings.size() == 1);
}

}  // namespace meshcheck
