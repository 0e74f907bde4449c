#include "cli/config_reader.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/select.h"

namespace meshcheck::cli {
namespace {

// "did you mean `x`?", or else "the keys are a, b, c".
std::string suggest(std::string_view word, const std::vector<std::string_view>& known) {
  const std::string near = nearest(word, std::vector<std::string>(known.begin(), known.end()));
  const auto longer = std::ranges::find_if(
      known, [&](std::string_view key) { return word.size() > 2 && key.starts_with(word); });
  if (!near.empty()) return fmt::format("did you mean `{}`?", near);
  if (longer != known.end()) return fmt::format("did you mean `{}`?", *longer);
  return fmt::format("the keys are {}", fmt::join(known, ", "));
}

}  // namespace

std::string_view describe_kind(Node value) {
  switch (value.kind()) {
    case NodeKind::null: return "empty";
    case NodeKind::scalar: return "a single value";
    case NodeKind::mapping: return "a mapping";
    case NodeKind::sequence: return "a list";
  }
  return "";
}

void ConfigReader::refuse(Node where, std::string message, std::string hint) {
  Error error = fail("", std::move(message), std::move(hint));
  error.location = where.location();
  errors_.push_back(std::move(error));
}

void ConfigReader::entries(Node mapping, std::string_view what,
                           const std::function<void(const Entry&)>& read) {
  if (mapping.is_null()) return;
  if (!mapping.is_mapping()) {
    refuse(mapping, fmt::format("{} is {}; it takes a mapping", what, describe_kind(mapping)));
    return;
  }
  for (const Entry entry : mapping.entries()) read(entry);
}

void ConfigReader::items(Node sequence, std::string_view what,
                         const std::function<void(Node)>& read) {
  if (sequence.is_null()) return;
  if (!sequence.is_sequence()) {
    refuse(sequence, fmt::format("{} is {}; it takes a list", what, describe_kind(sequence)),
           sequence.is_scalar() ? "write it in brackets: [a, b]"
                                : "begin each of its items with `- `");
    return;
  }
  for (const Node item : sequence.items()) read(item);
}

std::optional<bool> ConfigReader::keys(Node mapping, std::string_view what,
                                       std::span<const KeyInfo> known) {
  if (!mapping.is_mapping()) {
    refuse(mapping, fmt::format("{} is {}; it takes a mapping", what, describe_kind(mapping)));
    return std::nullopt;
  }
  const std::vector<std::string_view> names = names_of(known);
  bool all_known = true;
  for (const Entry entry : mapping.entries()) {
    const std::string_view key = entry.key.text();
    if (std::ranges::find(names, key) != names.end()) continue;
    refuse(entry.key, fmt::format("{} has no key `{}`", what, key), suggest(key, names));
    all_known = false;
  }
  return all_known;
}

std::optional<std::string> ConfigReader::text(Node value, std::string_view what) {
  if (value.is_scalar() && !value.text().empty()) return std::string(value.text());
  refuse(value, fmt::format("{} is {}; it takes a text", what,
                            value.is_scalar() ? "empty" : describe_kind(value)));
  return std::nullopt;
}

std::vector<std::string> ConfigReader::texts(Node sequence, std::string_view what) {
  std::vector<std::string> out;
  items(sequence, what, [&](Node item) {
    if (auto word = text(item, fmt::format("an item of {}", what))) out.push_back(std::move(*word));
  });
  return out;
}

std::optional<Quantity> ConfigReader::quantity(Node value, std::string_view what) {
  const auto written = text(value, what);
  if (!written) return std::nullopt;
  auto parsed = Quantity::parse(*written);
  if (parsed && *parsed >= Quantity{}) return parsed;
  refuse(value, fmt::format("{} is `{}`, which is no quantity", what, *written),
         "write CPU as 500m or \"2\", memory as 512Mi or 2Gi");
  return std::nullopt;
}

std::optional<Day> ConfigReader::day(Node value, std::string_view what) {
  const auto written = text(value, what);
  if (!written) return std::nullopt;
  auto parsed = parse_day(*written);
  if (!parsed) {
    refuse(value, fmt::format("{} is `{}`, which is no date", what, *written),
           "write it as 2026-11-22");
  }
  return parsed;
}

}  // namespace meshcheck::cli
