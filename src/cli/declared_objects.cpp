#include "cli/declared_objects.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "meshcheck/ascii.h"

namespace meshcheck::cli {
namespace {

// Prefixes and suffixes are what kustomize puts around a name.
bool is_renamed(std::string_view made, std::string_view declared) {
  return !declared.empty() && made.size() > declared.size() &&
         (made.starts_with(declared) || made.ends_with(declared));
}

// Counts what is found; the first one stays.
class Found {
 public:
  void add(const TextLine* line, const std::string& file) {
    if (line != nullptr && ++count_ == 1) first_ = {line, file};
  }
  DeclaredLine only() const { return count_ == 1 ? first_ : DeclaredLine{}; }

 private:
  std::size_t count_ = 0;
  DeclaredLine first_;
};

void add_same_field(const DeclaredObject& object, const ObjectPath& wanted, Found& found) {
  for (const ObjectPath& path : object.declared->paths) {
    if (says_the_same(path, wanted)) found.add(object.declared->line_of(path), object.file);
  }
}

void add_same_words(const DeclaredObject& object, std::string_view wanted, Found& found) {
  for (const TextLine& line : object.declared->lines) {
    if (trimmed(line.text, kLineBlanks) == wanted) found.add(&line, object.file);
  }
}

}  // namespace

DeclaredObjects::DeclaredObjects(const RenderTarget& target) {
  for (const std::string& name : target.covers) {
    auto bytes = FileBytes::read(name, name);
    if (!bytes) continue;
    File& file = files_.emplace_back(File{*std::move(bytes), nullptr});
    file.documents = std::make_unique<KeptDocuments>(name, file.bytes.text());
    for (std::size_t i = 0; i < file.documents->size(); ++i) {
      const KeptDocument& declared = file.documents->at(i);
      const std::string kind(declared.kind());
      if (kind.empty()) continue;
      const DeclaredObject object = {name, std::string(declared.name()),
                                     target.patches.contains(name), &declared};
      by_kind_[kind].push_back(object);
      by_name_[{kind, object.name}].push_back(object);
    }
  }
}

std::vector<DeclaredObject> DeclaredObjects::of(const KeptDocument& made) const {
  const std::string name(made.name());
  if (name.empty()) return {};
  const auto same = by_name_.find({std::string(made.kind()), name});
  if (same != by_name_.end()) return same->second;
  std::vector<DeclaredObject> renamed;
  const auto kind = by_kind_.find(made.kind());
  if (kind == by_kind_.end()) return renamed;
  std::ranges::copy_if(kind->second, std::back_inserter(renamed),
                       [&](const DeclaredObject& one) { return is_renamed(name, one.name); });
  return renamed;
}

DeclaredLine declared_line(const std::vector<DeclaredObject>& objects, const KeptDocument& made,
                           std::uint32_t line) {
  const TextLine* text = made.line_at(line);
  if (text == nullptr) return {};
  const auto wanted = std::ranges::find_if(
      made.paths, [&](const ObjectPath& path) { return made.line_of(path) == text; });
  Found found;
  for (const DeclaredObject& object : objects) {
    if (wanted != made.paths.end()) {
      add_same_field(object, *wanted, found);
    } else {
      add_same_words(object, trimmed(text->text, kLineBlanks), found);
    }
  }
  return found.only();
}

}  // namespace meshcheck::cli
