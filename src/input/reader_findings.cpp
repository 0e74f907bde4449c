#include "input/reader_findings.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "document/place.h"

namespace meshcheck {
namespace {

Finding make(const char* rule, const char* name, Severity severity, std::string message) {
  Finding finding;
  finding.rule = rule;
  finding.name = name;
  finding.severity = severity;
  finding.message = std::move(message);
  return finding;
}

constexpr std::size_t kExcerptLimit = 500;  // bytes; a minified line helps nobody

std::string excerpt_at(std::string_view text, std::uint64_t line_begin) {
  std::uint64_t end = line_end(text, line_begin);
  if (end - line_begin > kExcerptLimit) {
    end = line_begin + kExcerptLimit;
    while (end > line_begin && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  }
  return std::string(text.substr(line_begin, end - line_begin));
}

// A point in a chunk that has no tree.
Location place_in(const Source& source, const Chunk& chunk, std::uint32_t line,
                  std::uint32_t column) {
  const std::string_view text = source.text.substr(0, chunk.end);
  std::uint64_t begin = chunk.begin;
  for (std::uint32_t at = chunk.first_line; at < line && begin < text.size(); ++at) {
    begin = line_end(text, begin);
    begin += text.substr(begin).starts_with("\r\n") ? 2U : 1U;
  }
  Location location;
  location.file = source.name;
  location.line = line;
  location.column = column;
  location.end_line = line;
  location.end_column = column + 1;
  location.document = chunk.number;
  location.source = chunk.chart_source;
  if (begin < text.size()) location.excerpt = excerpt_at(text, begin);
  return location;
}

ObjectRef object_of(const Chunk& chunk) {
  return {std::string(chunk.api_version), std::string(chunk.kind), "", std::string(chunk.name), ""};
}

ObjectRef object_of(Node root) {
  const Node metadata = root["metadata"];
  return {std::string(root["apiVersion"].text()), std::string(root["kind"].text()),
          std::string(metadata["namespace"].text()), std::string(metadata["name"].text()), ""};
}

// The way to a key as people write it: `spec.containers[discovery].image`.
struct Way {
  Node object;  // the root, or the item of a List that holds the key
  std::string field;
};

// One step down: the child that holds the node of number `index`, or is it.
struct Step {
  Node child;
  std::string name;
  bool arrived = false;  // the node is a key of the mapping that was stepped from
};

Step step_in_mapping(Node mapping, std::uint32_t index) {
  Step step;
  for (const Entry entry : mapping.entries()) {
    if (entry.key.index() > index) break;
    step = {entry.value, std::string(entry.key.text()), entry.key.index() == index};
  }
  return step;
}

Step step_in_sequence(Node sequence, std::uint32_t index) {
  Step step;
  std::size_t number = 0;
  for (const Node item : sequence.items()) {
    if (item.index() > index) break;
    const std::string_view name = item["name"].text();
    step = {item, name.empty() ? fmt::format("[{}]", number) : fmt::format("[{}]", name)};
    ++number;
  }
  return step;
}

Way way_to(Node root, std::uint32_t key) {
  Way way{root, ""};
  for (Node at = root; at.is_mapping() || at.is_sequence();) {
    const Step step = at.is_mapping() ? step_in_mapping(at, key) : step_in_sequence(at, key);
    if (at.is_mapping() && !way.field.empty()) way.field += '.';
    way.field += step.name;
    if (step.arrived || !step.child) break;
    at = step.child;
    if (way.field.starts_with("items[") && at["kind"] && at["metadata"]) way = {at, ""};
  }
  return way;
}

}  // namespace

Finding unparsable_document(const Source& source, const Chunk& chunk, const Parsed& parsed) {
  Finding finding = make("MC001", "unparsable-document", Severity::error, parsed.message);
  finding.object = object_of(chunk);
  finding.location = place_in(source, chunk, parsed.line, parsed.column);
  return finding;
}

Finding unrendered_finding(std::string message, std::string remedy) {
  Finding finding = make("MC006", "unrendered-template", Severity::info, std::move(message));
  finding.fix.emplace().description = std::move(remedy);
  return finding;
}

Finding unrendered_template(const Source& source, const Chunk& chunk, const Parsed& parsed,
                            std::size_t documents) {
  Finding finding = unrendered_finding(
      documents == 1 ? parsed.message
                     : fmt::format("{} ({} documents of the file)", parsed.message, documents),
      "Audit what the template renders to: --render, or helm template CHART | meshcheck audit -");
  finding.object = object_of(chunk);
  finding.location = place_in(source, chunk, parsed.line, parsed.column);
  return finding;
}

Finding duplicate_key(const Document& document, const DuplicateKey& duplicate) {
  const Node key(&document, duplicate.key);
  const Node first(&document, duplicate.first);
  Finding finding = make(
      "MC008", "duplicate-key", Severity::error,
      fmt::format("key `{}` stands twice here: the value on line {} is dropped, this one holds",
                  key.text(), first.line()));
  Way way = way_to(document.root(), duplicate.key);
  finding.object = object_of(way.object);
  finding.field = std::move(way.field);
  finding.location = key.location();
  finding.related.push_back({"the first of the two", first.location(), std::nullopt, ""});
  finding.fix.emplace().description = "Keep one of the two keys.";
  return finding;
}

}  // namespace meshcheck
