#include "input/yaml_errors.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "document/place.h"

namespace meshcheck {

namespace {

// The byte of the character with the given index.
std::uint64_t byte_of(std::string_view text, std::uint64_t begin, std::size_t index) {
  auto at = begin;
  for (; index > 0 && at < text.size(); --index) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  }
  return at;
}

// What libyaml says, and which byte it says it of.
struct Complaint {
  std::string_view text;     // the whole source up to the document's end
  std::string_view context;  // "while scanning a quoted scalar"
  std::string_view problem;  // "found unexpected end of stream"
  std::uint64_t at;          // of the problem
  std::uint64_t opened;      // of the context, where there is one

  char byte() const { return at < text.size() ? text[at] : '\0'; }
  bool is(std::string_view words) const { return problem.find(words) != std::string_view::npos; }
  bool within(std::string_view words) const {
    return context.find(words) != std::string_view::npos;
  }
};

ReadError explain_token(const Complaint& said) {
  const char found = said.byte();
  if (found == '\t') return {"a tab cannot indent YAML: use spaces", said.at};
  if (found == '%') {
    return {"a value cannot begin with `%`: quote it", said.at};
  }
  return {fmt::format("a value cannot begin with `{}`: quote it", found), said.at};
}

ReadError explain_quoted(const Complaint& said) {
  if (said.is("unknown escape")) {
    return {
        "unknown escape in a double-quoted string: write `\\\\` for a backslash, or use single "
        "quotes",
        said.at};
  }
  if (said.is("hexdecimal") || said.is("Unicode")) {
    return {"the escape in this double-quoted string is no character", said.at};
  }
  return {"the quote that opens here is never closed", said.opened};
}

ReadError explain_block_scalar(const Complaint& said) {
  if (said.is("tab character")) {
    return {"a tab cannot indent the text of a block scalar: use spaces", said.at};
  }
  if (said.is("indentation indicator")) {
    return {"the indentation of a block scalar is a digit from 1 to 9", said.at};
  }
  return {"after `|` or `>` the line must end: the text begins on the next line", said.at};
}

ReadError explain_anchor(const Complaint& said) {
  if (said.within("alias")) {
    return {"`*` begins an alias: quote a value such as \"*.example.com\"", said.opened};
  }
  return {"`&` begins an anchor, which needs a name: quote the value", said.opened};
}

struct Bracket {
  char open = '\0';
  std::uint64_t at = 0;  // the byte
};

// The innermost bracket that is open at the end of a text that was read up to there, by the tokens
// that libyaml itself makes of it.
std::optional<Bracket> open_bracket(std::string_view text, std::uint64_t begin) {
  yaml_parser_t parser;
  if (yaml_parser_initialize(&parser) == 0) return std::nullopt;
  yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
  const std::string_view part = text.substr(begin);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): libyaml's bytes
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(part.data()),
                               part.size());
  std::vector<std::pair<char, std::size_t>> open;
  for (bool more = true; more;) {
    yaml_token_t token;
    if (yaml_parser_scan(&parser, &token) == 0) break;
    switch (token.type) {
      case YAML_FLOW_SEQUENCE_START_TOKEN: open.emplace_back('[', token.start_mark.index); break;
      case YAML_FLOW_MAPPING_START_TOKEN: open.emplace_back('{', token.start_mark.index); break;
      case YAML_FLOW_SEQUENCE_END_TOKEN:
      case YAML_FLOW_MAPPING_END_TOKEN:
        if (!open.empty()) open.pop_back();
        break;
      case YAML_STREAM_END_TOKEN: more = false; break;
      default: break;
    }
    yaml_token_delete(&token);
  }
  yaml_parser_delete(&parser);
  if (open.empty()) return std::nullopt;
  return Bracket{open.back().first, byte_of(text, begin, open.back().second)};
}

// Nothing is left behind the place of the complaint.
bool is_at_end(const Complaint& said) {
  return said.at >= said.text.size() ||
         said.text.find_first_not_of(" \t\r\n", said.at) == std::string_view::npos;
}

ReadError never_closed(char open, std::uint64_t at) {
  return {fmt::format("the `{}` that opens here is never closed", open), at};
}

ReadError explain_flow(const Complaint& said, char open, char close) {
  if (is_at_end(said) || said.byte() == ':') return never_closed(open, said.opened);
  return {fmt::format("expected `,` or `{}`", close), said.at};
}

ReadError explain_structure(const Complaint& said) {
  if (said.is("mapping values are not allowed")) {
    return {"`: ` cannot stand here: the line is indented wrongly, or its text needs quotes",
            said.at};
  }
  if (said.is("block sequence entries are not allowed")) {
    return {"a list item cannot stand here: put it on a line of its own", said.at};
  }
  if (said.is("mapping keys are not allowed")) {
    return {"`? ` cannot stand here: quote a value that begins with `?`", said.at};
  }
  if (said.is("could not find expected ':'")) {
    return {"expected `key: value`: there is no `:` after this text", said.opened};
  }
  if (said.is("did not find expected key")) {
    return {"expected a key: the indentation fits no line above", said.at};
  }
  if (said.is("expected '-' indicator")) {
    return {"expected a list item: the indentation fits no line above", said.at};
  }
  if (said.is("did not find expected node content")) {
    const char found = said.byte();
    if (found == '\0' || found == '\n' || found == '\r') return {"a value is missing", said.at};
    return {fmt::format("expected a value, found `{}`", found), said.at};
  }
  if (said.is("<document start>") || said.is("directive")) {
    return {"text before the document's first line, or `%` at the begin of a line", said.at};
  }
  return {fmt::format("not YAML: {}", said.problem), said.at};
}

}  // namespace

ReadError explain(const yaml_parser_t& parser, std::string_view text, std::uint64_t begin) {
  const auto words = [](const char* said) { return said == nullptr ? "" : std::string_view(said); };
  Complaint said{text, words(parser.context), words(parser.problem), begin, begin};
  if (parser.error == YAML_READER_ERROR) {
    said.at = begin + parser.problem_offset;
    return {fmt::format("not YAML: {}", said.problem), said.at};
  }
  said.at = byte_of(text, begin, parser.problem_mark.index);
  said.opened = said.context.empty() ? said.at : byte_of(text, begin, parser.context_mark.index);
  if (said.is("cannot start any token")) return explain_token(said);
  if (said.within("quoted scalar") || said.within("parsing a quoted scalar")) {
    return explain_quoted(said);
  }
  if (said.within("block scalar")) return explain_block_scalar(said);
  if (said.within("an alias") || said.within("an anchor")) return explain_anchor(said);
  if (said.is("',' or ']'")) return explain_flow(said, '[', ']');
  if (said.is("',' or '}'")) return explain_flow(said, '{', '}');
  if (said.within("tag")) return {"`!` begins a tag: quote the value", said.opened};
  if (said.within("plain scalar")) {
    if (said.is("':'")) return {"`:` cannot stand here between brackets: quote the text", said.at};
    return {"a tab cannot indent YAML: use spaces", said.at};
  }
  // Behind `[1,` or `[` at the end, where the place is one that no editor shows.
  if (said.is("did not find expected node content") && is_at_end(said)) {
    if (const auto bracket = open_bracket(text, begin)) {
      return never_closed(bracket->open, bracket->at);
    }
  }
  return explain_structure(said);
}

}  // namespace meshcheck
