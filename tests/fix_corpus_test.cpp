// What `audit --fix` promises, held over the real manifests and renders: it changes what it may,
// shows it before, makes fewer findings and no other, and leaves nothing to do.
#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "input/split.h"
#include "input/value_json.h"
#include "support/golden.h"
#include "support/parse_text.h"
#include "support/run_in.h"
#include "support/shared_corpus.h"

namespace fs = std::filesystem;
using namespace meshcheck;
using Json = nlohmann::json;
using test::TemporaryFolder;

namespace {

test::Ran audit(const TemporaryFolder& folder, std::vector<std::string> args) {
  args.insert(args.begin(), {"audit", "--isolated", "--now", "2026-11-22"});
  return test::run_in(folder, args);
}

// Every leaf of every document: "2/spec/replicas" and its value.
std::set<std::string> leaves_of(const std::string& text, bool json) {
  std::set<std::string> leaves;
  Source source{.name = json ? "x.json" : "x.yaml", .text = text};
  Arena arena;
  const auto chunks = json ? std::vector{whole(text)} : split(text);
  for (const Chunk& chunk : chunks) {
    const Parsed parsed = parse(source, chunk, arena, json ? Format::json : Format::yaml);
    if (parsed.outcome != Parsed::Outcome::tree) continue;
    std::string value;
    append_json(parsed.document->root(), value);
    const Json flat = Json::parse(value).flatten();
    for (const auto& [path, leaf] : flat.items()) {
      leaves.insert(std::to_string(chunk.number) + path + "=" + leaf.dump());
    }
  }
  return leaves;
}

// What fixes may change or take away; anything else would be a slip.
bool may_change(const std::string& leaf) {
  const std::string path = leaf.substr(0, leaf.find('='));
  for (const char* part : {"/cpu",
                           "/memory",
                           "eplicas",
                           "autoscale",
                           "averageUtilization",
                           "Utilization",
                           "ReplicaCount",
                           "/accessLog",
                           "/data/mesh",
                           "/data/values",
                           "/pdb/",
                           "/minAvailable",
                           "/maxUnavailable",
                           "/istio.io~1rev",
                           "sidecar.istio.io~1proxy",
                           "/matchLabels/",
                           "ogLevel",
                           "/logging/",
                           "/topologySpreadConstraints",
                           "/updateMode",
                           "/controlledResources",
                           "/helm/values",
                           "PodDisruptionBudget",
                           "enableEnvoyAccessLogService",
                           "/annotations",
                           "/labels",
                           "/scaleTargetRef",
                           "/template/metadata",
                           "/spec/values",
                           "/resources"}) {
    if (path.find(part) != std::string::npos) return true;
  }
  return false;
}

std::multiset<std::string> findings_of(const TemporaryFolder& folder, const std::string& input) {
  const test::Ran run = audit(folder, {"-o", "json", "-q", input});
  std::multiset<std::string> keys;
  const Json report = Json::parse(run.out);
  for (const Json& finding : report.at("findings")) {
    const Json& at = finding.at("location");
    const std::string file = at.is_object() ? at.at("file").get<std::string>() : "";
    keys.insert(finding.at("rule").get<std::string>() + " " + file + " " +
                finding.at("fingerprint").get<std::string>());
    for (const Json& folded : finding.at("related")) {
      if (folded.at("rule").is_string())
        keys.insert(folded.at("rule").get<std::string>() + " " + file + " joined");
    }
  }
  return keys;
}

// "rule file" of each.
std::set<std::string> without_fingerprints(const std::multiset<std::string>& keys) {
  std::set<std::string> rules;
  for (const std::string& key : keys) rules.insert(key.substr(0, key.rfind(' ')));
  return rules;
}

void check_properties(const fs::path& source) {
  INFO(source.string());
  const TemporaryFolder folder;
  const std::string name = source.filename().string();
  fs::copy(source, folder.path() / name,
           fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  const auto before = test::read_files(folder.path());
  const auto wrong = findings_of(folder, name);
  const test::Ran shown = audit(folder, {"--diff", "--unsafe-fixes", name});
  const test::Ran run = audit(folder, {"--fix", "--unsafe-fixes", "-q", "-o", "concise", name});
  CHECK(run.status <= 3);
  const auto after = test::read_files(folder.path());
  for (const auto& [file, text] : before) {
    const std::string& now = after.at(file);
    CHECK((shown.out.find("+++ " + file + "\n") != std::string::npos) == (text != now));
    if (now == text) continue;
    INFO(file);
    const auto old_leaves = leaves_of(text, file.ends_with(".json"));
    const auto new_leaves = leaves_of(now, file.ends_with(".json"));
    CHECK(!new_leaves.empty());
    for (const std::string& leaf : old_leaves) {
      if (!new_leaves.contains(leaf)) {
        INFO(leaf);
        CHECK(may_change(leaf));
      }
    }
  }
  CHECK(after.size() == before.size());
  const auto left = findings_of(folder, name);
  CHECK(left.size() <= wrong.size());
  // What was joined to a finding that is mended stands alone, with a fingerprint of its own.
  const auto known = without_fingerprints(wrong);
  for (const std::string& finding : without_fingerprints(left)) {
    INFO(finding);
    CHECK(known.contains(finding));
  }
  if (!shown.out.empty()) CHECK(left != wrong);
  const test::Ran again = audit(folder, {"--diff", "--unsafe-fixes", name});
  CHECK(again.out == "");
}

}  // namespace

TEST_CASE("fixes of real manifests hold what they promise") {
  const auto real = test::shared_corpus("real");
  if (!real) return;
  for (const auto& entry : fs::directory_iterator(*real)) {
    if (entry.is_directory()) check_properties(entry.path());
  }
}

TEST_CASE("fixes of rendered installs hold what they promise") {
  const auto renders = test::shared_corpus("renders");
  if (!renders) return;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(*renders)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".yaml") || name.ends_with(".list.json")) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (std::size_t i = 0; i < files.size(); i += 6) check_properties(files[i]);
}
