// Of configuration: all but what may be a credential.
#include <fmt/format.h>

#include "input/arena.h"
#include "input/parse.h"
#include "live/compact_writer.h"
#include "live/redact.h"

namespace meshcheck::live {

// A text may be YAML of its own: a mesh configuration, values. It is written anew only where
// something has to go, and not at all where it cannot be looked into, unless it is a template.
void CompactWriter::text(std::string_view text) {
  const bool own = text.find('\n') != std::string_view::npos || text.starts_with('{');
  if (!own || !may_hold_credentials(text)) return append_json_string(without_user(text), out_);
  Source source;
  source.text = text;
  Arena arena;
  const Parsed parsed = parse(source, whole(text), arena, Format::yaml);
  if (parsed.outcome != Parsed::Outcome::tree) {
    const bool markup = text.find("{{") != std::string_view::npos;
    return append_json_string(markup ? redact_lines(text) : ": not kept", out_);
  }
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

void CompactWriter::names_alone(Node list) {
  open('[');
  for (const Node item : list.items()) {
    separate();
    open('{');
    for (const auto [key, child] : item.entries()) {
      if (key.text() == "value") continue;
      member(key.text());
      any(child);
    }
    close('}');
  }
  close(']');
}

// Headers by name: values to send, or what a request must have. What a route does with headers,
// too, whose own mappings are `set`, `add` and the like.
void CompactWriter::headers(Node mapping) {
  open('{');
  for (const auto [key, child] : mapping.entries()) {
    member(key.text());
    if (child.is_scalar()) {
      append_json_string(withheld(child.text()), out_);
    } else if (child.is_mapping() && is_credential_word(key.text())) {
      headers(child);
    } else {
      any(child);
    }
  }
  close('}');
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
    for (const Node item : child.items()) {
      separate();
      const bool any = item.text() == "*";
      append_json_string(any ? "*" : withheld(item.text()), out_);
    }
    close(']');
  }
  close('}');
}

}  // namespace meshcheck::live
