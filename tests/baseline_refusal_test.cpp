// Baselines that are none, and what the command does not take.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/golden.h"
#include "support/run_in.h"

using namespace meshcheck;
using test::contains;
using test::Ran;
using test::TemporaryFolder;

namespace {

Ran baseline(const TemporaryFolder& folder, std::vector<std::string> args) {
  args.insert(args.begin(), "baseline");
  return test::run_in(folder, args);
}

}  // namespace

TEST_CASE("a baseline that is none is refused with its place") {
  const TemporaryFolder folder;
  folder.write("istiod.yaml", test::read_file(test::testdata() / "mc201/fail.yaml"));
  const auto status_of = [&](const std::string& text, const std::string& complaint) {
    folder.write("b.json", text);
    const Ran ran = test::run_in(folder, {"audit", "--baseline", "b.json", "."});
    CAPTURE(text, ran.err);
    CHECK(contains(ran.err, complaint));
    CHECK(ran.out == "");
    return ran.status;
  };
  CHECK(status_of("{", "b.json:1:") == 2);
  CHECK(status_of("", "b.json is empty") == 2);
  CHECK(status_of("[]", "b.json:1:1: this is no baseline") == 2);
  CHECK(status_of("{\"schemaVersion\": \"9\",\n \"entries\": []}", "knows 1") == 2);
  CHECK(status_of("{\"schemaVersion\": \"1\",\n \"entries\": {}}", "b.json:2:13") == 2);
  CHECK(status_of("{\"schemaVersion\": \"1\",\n \"entries\": [7]}", "b.json:2:14: an entry is") ==
        2);
  CHECK(status_of("{\"schemaVersion\": \"1\",\n \"entries\": [{\"fingerprint\": \"x\"}]}",
                  "b.json:2:30: an entry has no fingerprint") == 2);
  CHECK(
      status_of("{\"schemaVersion\": \"1\", \"entries\": [{\"fingerprint\": \"0123456789abcdef\", "
                "\"expires\": \"soon\"}]}",
                "which is no date") == 2);
  CHECK(
      status_of("{\"schemaVersion\": \"1\", \"entries\": [{\"fingerprint\": \"0123456789abcdef\"}, "
                "{\"fingerprint\": \"0123456789abcdef\"}]}",
                "stands in the file twice") == 2);
  const auto entry = [](const std::string& keys) {
    return "{\"schemaVersion\": \"1\", \"entries\": [{\"fingerprint\": \"0123456789abcdef\", " +
           keys + "}]}";
  };
  CHECK(status_of(entry("\"rule\": \"MC2O1\""), "no rule is called `MC2O1`") == 2);
  CHECK(status_of(entry("\"rule\": \"MC2O1\""), "did you mean `MC201`?") == 2);
  CHECK(status_of(entry("\"reason\": \"x\""), "an entry names no `rule`") == 2);
  CHECK(status_of(entry("\"rule\": \"MC201\", \"expire\": \"2027-01-31\""),
                  "an entry has no key `expire`") == 2);
  CHECK(status_of(entry("\"rule\": \"MC201\", \"object\": {\"nmae\": \"x\"}"),
                  "an `object` has no key `nmae`") == 2);
  // What a later version adds is left alone.
  folder.write("b.json", "{\"schemaVersion\": \"1\", \"new\": 1, \"entries\": []}");
  CHECK(test::run_in(folder, {"audit", "--baseline", "b.json", "."}).status == 1);
  const Ran missing = test::run_in(folder, {"audit", "--baseline", "none.json", "."});
  CHECK(missing.status == 2);
  CHECK(contains(missing.err, "there is no baseline none.json"));
  CHECK(contains(missing.err, "meshcheck baseline write"));
  CHECK(test::run_in(folder, {"audit", "--baseline", ".", "."}).status == 2);
}

TEST_CASE("a file of several documents is no baseline, and nobody is told to delete it") {
  const TemporaryFolder folder;
  folder.write("in.yaml", "a: 1\n---\nb: 2\n");
  const Ran ran = test::run_in(folder, {"audit", "--baseline", "in.yaml", "."});
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, "in.yaml holds 2 documents: it is no baseline"));
  CHECK_FALSE(contains(ran.err, "delete"));
}

TEST_CASE("the baseline command refuses what it does not know") {
  const TemporaryFolder folder;
  folder.write("istiod.yaml", test::read_file(test::testdata() / "mc201/fail.yaml"));
  CHECK(baseline(folder, {"wirte", "."}).status == 2);
  CHECK(contains(baseline(folder, {"wirte", "."}).err, "did you mean `write`?"));
  CHECK(contains(baseline(folder, {"deploy"}).err, "meshcheck baseline write deploy"));
  CHECK(baseline(folder, {"check", "--ttl", "3d", "."}).status == 2);
  CHECK(baseline(folder, {"check", "."}).status == 2);  // there is no file
  CHECK(baseline(folder, {"prune", "."}).status == 2);
  CHECK(baseline(folder, {"write", "--baseline", "no/such/folder/b.json", "."}).status == 3);
  CHECK(baseline(folder, {"write", "--select", "MCX", "."}).status == 2);
}
