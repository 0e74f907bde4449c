// The JSON Schema of meshcheck.yaml says what the reader says. JSON is YAML, so each configuration
// here is read by both.
#include "cli/config_schema.h"

#include <algorithm>
#include <regex>
#include <string>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/config.h"
#include "meshcheck/rule.h"
#include "support/temporary_folder.h"

using namespace meshcheck;
using nlohmann::json;

namespace {

// As much of JSON Schema as ours uses.
class Schema {
 public:
  explicit Schema(const std::string& text) : root_(json::parse(text)) {}

  bool accepts(const json& value) const { return accepts(root_, value); }

 private:
  static bool is_of(const json& value, const std::string& type) {
    if (type == "null") return value.is_null();
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    return type == "integer" ? value.is_number_integer() : value.is_number();
  }

  static bool has_type(const json& schema, const json& value) {
    if (!schema.contains("type")) return true;
    const json& types = schema["type"];
    if (types.is_string()) return is_of(value, types);
    return std::ranges::any_of(types, [&](const json& type) { return is_of(value, type); });
  }

  static bool matches(const std::string& text, const std::string& pattern) {
    return std::regex_search(text, std::regex(pattern));
  }

  bool in_groups(const json& schema, const json& value) const {
    const auto count = [&](const char* key) {
      return std::ranges::count_if(schema[key],
                                   [&](const json& other) { return accepts(other, value); });
    };
    if (schema.contains("anyOf") && count("anyOf") == 0) return false;
    if (schema.contains("oneOf") && count("oneOf") != 1) return false;
    return !schema.contains("allOf") ||
           count("allOf") == static_cast<std::ptrdiff_t>(schema["allOf"].size());
  }

  bool in_bounds(const json& schema, const json& value) const {
    if (value.is_number()) {
      if (schema.contains("minimum") && value < schema["minimum"]) return false;
      if (schema.contains("maximum") && value > schema["maximum"]) return false;
    }
    if (value.is_string()) {
      const std::string text = value;
      if (schema.contains("pattern") && !matches(text, schema["pattern"])) return false;
      if (schema.contains("minLength") && text.size() < schema["minLength"]) return false;
    }
    if (value.is_array() && schema.contains("minItems")) {
      return value.size() >= schema["minItems"];
    }
    return true;
  }

  bool member(const json& schema, const std::string& key, const json& value) const {
    if (schema.contains("propertyNames") && !accepts(schema["propertyNames"], key)) return false;
    bool known = false;
    if (schema.contains("properties") && schema["properties"].contains(key)) {
      known = true;
      if (!accepts(schema["properties"][key], value)) return false;
    }
    const json patterns = schema.value("patternProperties", json::object());
    for (const auto& [pattern, other] : patterns.items()) {
      if (!matches(key, pattern)) continue;
      known = true;
      if (!accepts(other, value)) return false;
    }
    return known || !schema.contains("additionalProperties") ||
           accepts(schema["additionalProperties"], value);
  }

  bool accepts(const json& schema, const json& value) const {
    if (schema.is_boolean()) return schema;
    if (schema.contains("$ref")) {
      const std::string reference = schema["$ref"];
      return accepts(root_.at(json::json_pointer(reference.substr(1))), value);
    }
    if (!has_type(schema, value) || !in_groups(schema, value) || !in_bounds(schema, value)) {
      return false;
    }
    if (schema.contains("enum")) {
      const auto& words = schema["enum"];
      if (std::ranges::find(words, value) == words.end()) return false;
    }
    if (value.is_array() && schema.contains("items")) {
      for (const json& item : value) {
        if (!accepts(schema["items"], item)) return false;
      }
    }
    if (!value.is_object()) return true;
    for (const json& name : schema.value("required", json::array())) {
      if (!value.contains(name)) return false;
    }
    if (schema.contains("maxProperties") && value.size() > schema["maxProperties"]) return false;
    for (const auto& [key, other] : value.items()) {
      if (!member(schema, key, other)) return false;
    }
    return true;
  }

  json root_;
};

bool reader_accepts(const std::string& text) {
  const test::TemporaryFolder folder;
  folder.write("meshcheck.yaml", text);
  return cli::read_config(folder / "meshcheck.yaml").errors.empty();
}

void check_both(const std::string& members, bool valid) {
  static const Schema schema(cli::config_schema());
  const std::string text =
      members.empty() ? R"({"version": 1})" : R"({"version": 1, )" + members + "}";
  CAPTURE(text);
  CHECK(schema.accepts(json::parse(text)) == valid);
  CHECK(reader_accepts(text) == valid);
}

}  // namespace

