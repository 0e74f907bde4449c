// Any bytes as a YAML file and as a Dockerfile with comments that accept findings: whatever is
// found stands outside the text of scalars and covers a piece of the file.
#include <cstddef>
#include <cstdint>
#include <tuple>

#include "document/extent.h"
#include "input/suppression_comment.h"
#include "input/suppressions.h"
#include "walk.h"

namespace {

using namespace meshcheck;

// The bytes of every quoted scalar, by the nodes alone; the finder keeps a list of its own.
bool in_quotes(const Document& document, std::uint64_t offset) {
  const std::string_view text = document.source->text;
  for (std::uint32_t i = 0; i < document.node_count; ++i) {
    const RawNode& raw = document.nodes[i];
    const auto style = static_cast<ScalarStyle>(raw.style);
    if (static_cast<NodeKind>(raw.kind) != NodeKind::scalar) continue;
    if (style != ScalarStyle::single_quoted && style != ScalarStyle::double_quoted) continue;
    const auto begin = skip_properties(text, raw.offset);
    if (begin < text.size() && begin <= offset && offset < quoted_end(text, begin)) return true;
  }
  return false;
}

void check(const Suppression& said, std::uint32_t lines) {
  fuzz::require(said.where.line >= 1 && said.where.line <= lines, "a comment stands in the file");
  fuzz::require(!said.malformed.empty() || !said.rules.empty(), "a suppression names a rule");
  const auto* covered = std::get_if<CoveredText>(&said.covers);
  fuzz::require(covered != nullptr, "a comment covers text");
  if (!said.malformed.empty()) return;
  fuzz::require(
      std::tie(covered->line, covered->column) <= std::tie(covered->end_line, covered->end_column),
      "what is covered does not end before it begins");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Source source;
  source.text = {reinterpret_cast<const char*>(data), size};
  const std::uint32_t lines = count_lines(source.text) + 1;
  Arena arena;
  const auto chunks = split(source.text);
  std::vector<ReadChunk> read;
  for (const Chunk& chunk : chunks) {
    const Parsed parsed =
        parse(source, chunk, arena, Format::yaml, Reader::automatic, fuzz::kLimits);
    const bool tree = parsed.outcome == Parsed::Outcome::tree;
    read.push_back({&chunk, tree ? parsed.document : nullptr});
  }
  for (const Suppression& said : find_suppressions(source, read)) {
    check(said, lines);
    // Back from the place to the byte.
    std::uint64_t at = 0;
    for (std::uint32_t line = 1; line < said.where.line; ++line) at = next_line(source.text, at);
    const CommentMark mark = find_comment_mark(source.text, at);
    fuzz::require(mark.mark != std::string_view::npos, "the mark is found again");
    for (const ReadChunk& chunk : read) {
      if (chunk.tree == nullptr || mark.hash < chunk.chunk->begin) continue;
      if (mark.hash >= chunk.chunk->end) continue;
      // Two marks on one line are told apart by the column only.
      const bool same = locate(source, mark.hash, mark.hash).column == said.where.column;
      fuzz::require(!same || !in_quotes(*chunk.tree, mark.hash), "a comment is in no quotes");
    }
  }
  source.name = "Dockerfile";
  for (const Suppression& said : find_line_suppressions(source)) check(said, lines);
  return 0;
}
