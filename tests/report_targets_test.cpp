// Where a report may go: never over what was read, and over its own earlier self always.
#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/golden.h"
#include "support/run_in.h"

namespace fs = std::filesystem;
using namespace meshcheck;
using test::contains;
using test::Ran;
using test::run_in;

namespace {

const std::string kNamespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n";

}  // namespace

TEST_CASE("a report replaces no file that was read") {
  const test::TemporaryFolder folder;
  folder.write(".git/HEAD", "");
  folder.write("x.yaml", kNamespace);
  folder.write("broken.yaml", "apiVersion: v1\nkind: [\n");
  folder.write("values.yaml", "pilot: {autoscaleMin: 2}\n");
  folder.write("mc.yaml", "version: 1\n");
  folder.write("meshcheck-baseline.json", "{\"schemaVersion\": \"1\", \"entries\": []}\n");
  folder.write("Dockerfile", "FROM istio/istioctl:1.30.3\n");
  fs::create_symlink("x.yaml", folder.path() / "link.out");
  const auto refuses = [&](const std::string& file, std::vector<std::string> args) {
    const std::string before = test::read_file(folder / file);
    args.insert(args.begin(), "audit");
    const Ran ran = run_in(folder, args);
    CAPTURE(file, args, ran.err);
    CHECK(ran.status == 2);
    CHECK(contains(ran.err, "the report would replace an input"));
    CHECK(ran.out == "");
    CHECK(test::read_file(folder / file) == before);
  };
  refuses("x.yaml", {"-o", "json=x.yaml", "x.yaml"});
  refuses("x.yaml", {"-o", "sarif=./x.yaml", "."});
  refuses("x.yaml", {"-o", "concise", "-o", "json=link.out", "."});
  refuses("x.yaml", {"--fix", "-o", "json=x.yaml", "x.yaml"});
  refuses("broken.yaml", {"-o", "json=broken.yaml", "."});
  refuses("values.yaml", {"-o", "json=values.yaml", "--values", "values.yaml", "x.yaml"});
  refuses("mc.yaml", {"--config", "mc.yaml", "-o", "json=mc.yaml", "x.yaml"});
  refuses("Dockerfile", {"-o", "markdown=Dockerfile", "."});
  refuses("meshcheck-baseline.json", {"--baseline", "meshcheck-baseline.json", "-o",
                                      "json=meshcheck-baseline.json", "x.yaml"});
}

TEST_CASE("a report among the manifests is written again by every run") {
  const test::TemporaryFolder folder;
  folder.write("x.yaml", test::read_file(test::source_folder() / "testdata/mc201/fail.yaml"));
  for (const char* format : {"json", "json-lines", "sarif", "gitlab", "rdjson", "rdjsonl"}) {
    const std::string output = std::string(format) + "=report.json";
    for (int i = 0; i < 3; ++i) {
      const Ran ran = run_in(folder, {"audit", "-o", output, "."});
      CAPTURE(format, i, ran.err);
      CHECK(ran.status == 1);
      CHECK(ran.err == "");
    }
    fs::remove(folder / "report.json");
  }
}

TEST_CASE("two reports have two files, however those are called") {
  const test::TemporaryFolder folder;
  folder.write("x.yaml", kNamespace);
  fs::create_symlink("a.out", folder.path() / "link.out");
  for (const char* other : {"a.out", "./a.out", "link.out"}) {
    const Ran ran = run_in(
        folder, {"audit", "-o", "json=a.out", "-o", std::string("sarif=") + other, "x.yaml"});
    CAPTURE(other, ran.err);
    CHECK(ran.status == 2);
    CHECK(contains(ran.err, "two reports go to"));
    CHECK_FALSE(fs::exists(folder.path() / "a.out"));
  }
  CHECK(run_in(folder, {"audit", "-o", "json=a.out", "-o", "sarif=b.out", "x.yaml"}).status == 0);
}

TEST_CASE("a report that cannot be written is not forgiven") {
  const test::TemporaryFolder folder;
  folder.write("x.yaml", kNamespace);
  const Ran file =
      run_in(folder, {"audit", "--allow-incomplete", "-o", "json=none/report.json", "x.yaml"});
  CHECK(file.status == 3);
  CHECK(contains(file.err, "cannot write none/report.json"));
  if (!fs::exists("/dev/full")) return;
  const Ran full =
      run_in(folder, {"audit", "--allow-incomplete", "-o", "json=/dev/full", "x.yaml"});
  CHECK(full.status == 3);
  const Ran baseline = run_in(folder, {"baseline", "write", "--baseline", "/dev/full", "x.yaml"});
  CHECK(baseline.status == 3);
  CHECK(contains(baseline.err, "cannot write /dev/full: No space left on device"));
}
