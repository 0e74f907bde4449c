#include "cli/fix_texts.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "cli/snippet.h"
#include "edit/append.h"
#include "edit/merge.h"

namespace meshcheck::cli {
namespace {

std::optional<std::string> text_of(const std::string& file, const ReadMeshes& read,
                                   const Texts& texts) {
  const auto known = texts.find(file);
  if (known != texts.end()) return known->second;
  for (const Document* document : read.loaded.documents) {
    if (document->source->name == file) return std::string(document->source->text);
  }
  return std::nullopt;
}

Error cannot(std::string_view file, std::string_view why) {
  return fail("", fmt::format("{} cannot be edited here: {}", file, why));
}

// Holds the text after the change against what was asked for: a slip must never reach a file.
Result<std::string> checked(const Change& change, const Snippet& before, const Snippet& want,
                            std::string text) {
  const Snippet after(std::move(text), change.file);
  const bool good = after.unreadable() <= before.unreadable() &&
                    is_merge_at(before.root(change.document), change.path, want.root(0),
                                after.root(change.document));
  if (!good) return cannot(change.file, "its syntax is none that can be edited with certainty");
  return after.text();
}

Result<std::string> merged(const Change& change, std::string text) {
  const Snippet before(std::move(text), change.file);
  const Snippet want(change.yaml);
  const Node root = before.root(change.document);
  const Node place = root ? follow(root, change.path) : Node{};
  if (!place || !want.root(0)) return cannot(change.file, "the place is gone");
  auto edits = merge_edits(place, want.root(0));
  if (!edits) return cannot(change.file, edits.error().message);
  if (edits->empty()) return before.text();
  for (const Edit& edit : *edits) {
    if (edit.offset < root.document()->begin || edit.offset + edit.length > before.text().size()) {
      return cannot(change.file, "the edit is outside the document");
    }
  }
  return checked(change, before, want, apply_edits(before.text(), std::move(*edits)));
}

}  // namespace

Result<bool> make_changes(const std::vector<Change>& changes, const ReadMeshes& read,
                          Texts& texts) {
  Texts made = texts;
  bool changed = false;
  for (const Change& change : changes) {
    auto text = text_of(change.file, read, made);
    if (!text) return cannot(change.file, "it is not among the files that were read");
    Result<std::string> result = change.adds
                                     ? Result<std::string>(append_document(*text, change.yaml))
                                     : merged(change, *text);
    if (!result) return result.error();
    if (*result == *text) continue;
    changed = true;
    made[change.file] = *std::move(result);
  }
  texts = std::move(made);
  return changed;
}

}  // namespace meshcheck::cli
