#include <algorithm>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "report/formats.h"
#include "support/golden.h"
#include "support/sample_reports.h"

using namespace meshcheck;
using Json = nlohmann::ordered_json;

namespace {

std::string text_of(const Report& report) {
  std::ostringstream out;
  report::write_json(report, {}, out);
  return out.str();
}

Json json_of(const Report& report) { return Json::parse(text_of(report)); }

Json schema() {
  return Json::parse(test::read_file(test::source_folder() / "docs" / "report.schema.json"));
}

bool is_of(const Json& value, const std::string& type) {
  if (type == "null") return value.is_null();
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  return type == "boolean" && value.is_boolean();
}

// As much of JSON Schema as ours uses for shape: $ref, anyOf, type, required, properties, items,
// enum. `.ci/sarif-check` runs a whole validator.
class Shape {
 public:
  explicit Shape(Json schema) : root_(std::move(schema)) {}

  // Where the value breaks the schema; empty where it does not.
  std::string broken(const Json& value) const { return broken(root_, value, ""); }

 private:
  std::string broken(const Json& rule, const Json& value, const std::string& at) const {
    if (rule.contains("$ref")) {
      const std::string target = rule["$ref"].get<std::string>().substr(1);
      return broken(root_.at(Json::json_pointer(target)), value, at);
    }
    if (rule.contains("anyOf")) {
      for (const Json& choice : rule["anyOf"]) {
        if (broken(choice, value, at).empty()) return {};
      }
      return at;
    }
    if (rule.contains("type") && !has_type(rule["type"], value)) return at + " has another type";
    if (rule.contains("enum") && !holds(rule["enum"], value)) return at + " is no word of the enum";
    if (value.is_object()) return broken_member(rule, value, at);
    if (value.is_array() && rule.contains("items")) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        std::string inner = broken(rule["items"], value[i], at + "/" + std::to_string(i));
        if (!inner.empty()) return inner;
      }
    }
    return {};
  }

  std::string broken_member(const Json& rule, const Json& value, const std::string& at) const {
    if (rule.contains("required")) {
      for (const Json& key : rule["required"]) {
        if (!value.contains(key.get<std::string>())) {
          return at + "/" + key.get<std::string>() + " is missing";
        }
      }
    }
    const Json none = Json::object();
    const Json& properties = rule.contains("properties") ? rule["properties"] : none;
    for (const auto& [key, member] : value.items()) {
      if (!properties.contains(key)) return at + "/" + key + " is not in the schema";
      std::string inner = broken(properties[key], member, at + "/" + key);
      if (!inner.empty()) return inner;
    }
    return {};
  }

  static bool has_type(const Json& type, const Json& value) {
    if (type.is_string()) return is_of(value, type);
    for (const Json& choice : type) {
      if (is_of(value, choice)) return true;
    }
    return false;
  }

  static bool holds(const Json& words, const Json& value) {
    return std::find(words.begin(), words.end(), value) != words.end();
  }

  Json root_;
};

}  // namespace

TEST_CASE("every JSON report has the keys and types of the schema, and no others", "[json]") {
  const Shape shape(schema());
  for (const auto& [name, report] : test::sample_reports()) {
    CAPTURE(name);
    CHECK(shape.broken(json_of(report)).empty());
  }
}

TEST_CASE("the schema check sees a missing key, a wrong type and an unknown word", "[json]") {
  const Shape shape(schema());
  const Json good = json_of(test::sample_report("one"));
  Json bad = good;
  bad["findings"][0]["fix"].erase("patch");
  CHECK(shape.broken(bad) == "/findings/0/fix/patch is missing");
  bad = good;
  bad["points"][3]["errors"] = "none";
  CHECK(shape.broken(bad) == "/points/3/errors has another type");
  bad = good;
  bad["findings"][0]["severity"] = "fatal";
  CHECK(shape.broken(bad) == "/findings/0/severity is no word of the enum");
}