TEST_CASE("the schema accepts what the reader accepts") {
  for (
      const char* members : {
          "",
          R"("select": ["ALL", "MC2", "mc201", "istiod-hpa-range", "availability"])",
          R"("ignore": [], "severities": null, "budgets": null)",
          R"("severities": {"MC204": "info", "istiod-hpa-range": "error"})",
          R"("parameters": {"MC203": {"max-replicas": 7}, "istiod-single-replica": {"min-replicas": "2"}})",
          R"("parameters": {"MC102": {"min-memory": "4Gi"}, "MC104": {"min-cpu": 2}, "MC301": {}})",
          R"("parameters": {"MC303": {"known-revisions": ["a", "b"]}})",
          R"("overrides": [{"path": "dev/**", "ignore": ["MC2"]}])",
          R"("overrides": [{"namespace": "dev-*", "severities": {"MC301": "info"}}])",
          R"("team-label": "example.com/team")",
          R"("budgets": [{"namespace": "a", "cpu": "500m"}, {"team": "b", "cpu": 2, "memory": "4Gi"}])",
          R"("rps": {"shop/web": 500, "shop/api": 0.5, "shop/c": "5"})",
          R"("investigations": [{"namespace": "a", "workload": "b", "until": "2026-12-01", "reason": "c"}])",
          R"("support": {"1.29": "2026-10-15"})",
      }) {
    check_both(members, true);
  }
}

TEST_CASE("the schema refuses what the reader refuses") {
  for (const char* members : {
           R"("selct": ["ALL"])",
           R"("select": [])",
           R"("select": "MC2")",
           R"("ignore": ["no-such-rule"])",
           R"("ignore": [["MC201"]])",
           R"("severities": {"MC999": "info"})",
           R"("severities": {"MC2": "info"})",
           R"("severities": {"MC204": "off"})",
           R"("severities": ["MC204"])",
           R"("parameters": {"MC203": {"max-replica": 4}})",
           R"("parameters": {"MC203": {"max-replicas": "many"}})",
           R"("parameters": {"MC203": {"max-replicas": -1}})",
           R"("parameters": {"MC203": {"max-replicas": 2000000000}})",
           R"("parameters": {"MC203": {"max-replicas": [1]}})",
           R"("parameters": {"MC102": {"min-memory": "4GB"}})",
           R"("parameters": {"MC301": {"strict": true}})",
           R"("parameters": {"max-replicas": 7})",
           R"("overrides": [{"ignore": ["MC201"]}])",
           R"("overrides": [{"path": "dev"}])",
           R"("overrides": [{"path": "dev", "ignore": ["MC201"], "when": "now"}])",
           R"("team-label": "a b")",
           R"("team-label": "/team")",
           R"("budgets": {"namespace": "a", "cpu": 1})",
           R"("budgets": [{"namespace": "a", "team": "b", "cpu": 1}])",
           R"("budgets": [{"team": "b"}])",
           R"("budgets": [{"team": "b", "cpu": "1x"}])",
           R"("budgets": [{"team": "b", "cpu": -1}])",
           R"("rps": {"web": 3})",
           R"("rps": {"a/web": "fast"})",
           R"("rps": {"a/web": -1})",
           R"("investigations": [{"workload": "a"}])",
           R"("investigations": [{"namespace": "a", "until": "soon"}])",
           R"("support": {"1.29.1": "2026-10-15"})",
           R"("support": {"1.29": "soon"})",
       }) {
    check_both(members, false);
  }
}

TEST_CASE("the schema has the default and the description of every parameter") {
  const json definitions = json::parse(cli::config_schema())["$defs"];
  for (const Rule& rule : all_rules()) {
    for (const ParameterInfo& info : rule.info.parameters) {
      CAPTURE(rule.info.id, info.name);
      const json& schema = definitions[fmt::format("parameters-{}", rule.info.id)]["properties"]
                                      [std::string(info.name)];
      CHECK(schema["description"] == info.description);
      CHECK(schema.contains("default"));
      if (info.type == ParameterType::text || info.type == ParameterType::list) continue;
      check_both(fmt::format(R"("parameters": {{"{}": {{"{}": "{}"}}}})", rule.info.id, info.name,
                             info.default_value),
                 true);
    }
  }
}
