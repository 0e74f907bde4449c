// A document and a snippet to lay over it, apart by a line of `---`: edits lie in the text, and
// what is_merge_of() takes for the merge of both is their merge by another way (RFC 7396).
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "edit/lists.h"
#include "edit/merge.h"
#include "input/value_json.h"
#include "walk.h"

namespace {

using namespace meshcheck;
using Json = nlohmann::json;

struct Read {
  Source source;
  Arena arena;
  Parsed parsed;

  explicit Read(std::string_view text) {
    source.name = "fuzz.yaml";
    source.text = text;
    parsed =
        parse(source, whole(source.text), arena, Format::yaml, Reader::automatic, fuzz::kLimits);
  }
  bool is_mapping() const {
    return parsed.outcome == Parsed::Outcome::tree && parsed.document->root().is_mapping();
  }
  // Lists are merged otherwise than RFC 7396 has it, and so is embedded text.
  bool is_plain() const { return parsed.duplicates.empty() && parsed.document->embedded.empty(); }
  Node root() const { return parsed.document->root(); }
  Json json() const {
    std::string text;
    append_json(root(), text);
    return Json::parse(text, nullptr, false);
  }
};

bool holds_list(Node node) {
  if (node.is_sequence()) return true;
  for (const Entry entry : node.entries()) {
    if (holds_list(entry.value)) return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  constexpr std::string_view kBetween = "\n---\n";
  const std::size_t at = input.find(kBetween);
  if (at == std::string_view::npos) return 0;
  const Read before(input.substr(0, at + 1));
  const Read want(input.substr(at + kBetween.size()));
  if (!before.is_mapping() || !want.is_mapping()) return 0;
  const auto edits = merge_edits(before.root(), want.root());
  if (!edits) return 0;
  for (const Edit& edit : *edits) {
    fuzz::require(edit.offset + edit.length <= before.source.text.size(),
                  "an edit lies in the text");
  }
  const std::string text = apply_edits(before.source.text, *edits);
  const Read after(text);
  if (!after.is_mapping() || !is_merge_of(before.root(), want.root(), after.root())) return 0;
  if (!before.is_plain() || !want.is_plain() || holds_list(want.root())) return 0;
  Json expected = before.json();
  const Json patch = want.json();
  const Json found = after.json();
  if (expected.is_discarded() || patch.is_discarded() || found.is_discarded()) return 0;
  expected.merge_patch(patch);
  fuzz::require(found == expected, "what counts as the merge is the merge");
  return 0;
}
