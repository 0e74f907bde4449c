// Our scanner against libyaml: where the scanner is certain, both must build the same tree with
// every node at the same place.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "input/split.h"
#include "walk.h"

namespace meshcheck::fuzz {
namespace {

std::string_view text_of(const Document& document, std::uint32_t index) {
  return Node(&document, index).text();
}

[[noreturn]] void differ(const char* what, std::uint32_t node) {
  std::fprintf(stderr, "scanner and libyaml differ: %s (node %u)\n", what, node);
  std::abort();
}

void compare(const Document& ours, const Document& theirs) {
  if (ours.node_count != theirs.node_count) differ("number of nodes", ours.node_count);
  for (std::uint32_t i = 0; i < ours.node_count; ++i) {
    const RawNode& a = ours.nodes[i];
    const RawNode& b = theirs.nodes[i];
    if (a.kind != b.kind) differ("kind", i);
    if (a.offset != b.offset) differ("place", i);
    if (a.flow != b.flow) differ("flow style", i);
    if (a.tagged != b.tagged) differ("tag", i);
    const auto kind = static_cast<NodeKind>(a.kind);
    if (kind == NodeKind::mapping || kind == NodeKind::sequence) {
      if (a.a != b.a || a.b != b.b) differ("shape", i);
    } else {
      if (a.style != b.style) differ("scalar style", i);
      if (text_of(ours, i) != text_of(theirs, i)) differ("text", i);
    }
  }
}

}  // namespace
}  // namespace meshcheck::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace meshcheck;
  Source source;
  source.name = "fuzz.yaml";
  source.text = {reinterpret_cast<const char*>(data), size};
  for (const Chunk& chunk : split(source.text)) {
    Arena arena;
    const Parsed ours =
        parse(source, chunk, arena, Format::yaml, Reader::scanner_only, fuzz::kLimits);
    if (ours.outcome == Parsed::Outcome::declined) continue;
    const Parsed theirs =
        parse(source, chunk, arena, Format::yaml, Reader::reference_only, fuzz::kLimits);
    // Go reads `[a::]`, which libyaml refuses; the scanner reads it as Go does. With markup beside
    // it the refusal is told as a template, and its reason is lost.
    if (theirs.message.starts_with("`:` cannot stand here between brackets")) continue;
    // Go takes `\'` for a quote, which libyaml knows no escape of.
    if (theirs.message.starts_with("unknown escape") &&
        source.text.find("\\'") != std::string_view::npos) {
      continue;
    }
    const bool markup = theirs.outcome == Parsed::Outcome::template_markup;
    if (markup && ours.outcome == Parsed::Outcome::tree) continue;
    if (ours.outcome != theirs.outcome) {
      std::fprintf(stderr, "outcomes differ: ours %d, libyaml's %d %s\n",
                   static_cast<int>(ours.outcome), static_cast<int>(theirs.outcome),
                   theirs.message.c_str());
      std::abort();
    }
    if (ours.outcome != Parsed::Outcome::tree) continue;
    fuzz::compare(*ours.document, *theirs.document);
    fuzz::require(ours.duplicates.size() == theirs.duplicates.size(), "the same duplicate keys");
  }
  return 0;
}