TEST_CASE("JSON keys come in the order of the contract", "[json]") {
  const Json json = json_of(test::sample_report("one"));
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  CHECK(keys == std::vector<std::string>{"schemaVersion", "tool", "inputs", "points", "findings",
                                         "notEvaluated", "errors", "incomplete", "suppressed",
                                         "baselined", "summary", "exitCode"});
}

TEST_CASE("what is absent is null in JSON", "[json]") {
  const Json live = json_of(test::sample_report("no_location"))["findings"][0];
  CHECK(live["location"].is_null());
  CHECK(live["logical"] == "HorizontalPodAutoscaler/istio-system/istiod spec.minReplicas");
  CHECK(live["fix"]["patch"].is_null());

  const Json template_finding = json_of(test::sample_report("many"))["findings"][2];
  CHECK(template_finding["fix"].is_null());
  CHECK(template_finding["values"].is_null());
  CHECK(template_finding["location"]["line"].is_null());
}

TEST_CASE("a report with errors is incomplete, whatever its exit status", "[json]") {
  Report report = test::sample_report("errors");
  report.exit_code = Exit::clean;
  const Json json = json_of(report);
  CHECK(json["incomplete"] == true);
  CHECK(json["exitCode"] == 0);
  CHECK(json["errors"][0]["hint"] == "run as a user who may read it");
}

TEST_CASE("the summary counts what stands", "[json]") {
  const Json json = json_of(test::sample_report("several_meshes"));
  CHECK(json["findings"].size() == 2);
  CHECK(json["summary"]["errors"] == 1);
  CHECK(json["findings"][1]["state"] == "suppressed");
  CHECK(json["meshes"].size() == 2);
}

TEST_CASE("bytes that are not UTF-8 do not break the JSON", "[json]") {
  CHECK(json_of(test::sample_report("hostile"))["findings"].size() == 1);
}

namespace {

std::vector<Json> lines_of(const Report& report, const ReportStyle& style = {}) {
  std::ostringstream out;
  report::write_json_lines(report, style, out);
  std::istringstream in(out.str());
  std::vector<Json> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(Json::parse(line));
  return lines;
}

}  // namespace

TEST_CASE("JSON escapes what could steer a terminal, and loses nothing", "[json]") {
  Report report = test::sample_report("one");
  report.findings[0].message = "a\x7f \u009B \u202E 網 \U000E0041";
  CHECK(text_of(report).find(R"("a\u007f \u009b \u202e 網 \udb40\udc41")") != std::string::npos);
  CHECK(json_of(report)["findings"][0]["message"] == report.findings[0].message);
}

TEST_CASE("json-lines tells what JSON does, and ends with the summary", "[json-lines]") {
  for (const auto& [name, report] : test::sample_reports()) {
    CAPTURE(name);
    Json whole = json_of(report);
    std::vector<Json> lines = lines_of(report, {.suppressed = true});
    Json summary = lines.back();
    CHECK(summary["type"] == "summary");
    lines.pop_back();
    for (const auto& [type, list] : {std::pair{"finding", "findings"},
                                     {"notEvaluated", "notEvaluated"},
                                     {"error", "errors"}}) {
      Json told = Json::array();
      for (Json line : lines) {
        if (line["type"] != type) continue;
        line.erase("type");
        told.push_back(std::move(line));
      }
      CHECK(told == whole[list]);
      whole.erase(list);
    }
    summary.erase("type");
    CHECK(summary == whole);
  }
}

TEST_CASE("json-lines leaves out accepted findings unless they are asked for", "[json-lines]") {
  const Report& report = test::sample_report("accepted");
  const auto findings = [](const std::vector<Json>& lines) {
    return std::ranges::count_if(lines, [](const Json& line) { return line["type"] == "finding"; });
  };
  CHECK(findings(lines_of(report)) == 1);
  CHECK(findings(lines_of(report, {.suppressed = true})) == 3);
}
