// Two readers of YAML, one truth: wherever our scanner accepts a document, its tree and every place
// in it are those that libyaml gives.
#include <filesystem>
#include <set>
#include <string>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "input/parse.h"
#include "support/golden.h"
#include "support/shared_corpus.h"

namespace meshcheck {
namespace {

using test::read_file;

// Where Go and libyaml 0.2.5 differ we read as Go does: `2001:db8::,` between brackets is a text.
const std::set<std::string> kGoDiffers = {"serviceentry-valid.yaml", "flow_colons.yaml"};

std::string difference(const Document& a, const Document& b) {
  if (a.node_count != b.node_count) {
    return fmt::format("{} nodes, not {}", a.node_count, b.node_count);
  }
  for (std::uint32_t i = 0; i < a.node_count; ++i) {
    const Node x(&a, i);
    const Node y(&b, i);
    if (x.kind() != y.kind() || x.text() != y.text() || x.style() != y.style() ||
        x.size() != y.size() || x.offset() != y.offset()) {
      return fmt::format("node {} at line {}: `{}` at {}, not `{}` at {}", i, y.line(), x.text(),
                         x.offset(), y.text(), y.offset());
    }
  }
  return {};
}

struct Tally {
  int documents = 0;
  int fallen_back = 0;
};

void compare(const Source& source, Tally& tally) {
  for (const Chunk& chunk : split(source.text)) {
    Arena arena;
    const Parsed truth = parse(source, chunk, arena, Format::yaml, Reader::reference_only);
    const Parsed scanned = parse(source, chunk, arena, Format::yaml, Reader::scanner_only);
    const Parsed chosen = parse(source, chunk, arena, Format::yaml, Reader::automatic);
    INFO(source.name << ":" << chunk.first_line);
    const bool valid = truth.document->node_count > 0 || truth.outcome == Parsed::Outcome::empty;
    if (valid) ++tally.documents;
    if (valid && chosen.by_reference) ++tally.fallen_back;
    CHECK((scanned.outcome == Parsed::Outcome::declined || scanned.outcome == truth.outcome));
    CHECK(chosen.outcome == truth.outcome);
    if (scanned.outcome != Parsed::Outcome::declined) {
      CHECK(difference(*scanned.document, *truth.document) == "");
    }
    CHECK(difference(*chosen.document, *truth.document) == "");
  }
}

TEST_CASE("the scanner agrees with libyaml on every document of the corpus and declines few") {
  const auto corpus = test::shared_corpus("");
  if (!corpus) return;
  Tally tally;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*corpus)) {
    const auto extension = entry.path().extension();
    if (!entry.is_regular_file() || (extension != ".yaml" && extension != ".yml")) continue;
    if (kGoDiffers.count(entry.path().filename()) != 0) continue;
    const std::string text = read_file(entry.path());
    compare({entry.path(), text}, tally);
  }
  CHECK(tally.documents > 10'000);
  CHECK(tally.fallen_back * 200 < tally.documents);
}

TEST_CASE("the scanner agrees with libyaml on our own hard cases") {
  Tally tally;
  const std::filesystem::path folder = test::source_folder() / "testdata/_input";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    if (kGoDiffers.count(entry.path().filename()) != 0) continue;
    const std::string text = read_file(entry.path());
    compare({entry.path(), text}, tally);
  }
  CHECK(tally.documents > 0);
}

}  // namespace
}  // namespace meshcheck
