// What `inspect --documents` prints of files is what Kubernetes' decoder (Go's sigs.k8s.io/yaml)
// makes of them.
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "support/run_in.h"

using meshcheck::test::contains;
using meshcheck::test::run_in;
using meshcheck::test::TemporaryFolder;
using Json = nlohmann::json;

namespace {

const Json kError = Json::array({"error"});

// The values of a file's documents; "error" where one cannot be decoded.
Json values(const std::string& text, const std::string& name = "in.yaml") {
  const TemporaryFolder folder;
  folder.write(name, text);
  const std::string out = run_in(folder, {"inspect", "--documents", name}).out;
  Json all = Json::array();
  for (std::size_t begin = 0; begin < out.size();) {
    const std::size_t end = out.find('\n', begin);
    const Json line = Json::parse(out.substr(begin, end - begin));
    all.push_back(line.contains("error") ? Json("error") : line.at("value"));
    begin = end + 1;
  }
  return all;
}

}  // namespace

TEST_CASE("files of CI and other tools are documents too, in the order of their names") {
  const TemporaryFolder folder;
  folder.write(".github/workflows/ci.yml", "on: push\n");
  folder.write(".gitlab-ci.yml", "image: x\n");
  folder.write("a.yaml", "a: 1\n");
  folder.write("Dockerfile", "FROM x\n");
  folder.write("z.yaml", "z: 1\n");
  const std::string out = run_in(folder, {"inspect", "--documents", "."}).out;
  CHECK(contains(
      out, R"("file":".github/workflows/ci.yml","document":0,"line":1,"value":{"true":"push"})"));
  CHECK(out.find(".gitlab-ci.yml") < out.find("a.yaml"));
  CHECK(out.find("a.yaml") < out.find("z.yaml"));
  CHECK_FALSE(contains(out, "Dockerfile"));
  const std::string named =
      run_in(folder, {"inspect", "--documents", "z.yaml", ".gitlab-ci.yml", "a.yaml"}).out;
  CHECK(named.find("z.yaml") < named.find(".gitlab-ci.yml"));
  CHECK(named.find(".gitlab-ci.yml") < named.find("a.yaml"));
}

TEST_CASE("what is almost JSON is YAML to Kubernetes") {
  CHECK(values(R"({"a":[1,2,],})", "in.json") == Json::parse(R"([{"a":[1,2]}])"));
  CHECK(values("{'a': x}", "in.json") == Json::parse(R"([{"a":"x"}])"));
  CHECK(values("{\"a\"", "in.json") == kError);
  CHECK(values("words", "in.json") == kError);
  CHECK(values("{\"a\":1}\n---\n{\"b\":2}\n", "in.json") == Json::parse(R"([{"a":1},{"b":2}])"));
  CHECK(values(" \n", "in.json") == Json::array());
}

TEST_CASE("between brackets a colon ends a text before a blank only") {
  CHECK(values("v: {a:}\n") == Json::parse(R"([{"v":{"a:":null}}])"));
  CHECK(values("v: {a:, b}\n") == Json::parse(R"([{"v":{"a:":null,"b":null}}])"));
  CHECK(values("v: {a::}\n") == Json::parse(R"([{"v":{"a::":null}}])"));
  CHECK(values("v: {a: , b: 1}\n") == Json::parse(R"([{"v":{"a":null,"b":1}}])"));
}

TEST_CASE("an escaped slash is JSON's, and no YAML to Kubernetes") {
  CHECK(values("v: \"a\\/b\"\n") == kError);
  CHECK(values("v: \"a\\\\/b\"\n") == Json::parse(R"([{"v":"a\\/b"}])"));
  CHECK(values(R"({"v":"a\/b"})") == Json::parse(R"([{"v":"a/b"}])"));
  CHECK(values("v: \"it\\'s\"\n") == Json::parse(R"([{"v":"it's"}])"));
}

TEST_CASE("bytes that are no UTF-8 do not reach the output") {
  CHECK(values("v: !!binary /w==\n") == Json::parse("[{\"v\":\"\\uFFFD\"}]"));
}
