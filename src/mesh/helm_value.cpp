#include "mesh/helm_value.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include <fmt/format.h>

#include "meshcheck/variable.h"

namespace meshcheck {
namespace {

const HelmValue kMissing;

std::string_view first_step(std::string_view path) { return path.substr(0, path.find('.')); }

std::string_view rest_of(std::string_view path) {
  const auto dot = path.find('.');
  return dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
}

bool is_integer(std::string_view text) {
  std::int64_t number = 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto result = std::from_chars(begin, end, number);
  return !text.empty() && result.ec == std::errc{} && result.ptr == end;
}

ScalarType type_of(std::string_view text) {
  if (text == "null") return ScalarType::null;
  if (text == "true" || text == "false") return ScalarType::boolean;
  return is_integer(text) ? ScalarType::integer : ScalarType::string;
}

// A step of a path: "a", "a[0]", "a[0][1]".
struct Step {
  std::string_view key;
  std::vector<std::size_t> indexes;
};

// One whose brackets hold no number, or more of them than any setting of Istio's has, is a key as
// it stands.
Step read_step(std::string_view step) {
  constexpr std::size_t kMostIndexes = 2;
  Step read{.key = step.substr(0, step.find('[')), .indexes = {}};
  std::string_view rest = step.substr(read.key.size());
  while (rest.starts_with('[')) {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), index);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    if (error != std::errc{} || !rest.starts_with(']') || read.indexes.size() == kMostIndexes) {
      return {.key = step, .indexes = {}};
    }
    rest.remove_prefix(1);
    read.indexes.push_back(index);
  }
  return rest.empty() ? read : Step{.key = step, .indexes = {}};
}

// "a, b\,c" → "a", "b,c" (helm: pkg/strvals/parser.go, valList).
std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  if (text.empty()) return items;
  items.emplace_back();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '\\' && i + 1 < text.size();
    if (text[i] == ',') {
      items.emplace_back();
    } else if (escaped || text[i] != ' ' || !items.back().empty()) {
      items.back() += text[escaped ? ++i : i];
    }
  }
  return items;
}

// What a rendered chart tells of itself is the chart's word, not the user's.
void attribute(HelmValue& value) {
  value.from.kind = Provenance::Kind::chart_default;
  value.from.text = "merged-values at " + value.from.text;
  for (HelmMember& member : value.members) attribute(member.value);
  for (HelmValue& item : value.items) attribute(item);
}

// A mapping that gets many members: each is found without a look at all.
class Members {
 public:
  explicit Members(HelmValue& mapping) : mapping_(mapping) {
    for (const HelmMember& member : mapping.members) places_.emplace(member.key, places_.size());
  }

  HelmValue& make(std::string_view key) {
    const auto [place, is_new] = places_.try_emplace(std::string(key), mapping_.members.size());
    if (is_new) mapping_.members.push_back({std::string(key), {}});
    return mapping_.members[place->second].value;
  }

