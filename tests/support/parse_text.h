// Parses a text as the reader would, and keeps what the result points to.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "input/parse.h"
#include "input/value_json.h"

namespace meshcheck::test {

struct ParsedText {
  std::unique_ptr<std::string> text;
  std::unique_ptr<Source> source;
  std::unique_ptr<Arena> arena;
  Parsed parsed;

  Node root() const { return parsed.document->root(); }
  std::string json() const {
    std::string out;
    append_json(root(), out);
    return out;
  }
  // "line:column message" of an error or a template.
  std::string complaint() const {
    return std::to_string(parsed.line) + ":" + std::to_string(parsed.column) + " " + parsed.message;
  }
};

// The first document of `text`.
inline ParsedText parse_text(std::string_view text, Reader reader = Reader::automatic,
                             Format format = Format::yaml, const ParseLimits& limits = {}) {
  ParsedText result{std::make_unique<std::string>(text),
                    std::make_unique<Source>(),
                    std::make_unique<Arena>(),
                    {}};
  result.source->name = "test.yaml";
  result.source->text = *result.text;
  const auto chunks =
      format == Format::json ? std::vector{whole(*result.text)} : split(*result.text);
  const Chunk chunk = chunks.empty() ? whole(*result.text) : chunks.front();
  result.parsed = parse(*result.source, chunk, *result.arena, format, reader, limits);
  return result;
}

}  // namespace meshcheck::test
