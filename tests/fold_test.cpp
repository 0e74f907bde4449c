#include "engine/fold.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace meshcheck;

namespace {

constexpr std::string_view kIntoA[] = {"MCA"};
constexpr std::string_view kIntoB[] = {"MCB", "MCA"};

Rule rule(std::string_view id, std::span<const std::string_view> folds_into) {
  Rule out{};
  out.info.id = id;
  out.info.folds_into = folds_into;
  return out;
}

Finding finding(std::string rule, std::string subject, std::string message) {
  Finding out;
  out.rule = std::move(rule);
  out.subject = std::move(subject);
  out.message = std::move(message);
  out.fix.emplace();
  out.fix->settings = {{out.rule, "1"}};
  out.fix->patch = out.rule + "\n";
  return out;
}

const Rule kA = rule("MCA", {});
const Rule kB = rule("MCB", kIntoA);
const Rule kC = rule("MCC", kIntoB);
const std::vector<const Rule*> kAll = {&kA, &kB, &kC};

}  // namespace

TEST_CASE("a finding joins the one its rule folds into, with its fix") {
  std::vector<Finding> findings = {finding("MCB", "x", "b"), finding("MCA", "x", "a")};
  fold(findings, kAll);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].rule == "MCA");
  REQUIRE(findings[0].related.size() == 1);
  CHECK(findings[0].related[0].rule == "MCB");
  CHECK(findings[0].related[0].message == "b");
  CHECK(findings[0].fix->settings == std::vector<Setting>{{"MCA", "1"}, {"MCB", "1"}});
  CHECK(findings[0].fix->patch == "MCA\n---\nMCB\n");
}

TEST_CASE("the survivor is as grave as the gravest that joined it") {
  std::vector<Finding> findings = {finding("MCA", "x", "a"), finding("MCB", "x", "b")};
  findings[0].severity = Severity::info;
  findings[1].severity = Severity::warning;
  fold(findings, kAll);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].severity == Severity::warning);
}

TEST_CASE("what joined a finding that joins another ends up in the last") {
  std::vector<Finding> findings = {finding("MCC", "x", "c"), finding("MCB", "x", "b"),
                                   finding("MCA", "x", "a")};
  fold(findings, kAll);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].related.size() == 2);
}

TEST_CASE("findings about different subjects, or in different meshes, stay apart") {
  std::vector<Finding> findings = {finding("MCB", "y", "b"), finding("MCA", "x", "a")};
  fold(findings, kAll);
  CHECK(findings.size() == 2);

  findings = {finding("MCB", "x", "b"), finding("MCA", "x", "a")};
  findings[0].mesh = "prod";
  fold(findings, kAll);
  CHECK(findings.size() == 2);
}

TEST_CASE("a rule selected alone keeps its finding") {
  std::vector<Finding> findings = {finding("MCB", "x", "b")};
  const std::vector<const Rule*> only = {&kB};
  fold(findings, only);
  CHECK(findings.size() == 1);
}

TEST_CASE("a setting that the survivor names already keeps the survivor's value") {
  std::vector<Finding> findings = {finding("MCB", "x", "b"), finding("MCA", "x", "a")};
  findings[0].fix->settings = {{"MCA", "other"}};
  fold(findings, kAll);
  CHECK(findings[0].fix->settings == std::vector<Setting>{{"MCA", "1"}});
}

TEST_CASE("a severity that the user chose is not raised; what is graver stands beside it") {
  std::vector<Finding> findings = {finding("MCC", "x", "c"), finding("MCB", "x", "b"),
                                   finding("MCA", "x", "a")};
  findings[1].severity = Severity::info;
  findings[2].severity = Severity::info;
  fold(findings, kAll, [](const Finding& finding) { return finding.rule == "MCA"; });
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].rule == "MCC");
  CHECK(findings[0].severity == Severity::error);
  CHECK(findings[1].severity == Severity::info);
  REQUIRE(findings[1].related.size() == 1);
  CHECK(findings[1].related[0].rule == "MCB");
}
