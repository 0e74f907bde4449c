#include "engine/select.h"

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace meshcheck;

namespace {

std::vector<std::string> ids(const Selection& selection) {
  std::vector<std::string> out;
  const auto selected = select_rules(selection);
  REQUIRE(selected.has_value());
  for (const Rule* rule : *selected) out.emplace_back(rule->info.id);
  return out;
}

bool has(const std::vector<std::string>& list, const std::string& id) {
  return std::ranges::find(list, id) != list.end();
}

}  // namespace

TEST_CASE("without a word every rule is selected") {
  CHECK(ids({}).size() == all_rules().size());
  CHECK(ids({{"ALL"}, {}, {}}).size() == all_rules().size());
}

TEST_CASE("a rule is selected by ID, prefix, name and tag, in any case of the ID") {
  CHECK(ids({{"MC201"}, {}, {}}) == std::vector<std::string>{"MC201"});
  CHECK(ids({{"mc201"}, {}, {}}) == std::vector<std::string>{"MC201"});
  CHECK(ids({{"istiod-single-replica"}, {}, {}}) == std::vector<std::string>{"MC201"});
  CHECK(has(ids({{"MC2"}, {}, {}}), "MC201"));
  CHECK(has(ids({{"availability"}, {}, {}}), "MC201"));
}

TEST_CASE("the more exact word wins, and ignoring wins between equals") {
  CHECK_FALSE(has(ids({{"MC2"}, {}, {"MC201"}}), "MC201"));
  CHECK(has(ids({{"MC201"}, {}, {"MC2"}}), "MC201"));
  CHECK_FALSE(has(ids({{"MC201"}, {}, {"MC201"}}), "MC201"));
  CHECK(has(ids({{"MC0"}, {"MC201"}, {}}), "MC201"));
}

TEST_CASE("an unknown word is an error that suggests the nearest") {
  const auto selected = select_rules({{"istiod-single-replicas"}, {}, {}});
  REQUIRE_FALSE(selected.has_value());
  CHECK(selected.error().hint.find("istiod-single-replica") != std::string::npos);
  CHECK_FALSE(select_rules({{}, {}, {"MC999"}}).has_value());
}

TEST_CASE("the nearest word is found only when it is near") {
  CHECK(nearest("txt", {"text", "json", "sarif"}) == "text");
  CHECK(nearest("--fail-onn", {"--fail-on", "--ignore"}) == "--fail-on");
  CHECK(nearest("completely-else", {"text", "json"}).empty());
}

TEST_CASE("a flag wins over the configuration where both name a rule equally exactly") {
  Selection selection;
  selection.configured_select = {"MC2"};
  selection.configured_ignore = {"MC204"};
  CHECK(has(ids(selection), "MC201"));
  CHECK_FALSE(has(ids(selection), "MC204"));
  CHECK_FALSE(has(ids(selection), "MC101"));
  selection.select = {"MC204"};
  CHECK(ids(selection) == std::vector<std::string>{"MC204"});
  selection.select = {"MC2"};
  CHECK_FALSE(has(ids(selection), "MC204"));
  selection.ignore = {"MC2"};
  CHECK(ids(selection).empty());
}