 private:
  HelmValue& mapping_;
  std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace

const HelmValue& HelmValue::operator[](std::string_view key) const {
  const auto found =
      std::ranges::find_if(members, [&](const HelmMember& member) { return member.key == key; });
  return found == members.end() ? kMissing : found->value;
}

const HelmValue& HelmValue::find(std::string_view path) const {
  const HelmValue* value = this;
  for (; !path.empty(); path = rest_of(path)) {
    if (value->kind == NodeKind::scalar && value->unknown()) return *value;
    value = &(*value)[first_step(path)];
  }
  return *value;
}

HelmValue& HelmValue::make(std::string_view key) {
  if (kind != NodeKind::mapping) {
    kind = NodeKind::mapping;
    text.clear();
    items.clear();
  }
  present = true;
  for (HelmMember& member : members) {
    if (member.key == key) return member.value;
  }
  members.push_back({std::string(key), {}});
  return members.back().value;
}

HelmValue& HelmValue::make_item(std::size_t index) {
  if (kind != NodeKind::sequence) {
    kind = NodeKind::sequence;
    text.clear();
    members.clear();
  }
  present = true;
  if (index >= items.size()) items.resize(index + 1);
  return items[index];
}

// Below the level that Helm goes to (helm: pkg/strvals/parser.go, MaxNestedNameLevel), what is left
// is a key as it stands: values as deep as a long path would take a stack to walk. Helm makes lists
// of 65536 items of nothing, too (MaxIndex), for which a few lines would fill the memory; people
// set items one after the other.
HelmValue& HelmValue::make_path(std::string_view path) {
  constexpr int kMostSteps = 30;
  constexpr std::size_t kMostSkipped = 8;
  HelmValue* value = this;
  for (int steps = 1; !path.empty(); ++steps, path = rest_of(path)) {
    if (steps == kMostSteps) return value->make(path);
    const std::string_view name = first_step(path);
    const Step step = read_step(name);
    HelmValue& parent = *value;
    value = &parent.make(step.key);
    for (const std::size_t index : step.indexes) {
      if (index > value->items.size() + kMostSkipped) {
        value = &parent.make(name);
        break;
      }
      value = &value->make_item(index);
    }
  }
  return *value;
}

bool HelmValue::truth() const {
  switch (kind) {
    case NodeKind::null: return false;
    case NodeKind::mapping: return !members.empty();
    case NodeKind::sequence: return !items.empty();
    case NodeKind::scalar: break;
  }
  switch (type) {
    case ScalarType::null: return false;
    case ScalarType::boolean: return text == "true" || text == "True" || text == "TRUE";
    case ScalarType::integer:
    case ScalarType::real: return text.find_first_of("123456789") != std::string::npos;
    case ScalarType::string: return !text.empty();
  }
  return false;
}

std::string place(Node node) {
  if (!node) return {};
  const Location location = node.location();
  return location.line == 0 ? location.file : fmt::format("{}:{}", location.file, location.line);
}

Provenance written(Node node) {
  if (!node) return {};
  if (node.is_scalar() && holds_variable(node.text())) {
    return {Provenance::Kind::unknown, node, fmt::format("{} at {}", node.text(), place(node))};
  }
  return {Provenance::Kind::input, node, place(node)};
}

HelmValue user_values(Node node) {
  HelmValue value;
  if (!node) return value;
  value.present = true;
  value.kind = node.kind();
  value.from = written(node);
  switch (node.kind()) {
    case NodeKind::null: break;
    case NodeKind::scalar:
      value.type = node.type();
      value.text = node.text();
      if (const auto flag = node.boolean()) value.text = *flag ? "true" : "false";
      break;
    case NodeKind::mapping: {
      Members members(value);
      for (const Entry entry : node.entries()) {
        members.make(entry.key.text()) = user_values(entry.value);
      }
      break;
    }
    case NodeKind::sequence:
      for (const Node item : node.items()) value.items.push_back(user_values(item));
      break;
  }
  return value;
}

namespace {

HelmValue scalar_value(std::string_view text, Node node) {
  HelmValue value;
  value.present = true;
  value.from = written(node);
  value.type = type_of(text);
  value.kind = value.type == ScalarType::null ? NodeKind::null : NodeKind::scalar;
  value.text = text;
  return value;
}

}  // namespace

// No setting of Istio's is a list of lists: what stands in braces within braces is a text.
HelmValue set_value(std::string_view text, Node node) {
  HelmValue value;
  if (text.size() >= 2 && text.starts_with('{') && text.ends_with('}') && !holds_variable(text)) {
    value.present = true;
    value.kind = NodeKind::sequence;
    value.from = written(node);
    for (const std::string& item : split_list(text.substr(1, text.size() - 2))) {
      value.items.push_back(scalar_value(item, node));
    }
    return value;
  }
  return scalar_value(text, node);
}

void merge(HelmValue& under, const HelmValue& over) {
  if (!over.present) return;
  if (!under.is_mapping() || !over.is_mapping()) {
    under = over;
    return;
  }
  Members members(under);
  for (const HelmMember& member : over.members) merge(members.make(member.key), member.value);
  if (over.from.node) under.from = over.from;
}

void add_user_values(HelmValue& values, Node node) {
  if (node.is_mapping()) merge(values, user_values(node));
}

void correct(HelmValue& defaults, const HelmValue& rendered) {
  if (defaults.is_mapping() && rendered.is_mapping()) {
    Members members(defaults);
    for (const HelmMember& member : rendered.members) {
      correct(members.make(member.key), member.value);
    }
    return;
  }
  const bool scalars = defaults.kind == NodeKind::scalar && rendered.kind == NodeKind::scalar;
  if (scalars && defaults.text == rendered.text) return;
  defaults = rendered;
  attribute(defaults);
}

void delete_nulls(HelmValue& value) {
  std::erase_if(value.members, [](const HelmMember& member) {
    return member.value.present && member.value.kind == NodeKind::null;
  });
  for (HelmMember& member : value.members) delete_nulls(member.value);
}

void obscure(HelmValue& value, const std::string& reason) {
  for (HelmMember& member : value.members) obscure(member.value, reason);
  value.from = {Provenance::Kind::unknown, value.from.node, reason};
}

}  // namespace meshcheck
