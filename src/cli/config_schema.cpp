#include "cli/config_schema.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/config_keys.h"
#include "meshcheck/rule.h"

namespace meshcheck::cli {
namespace {

using Json = nlohmann::ordered_json;

// (k8s: apimachinery/pkg/api/resource/quantity.go) without a sign, which no key takes.
constexpr const char* kQuantity =
    R"(^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?$)";
constexpr const char* kDay = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";

Json reference(std::string_view definition) {
  return {{"$ref", fmt::format("#/$defs/{}", definition)}};
}

// A key without a value is as good as absent.
Json or_nothing(const char* type) { return Json::array({type, "null"}); }

Json ids_and_names() {
  Json words = Json::array();
  for (const Rule& rule : all_rules()) words.push_back(rule.info.id);
  for (const Rule& rule : all_rules()) words.push_back(rule.info.name);
  return words;
}

// All that a selection takes, so that an editor can offer it. Identifiers are read in either case.
Json rule_words() {
  std::set<std::string_view> prefixes;
  std::set<std::string_view> tags;
  for (const Rule& rule : all_rules()) {
    for (std::size_t size = 2; size < rule.info.id.size(); ++size) {
      prefixes.insert(rule.info.id.substr(0, size));
    }
    tags.insert(rule.info.tags.begin(), rule.info.tags.end());
  }
  Json words = Json::array({"ALL", "istioctl-analyze"});
  for (const std::string_view word : prefixes) words.push_back(word);
  for (const std::string_view word : tags) words.push_back(word);
  for (Json& word : ids_and_names()) words.push_back(std::move(word));
  return {
      {"anyOf",
       Json::array({{{"enum", std::move(words)}},
                    {{"type", "string"},
                     {"pattern", "^([Mm][Cc][0-9]{0,3}|[Ii][Ss][Tt][0-9]{0,4}|[Aa][Ll][Ll])$"}}})}};
}

Json words_of(std::string_view text) {
  Json words = Json::array();
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

Json parameter(const ParameterInfo& parameter) {
  Json schema = {{"description", parameter.description}};
  switch (parameter.type) {
    case ParameterType::integer:
      schema["type"] = Json::array({"integer", "string"});
      schema["pattern"] = "^[0-9]+$";
      break;
    case ParameterType::number:
      schema["type"] = Json::array({"number", "string"});
      schema["pattern"] = "^[0-9]+(\\.[0-9]+)?$";
      break;
    case ParameterType::quantity:
      schema["type"] = Json::array({"string", "number"});
      schema["pattern"] = kQuantity;
      break;
    case ParameterType::list:
      schema["type"] = Json::array({"array", "string"});
      schema["items"] = {{"type", Json::array({"string", "number", "boolean"})},
                         {"pattern", "^[^ \\t\\n]+$"}};
      break;
    case ParameterType::text: schema["type"] = Json::array({"string", "number", "boolean"}); break;
  }
  const bool numeric =
      parameter.type == ParameterType::integer || parameter.type == ParameterType::number;
  if (numeric || parameter.type == ParameterType::quantity) schema["minimum"] = 0;
  if (numeric) {
    schema["maximum"] = kLargestParameter;
    schema["default"] = Json::parse(parameter.default_value);
  } else if (parameter.type == ParameterType::list) {
    schema["default"] = words_of(parameter.default_value);
  } else {
    schema["default"] = parameter.default_value;
  }
  return schema;
}

Json parameters_of(const RuleInfo& rule) {
  Json properties = Json::object();
  for (const ParameterInfo& info : rule.parameters) {
    properties[std::string(info.name)] = parameter(info);
  }
  return {{"description", rule.title},
          {"type", or_nothing("object")},
          {"properties", std::move(properties)},
          {"additionalProperties", false}};
}

Json parameters() {
  Json properties = Json::object();
  for (const Rule& rule : all_rules()) {
    if (rule.info.parameters.empty()) continue;
    for (const std::string_view key : {rule.info.id, rule.info.name}) {
      properties[std::string(key)] = reference(fmt::format("parameters-{}", rule.info.id));
    }
  }
  return {{"type", or_nothing("object")},
          {"properties", std::move(properties)},
          {"propertyNames", reference("rule")},
          {"additionalProperties", {{"type", or_nothing("object")}, {"maxProperties", 0}}}};
}

Json items(const KeyInfo& key);

Json value(const KeyInfo& key) {
  switch (key.type) {
    case KeyType::version: return {{"enum", Json::array({1, "1"})}};
    case KeyType::rule_words:
      return {{"type", or_nothing("array")}, {"items", reference("rule-word")}};
    case KeyType::rule:  // of a suppression: one that does not exist is a finding, no mistake
      return {{"anyOf", Json::array({reference("rule"), {{"type", "string"}, {"minLength", 1}}})}};
    case KeyType::severities: return reference("severities");
    case KeyType::parameters: return parameters();
    case KeyType::text:
    case KeyType::path:
    case KeyType::glob:
      return {{"type", Json::array({"string", "number", "boolean"})}, {"minLength", 1}};
    case KeyType::label:
      return {{"type", or_nothing("string")},
              {"pattern", "^([^/]+/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$"}};
    case KeyType::quantity: return reference("quantity");
    case KeyType::day: return reference("day");
    case KeyType::rates:
      return {{"type", or_nothing("object")},
              {"patternProperties",
               {{"^[^/]+/[^/]+$",
                 {{"type", Json::array({"number", "string"})},
                  {"minimum", 0},
                  {"pattern", "^[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?$"}}}}},
              {"additionalProperties", false}};
    case KeyType::days:
      return {{"type", or_nothing("object")},
              {"patternProperties", {{"^[0-9]+\\.[0-9]+$", reference("day")}}},
              {"additionalProperties", false}};
    case KeyType::items: return items(key);
  }
  return {};
}

Json properties_of(std::span<const KeyInfo> keys) {
  Json properties = Json::object();
  for (const KeyInfo& key : keys) {
    Json schema = {{"description", key.description}};
    schema.update(value(key));
    if (key.name == "select") schema["minItems"] = 1;
    if (key.type == KeyType::label) schema["default"] = key.default_value;
    properties[std::string(key.name)] = std::move(schema);
  }
  return properties;
}

Json required(std::span<const KeyInfo> keys) {
  Json names = Json::array();
  for (const KeyInfo& key : keys) {
    if (key.required) names.push_back(key.name);
  }
  return names;
}

Json items(const KeyInfo& key) {
  Json item = {
      {"type", "object"}, {"properties", properties_of(key.keys)}, {"additionalProperties", false}};
  if (Json names = required(key.keys); !names.empty()) item["required"] = std::move(names);
  Json groups = Json::array();
  for (const KeyGroup& group : key.groups) {
    Json choices = Json::array();
    for (const std::string_view name : group.keys) {
      choices.push_back({{"required", Json::array({name})}});
    }
    groups.push_back({{group.exactly_one ? "oneOf" : "anyOf", std::move(choices)}});
  }
  if (!groups.empty()) item["allOf"] = std::move(groups);
  return {{"type", or_nothing("array")}, {"items", std::move(item)}};
}

Json definitions() {
  Json severities = Json::array();
  for (const std::string_view word : kSeverities) severities.push_back(word);
  Json out = {
      {"rule", {{"enum", ids_and_names()}}},
      {"rule-word", rule_words()},
      {"severities",
       {{"type", or_nothing("object")},
        {"propertyNames",
         {{"anyOf", Json::array({reference("rule"), {{"pattern", "^IST[0-9]{4}$"}}})}}},
        {"additionalProperties", {{"enum", std::move(severities)}}}}},
      {"quantity",
       {{"type", Json::array({"string", "number"})}, {"pattern", kQuantity}, {"minimum", 0}}},
      {"day", {{"type", "string"}, {"pattern", kDay}}}};
  for (const Rule& rule : all_rules()) {
    if (rule.info.parameters.empty()) continue;
    out[fmt::format("parameters-{}", rule.info.id)] = parameters_of(rule.info);
  }
  return out;
}

}  // namespace

std::string config_schema() {
  const Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                       {"title", "meshcheck.yaml"},
                       {"description", "Configuration of meshcheck, a preflight linter for Istio."},
                       {"type", "object"},
                       {"required", required(config_keys())},
                       {"properties", properties_of(config_keys())},
                       {"additionalProperties", false},
                       {"$defs", definitions()}};
  return schema.dump(2) + '\n';
}

}  // namespace meshcheck::cli
