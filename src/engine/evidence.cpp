#include "engine/evidence.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace meshcheck {

namespace {

bool holds(const Mesh& mesh, const ObjectRef& object) {
  return mesh.resources->find(object.kind, object.name_space, object.name) != nullptr;
}

}  // namespace

Evidence::Evidence(std::span<const Mesh> meshes, std::span<const Rule* const> rules,
                   std::span<const RuleOutcome> outcomes,
                   std::function<bool(std::string_view)> sees_code)
    : meshes_(meshes), sees_code_(std::move(sees_code)) {
  for (const Rule* rule : rules) {
    selected_.insert(rule->info.id);
    if (rule->check == nullptr) judged_[rule->info.id];
  }
  for (const RuleOutcome& outcome : outcomes) {
    if (outcome.judged) judged_[outcome.rule->id] = outcome.undecided;
  }
}

bool Evidence::selected(std::string_view rule) const {
  return selected_.contains(rule) || (sees_code_ && sees_code_(rule));
}

bool Evidence::decided(std::string_view rule) const {
  const auto found = judged_.find(rule);
  return found == judged_.end() ? sees_code_ && sees_code_(rule) : found->second.empty();
}

bool Evidence::decided(std::string_view rule, const ObjectRef& object) const {
  if (decided(rule)) return true;
  const auto found = judged_.find(rule);
  if (found == judged_.end() || object.name.empty()) return false;
  return has(object) && std::ranges::none_of(
                            found->second, [&](const Mesh* mesh) { return holds(*mesh, object); });
}

bool Evidence::has(const ObjectRef& object) const {
  return std::ranges::any_of(meshes_, [&](const Mesh& mesh) { return holds(mesh, object); });
}

bool Evidence::has_match(std::string_view kind, std::string_view name_space,
                         std::string_view name) const {
  return std::ranges::any_of(meshes_, [&](const Mesh& mesh) {
    return std::ranges::any_of(mesh.resources->all(), [&](const Resource* resource) {
      return is_kind(kind, resource->kind()) && matches_glob(name_space, resource->name_space()) &&
             matches_glob(name, resource->name());
    });
  });
}

bool matches_glob(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return true;
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;  // the last one, and the text that it takes up to
  std::size_t taken = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool is_kind(std::string_view wanted, std::string_view kind) {
  const auto same = [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  };
  return wanted.empty() || std::ranges::equal(wanted, kind, same);
}

}  // namespace meshcheck
