#include "meshcheck/patch_part.h"

#include <string>

namespace meshcheck {
namespace {

constexpr std::string_view kBetween = "---\n";

// The text after `key` on the line that starts with it, without quotes; empty if none does.
std::string value_of(std::string_view yaml, std::string_view key) {
  std::size_t at = 0;
  if (!yaml.starts_with(key)) {
    at = yaml.find("\n" + std::string(key));
    if (at == std::string_view::npos) return {};
    ++at;
  }
  std::string_view value = yaml.substr(at + key.size());
  value = value.substr(0, value.find('\n'));
  if (value.size() > 1 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  return std::string(value);
}

ObjectRef object_in(std::string_view yaml) {
  ObjectRef object;
  object.api_version = value_of(yaml, "apiVersion: ");
  if (object.api_version.empty()) return {};
  object.kind = value_of(yaml, "kind: ");
  const std::size_t metadata = yaml.find("metadata:\n");
  if (metadata == std::string_view::npos) return object;
  const std::string_view below = yaml.substr(metadata);
  const std::string_view head = below.substr(0, below.find("\nspec:"));
  object.name = value_of(head, "  name: ");
  object.name_space = value_of(head, "  namespace: ");
  return object;
}

}  // namespace

std::vector<PatchPart> patch_parts(std::string_view patch) {
  std::vector<PatchPart> parts;
  while (!patch.empty()) {
    const std::size_t next = patch.find("\n---\n");
    const std::string_view yaml =
        next == std::string_view::npos ? patch : patch.substr(0, next + 1);
    parts.push_back({object_in(yaml), yaml});
    patch.remove_prefix(yaml.size());
    if (patch.starts_with(kBetween)) patch.remove_prefix(kBetween.size());
  }
  return parts;
}

}  // namespace meshcheck
