#include "input/suppressions.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "document/place.h"
#include "input/outline.h"
#include "input/suppression_comment.h"
#include "input/text_lines.h"

namespace meshcheck {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// How much of a chunk is comments, directives and separators: no node can have begun there.
std::uint64_t head_end(std::string_view text, std::uint64_t at, std::uint64_t end) {
  while (at < end) {
    const auto stop = std::min<std::uint64_t>(line_end(text, at), end);
    std::string_view line = text.substr(at, stop - at);
    if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    const auto first = line.find_first_not_of(" \t\r\n");
    const bool blank = first == std::string_view::npos;
    if (!blank && line[first] != '#' && line[first] != '%') {
      line = line.substr(0, line.find(" #"));
      while (line.ends_with(' ') || line.ends_with('\r')) line.remove_suffix(1);
      if (line != "---") return at;
    }
    at = stop + 1;
  }
  return end;
}

ObjectRef object_of(const Document* tree) {
  if (tree == nullptr) return {};
  const Node root = tree->root();
  const Node metadata = root["metadata"];
  return {std::string(root["apiVersion"].text()), std::string(root["kind"].text()),
          std::string(metadata["namespace"].text()), std::string(metadata["name"].text()), ""};
}

CoveredText covered(const Source& source, std::uint64_t begin, std::uint64_t end) {
  const Location at = locate(source, begin, std::max(begin, end));
  return {at.line, at.column, at.end_line, at.end_column};
}

class Finder {
 public:
  Finder(const Source& source, std::span<const ReadChunk> chunks)
      : source_(source), text_(source.text), chunks_(chunks) {}

  std::vector<Suppression> run() {
    for (CommentMark at = find_comment_mark(text_, 0); at.mark != std::string_view::npos;
         at = find_comment_mark(text_, at.mark + 1)) {
      if (begins_comment(at.hash)) look_at(at);
    }
    return std::move(found_);
  }

 private:
  bool begins_comment(std::size_t hash) const {
    const char before = hash == 0 ? '\n' : text_[hash - 1];
    return is_blank(before) || before == '\n' || before == '\r' ||
           text_.substr(0, hash) == kByteOrderMark;
  }

  void look_at(const CommentMark& at) {
    while (chunk_ < chunks_.size() && chunks_[chunk_].chunk->end <= at.hash) ++chunk_;
    if (chunk_ == chunks_.size()) return;
    // A comment beside the separator belongs to the document that it opens.
    const ReadChunk& here = chunks_[chunk_];
    const std::uint64_t end = line_end(text_, at.mark);
    if (here.tree == nullptr) {
      in_treeless(at, end);
      return;
    }
    if (outlined_ != here.tree) {
      outline_.emplace(*here.tree);
      outlined_ = here.tree;
    }
    if (outline_->in_text(at.hash)) return;
    Suppression* added = add(at, end, here.tree);
    if (added == nullptr) return;
    if (outline_->before_first_node(at.hash)) {
      added->covers = covered(source_, here.chunk->begin, here.chunk->end);
      return;
    }
    const std::uint64_t line = source_.lines.at(text_, at.hash).line_begin;
    const bool alone = text_.find_first_not_of(" \t", line) == text_.find('#', line) &&
                       text_.find('#', line) <= at.hash;
    Outline::Range next;
    if (!alone) {
      added->covers = covered(source_, line, std::min(end + 1, text_.size()));
    } else if (outline_->next(end, next)) {
      added->covers = covered(source_, next.begin, next.end);
    } else {
      added->malformed =
          "nothing follows it in its document; one before the first key covers the whole document, "
          "and one for the next document stands below the `---`";
    }
  }

  // A chunk of comments alone speaks for the document that it stands before.
  void in_treeless(const CommentMark& at, std::uint64_t end) {
    if (heads_.empty()) find_heads();
    const Head& head = heads_[chunk_];
    if (at.hash >= head.end || head.speaks_for == chunks_.size()) return;
    const ReadChunk& meant = chunks_[head.speaks_for];
    if (Suppression* added = add(at, end, meant.tree)) {
      added->covers = covered(source_, meant.chunk->begin, meant.chunk->end);
    }
  }

  void find_heads() {
    heads_.resize(chunks_.size());
    std::size_t next = chunks_.size();
    for (std::size_t i = chunks_.size(); i-- > 0;) {
      const Chunk& chunk = *chunks_[i].chunk;
      const bool read = chunks_[i].tree != nullptr;
      heads_[i].end = read ? chunk.begin : head_end(text_, chunk.begin, chunk.end);
      if (read || heads_[i].end < chunk.end) next = i;
      heads_[i].speaks_for = next;
    }
  }

  Suppression* add(const CommentMark& at, std::uint64_t end, const Document* tree) {
    auto parsed = parse_suppression(text_.substr(at.mark, end - at.mark));
    if (!parsed) return nullptr;
    while (end > at.mark && (is_blank(text_[end - 1]) || text_[end - 1] == '\r')) --end;
    parsed->where = locate(source_, at.hash, end);
    if (tree != nullptr) {
      parsed->where.document = tree->number;
      parsed->where.source = tree->chart_source;
    }
    parsed->object = object_of(tree);
    return &found_.emplace_back(*std::move(parsed));
  }

  const Source& source_;
  std::string_view text_;
  std::span<const ReadChunk> chunks_;
  std::size_t chunk_ = 0;
  std::optional<Outline> outline_;
  const Document* outlined_ = nullptr;
  // Of the chunks without a tree: up to where no node can have begun, and whose comments those are.
  struct Head {
    std::uint64_t end = 0;
    std::size_t speaks_for = 0;
  };
  std::vector<Head> heads_;
  std::vector<Suppression> found_;
};

}  // namespace

std::vector<Suppression> find_suppressions(const Source& source,
                                           std::span<const ReadChunk> chunks) {
  return Finder(source, chunks).run();
}

std::vector<Suppression> find_line_suppressions(const Source& source) {
  if (find_comment_mark(source.text, 0).mark == std::string_view::npos) return {};
  const std::vector<TextLine> lines = text_lines(source.text);
  // By line: the first at or after it that is no comment, and the last that continues that one.
  std::vector<std::pair<std::size_t, std::size_t>> meant(lines.size() + 1, {lines.size(), 0});
  for (std::size_t i = lines.size(); i-- > 0;) {
    const std::string_view line = lines[i].text;
    const auto first = line.find_first_not_of(" \t");
    meant[i] = meant[i + 1];
    if (first == std::string_view::npos || line[first] == '#') continue;
    const bool continued = line.ends_with('\\') && meant[i + 1].first == i + 1;
    meant[i] = {i, continued ? meant[i + 1].second : i};
  }
  std::vector<Suppression> found;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = lines[i].text;
    const CommentMark at = find_comment_mark(line, 0);
    if (at.mark == std::string_view::npos) continue;
    if (at.hash > 0 && !is_blank(line[at.hash - 1])) continue;
    auto parsed = parse_suppression(line.substr(at.mark));
    if (!parsed) continue;
    parsed->where = place_on(lines[i], line.substr(at.hash), source.name);
    parsed->object = {"", "File", "", source.name, ""};
    const auto [first, last] = meant[i];
    if (first == lines.size()) {
      parsed->malformed = "nothing follows it in its file";
    } else {
      parsed->covers = CoveredText{lines[first].number, 0, lines[last].number + 1, 0};
    }
    found.push_back(*std::move(parsed));
  }
  return found;
}

}  // namespace meshcheck
