#include "cli/snippet.h"

#include <utility>

#include "input/json_stream.h"
#include "input/parse.h"
#include "input/split.h"

namespace meshcheck::cli {

Snippet::Snippet(std::string text, std::string name) : text_(std::move(text)) {
  source_.name = std::move(name);
  source_.text = text_;
  const bool json = source_.name.ends_with(".json");
  const std::vector<Chunk> chunks = json ? json_documents(text_) : split(text_);
  for (const Chunk& chunk : chunks) {
    const Parsed parsed = parse(source_, chunk, arena_, json ? Format::json : Format::yaml);
    if (parsed.outcome == Parsed::Outcome::tree) documents_.push_back(parsed.document);
    if (parsed.outcome == Parsed::Outcome::error) ++unreadable_;
  }
}

std::vector<Node> Snippet::roots() const {
  std::vector<Node> roots;
  for (const Document* document : documents_) roots.push_back(document->root());
  return roots;
}

Node Snippet::root(std::uint32_t number) const {
  for (const Document* document : documents_) {
    if (document->number == number) return document->root();
  }
  return {};
}

}  // namespace meshcheck::cli
