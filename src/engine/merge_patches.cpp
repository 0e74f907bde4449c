#include "engine/merge_patches.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "meshcheck/patch_part.h"

namespace meshcheck {
namespace {

// A field of the spec, with all lines below it.
struct Field {
  std::string_view key;
  std::string text;
};

struct Part {
  ObjectRef object;
  std::string head;  // up to and with the line `spec:`
  std::vector<Field> fields;
};

std::string_view value_of(const Field& field) {
  const std::string_view text = field.text;
  const std::size_t at = text.find(": ");
  const std::size_t end = text.find('\n');
  if (at == std::string_view::npos || at > end || end + 1 != text.size()) return {};
  return text.substr(at + 2, end - at - 2);
}

std::optional<std::int64_t> number_of(const Field& field) {
  const std::string_view text = value_of(field);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// A part that is a head and a spec, as rules write them; nothing for any other.
std::optional<Part> read_part(const PatchPart& written) {
  constexpr std::string_view kSpec = "\nspec:\n";
  const std::size_t spec = written.yaml.find(kSpec);
  if (written.object.kind.empty() || spec == std::string_view::npos) return std::nullopt;
  Part part{written.object, std::string(written.yaml.substr(0, spec + kSpec.size())), {}};
  std::string_view rest = written.yaml.substr(part.head.size());
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n') + 1);
    if (line.size() < 4 || !line.starts_with("  ")) return std::nullopt;
    if (line[2] != ' ' && line[2] != '-') {
      part.fields.push_back({line.substr(2, line.find(':') - 2), {}});
    }
    if (part.fields.empty()) return std::nullopt;
    part.fields.back().text += line;
    rest.remove_prefix(line.size());
  }
  return part;
}

std::string text_of(const Part& part) {
  std::string text = part.head;
  for (const Field& field : part.fields) text += field.text;
  return text;
}

// Takes over what can be; true where that is the whole of `field`.
bool take(Part& part, const Field& field) {
  const auto known = std::ranges::find(part.fields, field.key, &Field::key);
  if (known == part.fields.end()) {
    part.fields.push_back(field);
    return true;
  }
  const auto present = number_of(*known);
  const auto other = number_of(field);
  const bool replicas = field.key.find("eplica") != std::string_view::npos;
  if (replicas && present && other && *other > *present) known->text = field.text;
  return known->text == field.text || !value_of(field).empty();
}

// Merges `more` into the text of a part of the same object; what collides stays in `more`.
bool merge(std::string& text, Part& more) {
  const auto parts = patch_parts(text);
  auto part = parts.size() == 1 ? read_part(parts.front()) : std::nullopt;
  if (!part || part->head != more.head) return false;
  std::erase_if(more.fields, [&](const Field& field) { return take(*part, field); });
  text = text_of(*part);
  return more.fields.empty();
}

// A number beside the autoscaler that comes with it would be another thing that decides (MC206).
void leave_to_autoscaler(std::vector<std::string>& documents) {
  for (std::string& document : documents) {
    const auto parts = patch_parts(document);
    auto part = parts.size() == 1 ? read_part(parts.front()) : std::nullopt;
    if (!part || part->object.kind != "Deployment") continue;
    const std::string target =
        fmt::format("\n    kind: Deployment\n    name: {}\n", part->object.name);
    const bool scaled = std::ranges::any_of(documents, [&](const std::string& other) {
      return other.find("\nkind: HorizontalPodAutoscaler\n") != std::string::npos &&
             other.find(target) != std::string::npos;
    });
    if (!scaled) continue;
    std::erase_if(part->fields, [](const Field& field) { return field.key == "replicas"; });
    document = part->fields.empty() ? std::string() : text_of(*part);
  }
  std::erase(documents, "");
}

}  // namespace

std::string merge_patches(std::string_view patch, std::string_view more) {
  std::vector<std::string> documents;
  for (const PatchPart& part : patch_parts(patch)) documents.emplace_back(part.yaml);
  for (const PatchPart& written : patch_parts(more)) {
    if (std::ranges::count(documents, written.yaml) != 0) continue;
    auto part = read_part(written);
    const bool merged = part && std::ranges::any_of(documents, [&](std::string& document) {
                          return merge(document, *part);
                        });
    if (!merged) documents.push_back(part ? text_of(*part) : std::string(written.yaml));
  }
  leave_to_autoscaler(documents);
  return fmt::format("{}", fmt::join(documents, "---\n"));
}

}  // namespace meshcheck
