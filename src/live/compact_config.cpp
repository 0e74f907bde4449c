// Of configuration: all but what may be a credential.
#include <fmt/format.h>

#include "input/arena.h"
#include "input/parse.h"
#include "live/compact_writer.h"
#include "live/redact.h"

namespace meshcheck::live {

// A text may be YAML of its own: a mesh configuration, values. It is written anew only where
// something has to go, and not at all where it cannot be looked into.
void CompactWriter::text(std::string_view text) {
  const bool own = text.find('\n') != std::string_view::npos || text.starts_with('{');
  if (!own || !may_hold_credentials(text)) return append_json_string(without_user(text), out_);
  Source source;
  source.text = text;
  Arena arena;
  const Parsed parsed = parse(source, whole(text), arena, Format::yaml);
  if (parsed.outcome != Parsed::Outcome::tree) return append_json_string(": not kept", out_);
  std::string anew;
  CompactWriter writer(anew);
  writer.kind_ = kind_;
  writer.any(parsed.document->root());
  append_json_string(anew, out_);
}

// Whether it gives AUDIT's verdict to the log is read (policy_partners).
void CompactWriter::program(std::string_view key, Node value) {
  constexpr std::string_view kHint = "access_log_hint";
  std::string all;
  append_json(value, all);
  if (all.find(kHint) == std::string::npos) return;
  member(key);
  append_json_string(kHint, out_);
}

// Headers to set, as a mapping or a list.
void CompactWriter::names_alone(Node value) {
  open(value.is_mapping() ? '{' : '[');
  for (const auto [key, text] : value.entries()) {
    member(key.text());
    out_ += "\"\"";
  }
  for (const Node item : value.items()) {
    separate();
    open('{');
    member("name");
    append_json_string(item["name"].text(), out_);
    close('}');
  }
  close(value.is_mapping() ? '}' : ']');
}

// Of an AuthorizationPolicy: that there are values, and which stand for any.
void CompactWriter::condition(Node value) {
  open('{');
  for (const auto [key, child] : value.entries()) {
    member(key.text());
    if (!child.is_sequence()) {
      scalar(child);
      continue;
    }
    open('[');
    int count = 0;
    for (const Node item : child.items()) {
      separate();
      const bool any = item.text() == "*";
      append_json_string(any ? "*" : fmt::format("(not kept {})", ++count), out_);
    }
    close(']');
  }
  close('}');
}

}  // namespace meshcheck::live
