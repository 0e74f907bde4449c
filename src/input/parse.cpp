#include "input/parse.h"

#include <limits>

#include <fmt/format.h>

#include "document/place.h"
#include "input/characters.h"
#include "input/duplicates.h"
#include "input/embedded.h"
#include "input/reading.h"
#include "input/templates.h"

namespace meshcheck {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

class Parser {
 public:
  Parser(const Source& source, const Chunk& chunk, Arena& arena, Format format,
         const ParseLimits& limits)
      : text_(source.text),
        begin_(chunk.begin),
        end_(chunk.end),
        format_(format),
        limits_(limits),
        tree_(arena.builder()) {}

  ReadResult read(Reader reader, bool& by_reference) {
    if (end_ > std::numeric_limits<std::uint32_t>::max()) {
      return read_error("the file is larger than 4 GiB", 0);
    }
    const auto chunk = text_.substr(begin_, end_ - begin_);
    if (chunk.starts_with("\xFF\xFE") || chunk.starts_with("\xFE\xFF")) {
      return read_error("the file is UTF-16: save it as UTF-8", begin_);
    }
    if (chunk.starts_with("\x1F\x8B")) {
      return read_error("the file is compressed with gzip", begin_);
    }
    Characters characters = check_characters(text_, begin_, end_, format_);
    if (characters.bad) return {ReadResult::Outcome::error, std::move(*characters.bad)};
    scannable_ = characters.common_breaks;
    ReadResult result = read_checked(reader, by_reference);
    if (result.outcome != ReadResult::Outcome::tree) return result;
    if (tree_.has_aliases()) return expand_aliases(limits_, tree_);
    return result;
  }

 private:
  ReadResult read_checked(Reader reader, bool& by_reference) {
    const auto content = content_begin();
    if (format_ == Format::json) return read_with(read_json, content);
    const bool json_like = content < end_ && (text_[content] == '{' || text_[content] == '[');
    if (json_like && reader == Reader::automatic) {
      // What is JSON reads as JSON: kubectl tries that first, too.
      auto result = read_with(read_json, content);
      if (result.outcome == ReadResult::Outcome::tree) return result;
    }
    if (reader != Reader::reference_only && scannable_) {
      auto result = read_with(scan_yaml, begin_);
      if (result.outcome != ReadResult::Outcome::declined) return result;
    }
    if (reader == Reader::scanner_only) return {ReadResult::Outcome::declined, {}};
    by_reference = true;
    return read_with(read_yaml_reference, begin_);
  }

  template <class Read>
  ReadResult read_with(Read reading, std::uint64_t begin) {
    tree_.reset(text_);
    return reading(text_, begin, end_, limits_, tree_);
  }

  std::uint64_t content_begin() const {
    auto at = begin_;
    if (text_.substr(at).starts_with(kByteOrderMark)) at += kByteOrderMark.size();
    return std::min<std::uint64_t>(text_.find_first_not_of(" \t\r\n", at), end_);
  }

  std::string_view text_;
  std::uint64_t begin_, end_;
  Format format_;
  const ParseLimits& limits_;
  TreeBuilder& tree_;
  bool scannable_ = false;
};

std::optional<Markup> template_behind(const Source& source, const Chunk& chunk,
                                      const ReadResult& result) {
  if (result.outcome == ReadResult::Outcome::tree) {
    return find_ytt_markup(source.text, chunk.begin, chunk.end);
  }
  if (result.outcome != ReadResult::Outcome::error) return std::nullopt;
  if (auto markup = find_structural_markup(source.text, chunk.begin, chunk.end)) return markup;
  if (auto markup = find_markup_on_line(source.text, chunk.begin, chunk.end, result.error.offset)) {
    return markup;
  }
  return find_placeholder_line(source.text, chunk.begin, chunk.end, result.error.offset);
}

std::string_view engine_of(const Markup& markup) {
  if (markup.mark == "#@") return "ytt";
  if (markup.mark == "${") return "envsubst or a shell";
  return markup.mark == "{%" ? "Jinja" : "Helm or Go";
}

void fill(Document& document, Arena& arena) {
  TreeBuilder& tree = arena.builder();
  document.nodes = arena.copy(std::span<const RawNode>(tree.nodes()));
  document.node_count = tree.size();
  document.decoded = arena.copy(std::string_view(tree.decoded()));
}

void place(Parsed& parsed, const Source& source, const Chunk& chunk, std::uint64_t offset) {
  // A chunk may begin within a line, behind the one before: columns count from the line's begin.
  // Not from further away: of a line with a thousand broken values that would take long.
  constexpr std::uint64_t kFar = 4096;
  const std::uint64_t begin =
      line_begin(source.text, chunk.begin - std::min(chunk.begin, kFar), chunk.begin);
  const Place where = locate(source.text, begin, chunk.first_line, offset);
  parsed.line = where.line;
  parsed.column = where.column;
}

}  // namespace

Parsed parse(const Source& source, const Chunk& chunk, Arena& arena, Format format, Reader reader,
             const ParseLimits& limits) {
  Parsed parsed;
  parsed.document = &arena.new_document();
  Document& document = *parsed.document;
  document.source = &source;
  document.number = chunk.number;
  document.first_line = chunk.first_line;
  document.begin = chunk.begin;
  document.end = chunk.end;
  document.chart_source = chunk.chart_source;

  ReadResult result =
      Parser(source, chunk, arena, format, limits).read(reader, parsed.by_reference);
  const bool null_root =
      result.outcome == ReadResult::Outcome::tree &&
      static_cast<NodeKind>(arena.builder().nodes().front().kind) == NodeKind::null;
  if (null_root) result.outcome = ReadResult::Outcome::empty;
  const auto markup = template_behind(source, chunk, result);
  switch (result.outcome) {
    case ReadResult::Outcome::declined: parsed.outcome = Parsed::Outcome::declined; return parsed;
    case ReadResult::Outcome::empty: return parsed;
    case ReadResult::Outcome::error:
      parsed.outcome = Parsed::Outcome::error;
      parsed.message = std::move(result.error.message);
      place(parsed, source, chunk, result.error.offset);
      break;
    case ReadResult::Outcome::tree:
      parsed.duplicates = find_duplicate_keys(arena.builder());
      fill(document, arena);
      parsed.outcome = Parsed::Outcome::tree;
      break;
  }
  if (markup) {
    parsed.outcome = Parsed::Outcome::template_markup;
    parsed.message = fmt::format("a template, not YAML yet: `{}` is markup of {}", markup->mark,
                                 engine_of(*markup));
    place(parsed, source, chunk, markup->offset);
  } else if (parsed.outcome == Parsed::Outcome::tree) {
    parse_embedded(document, arena, limits);
  }
  return parsed;
}

}  // namespace meshcheck
