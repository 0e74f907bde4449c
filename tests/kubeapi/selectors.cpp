#include "kubeapi/selectors.h"

#include <algorithm>
#include <stdexcept>

namespace meshcheck::kubeapi {
namespace {

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

// At commas that are not within parentheses.
std::vector<std::string> parts_of(std::string_view text, char separator = ',') {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '(') ++depth;
    if (i < text.size() && text[i] == ')') --depth;
    if (i != text.size() && (text[i] != separator || depth != 0)) continue;
    std::string part = trimmed(text.substr(begin, i - begin));
    if (!part.empty()) parts.push_back(std::move(part));
    begin = i + 1;
  }
  return parts;
}

std::optional<Requirement> comparison(const std::string& part) {
  for (const std::string_view sign : {"!=", "==", "="}) {
    const std::size_t at = part.find(sign);
    if (at == std::string::npos) continue;
    const auto kind = sign == "!=" ? Requirement::Kind::not_in : Requirement::Kind::in;
    return Requirement{trimmed(part.substr(0, at)), kind, {trimmed(part.substr(at + sign.size()))}};
  }
  return std::nullopt;
}

std::optional<Requirement> set_requirement(const std::string& part) {
  const std::size_t open = part.find('(');
  if (open == std::string::npos || part.back() != ')') return std::nullopt;
  const std::vector<std::string> words = parts_of(part.substr(0, open), ' ');
  if (words.size() != 2 || (words[1] != "in" && words[1] != "notin")) return std::nullopt;
  const auto kind = words[1] == "in" ? Requirement::Kind::in : Requirement::Kind::not_in;
  return Requirement{words[0], kind, parts_of(part.substr(open + 1, part.size() - open - 2))};
}

Requirement label_requirement(const std::string& part) {
  if (auto set = set_requirement(part)) return *std::move(set);
  if (auto equal = comparison(part)) return *std::move(equal);
  if (part.find_first_of(" ()") != std::string::npos) {
    throw std::runtime_error("unable to parse requirement: found '" + part + "'");
  }
  if (part.front() == '!') return {part.substr(1), Requirement::Kind::not_exists, {}};
  return {part, Requirement::Kind::exists, {}};
}

std::string field(const Json& object, const std::string& name) {
  if (name == "metadata.name") return text_at(object, "metadata", "name");
  if (name == "metadata.namespace") return text_at(object, "metadata", "namespace");
  if (name == "status.phase") return text_at(object, "status", "phase");
  if (name == "spec.nodeName") return text_at(object, "spec", "nodeName");
  throw std::runtime_error("field label not supported: " + name);
}

}  // namespace

bool Requirement::holds(const std::optional<std::string>& value) const {
  const bool among = value && std::find(values.begin(), values.end(), *value) != values.end();
  switch (kind) {
    case Kind::in: return among;
    case Kind::not_in: return !among;
    case Kind::exists: return value.has_value();
    case Kind::not_exists: return !value.has_value();
  }
  return false;
}

Selectors::Selectors(std::string_view label_selector, std::string_view field_selector) {
  for (const std::string& part : parts_of(label_selector)) {
    labels_.push_back(label_requirement(part));
  }
  for (const std::string& part : parts_of(field_selector)) {
    auto requirement = comparison(part);
    if (!requirement) throw std::runtime_error("invalid selector: '" + part + "'");
    field(Json::object(), requirement->key);
    fields_.push_back(*std::move(requirement));
  }
}

bool Selectors::match(const Json& object) const {
  const Json none = Json::object();
  const auto metadata = object.find("metadata");
  const Json labels = metadata == object.end() ? none : metadata->value("labels", none);
  const bool labelled = std::all_of(labels_.begin(), labels_.end(), [&](const Requirement& each) {
    const auto found = labels.find(each.key);
    return each.holds(found == labels.end() ? std::nullopt
                                            : std::optional(found->get<std::string>()));
  });
  return labelled && std::all_of(fields_.begin(), fields_.end(), [&](const Requirement& each) {
           return each.holds(field(object, each.key));
         });
}

}  // namespace meshcheck::kubeapi
