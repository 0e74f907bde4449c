#include "cli/kept_documents.h"

#include <algorithm>
#include <iterator>

#include "input/parse.h"

namespace meshcheck::cli {
namespace {

// Of a line in the text of `source`.
auto offset_in(const Source& source) {
  return [begin = source.text.data()](const TextLine& line) {
    return static_cast<std::uint64_t>(line.text.data() - begin);
  };
}

}  // namespace

const TextLine* KeptDocument::line_of(const ObjectPath& path) const {
  if (document == nullptr) return nullptr;
  const auto next = std::ranges::upper_bound(lines, path.offset, {}, offset_in(*document->source));
  return next == lines.begin() ? nullptr : &*std::prev(next);
}

const TextLine* KeptDocument::line_at(std::uint32_t number) const {
  const auto found = std::ranges::lower_bound(lines, number, {}, &TextLine::number);
  return found == lines.end() || found->number != number ? nullptr : &*found;
}

std::string_view KeptDocument::kind() const {
  return document == nullptr ? std::string_view{} : document->root()["kind"].text();
}

std::string_view KeptDocument::name() const {
  return document == nullptr ? std::string_view{} : document->root()["metadata"]["name"].text();
}

KeptDocuments::KeptDocuments(const std::string& name, std::string_view text) {
  source_.name = name;
  source_.text = text;
  lines_ = text_lines(text);
  chunks_ = split(text);
}

const KeptDocument& KeptDocuments::at(std::size_t index) {
  const auto [found, fresh] = kept_.try_emplace(index);
  KeptDocument& kept = found->second;
  if (!fresh) return kept;
  const Chunk& chunk = chunks_[index];
  const auto offset = offset_in(source_);
  const auto begin = std::ranges::lower_bound(lines_, chunk.begin, {}, offset);
  const auto end = std::ranges::lower_bound(begin, lines_.end(), chunk.end, {}, offset);
  kept.lines = {begin, end};
  const Parsed parsed = parse(source_, chunk, arena_);
  if (parsed.outcome != Parsed::Outcome::tree) return kept;
  kept.document = parsed.document;
  kept.paths = object_paths(parsed.document->root());
  return kept;
}

const KeptDocument* KeptDocuments::holding(std::uint32_t line) {
  const auto next = std::ranges::upper_bound(chunks_, line, {}, &Chunk::first_line);
  if (line == 0 || next == chunks_.begin()) return nullptr;
  return &at(static_cast<std::size_t>(std::distance(chunks_.begin(), next) - 1));
}

}  // namespace meshcheck::cli
