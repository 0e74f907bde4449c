// Of configuration: all but what may be a credential.
#include <fmt/format.h>

#include "input/arena.h"
#include "input/parse.h"
#include "live/compact_writer.h"
#include "live/redact.h"

namespace meshcheck::live {

// A text may be YAML of its own: a mesh configuration, values, an annotation's. It is written anew
// only where something has to go, and not at all where it cannot be looked into, unless it is a
// template. Texts within texts are looked into as deep as Istio's own go: quoting each in the next
// grows without bound.
void CompactWriter::text(std::string_view text) {
  constexpr int kDeepest = 3;
  if (!may_hold_credentials(text)) return append_json_string(text, out_);
  if (level_ == kDeepest) return leave_out(": not kept");
  Source source;
  source.text = text;
  Arena arena;
  const Parsed parsed = parse(source, whole(text), arena, Format::yaml);
  if (parsed.outcome == Parsed::Outcome::empty) return append_json_string(without_user(text), out_);
  if (parsed.outcome != Parsed::Outcome::tree) {
    const bool markup = text.find("{{") != std::string_view::npos;
    return leave_out(markup ? redact_lines(text) : ": not kept");
  }
  const Node root = parsed.document->root();
  if (root.is_scalar()) return append_json_string(without_user(text), out_);
  std::string anew;
  CompactWriter writer(anew);
  writer.kind_ = kind_;
  writer.level_ = level_ + 1;
  writer.any(root);
  if (writer.left_out_) return leave_out(anew);
  append_json_string(without_user(text), out_);
}

// What is written instead of something that is not kept.
void CompactWriter::leave_out(std::string_view instead) {
  left_out_ = true;
  append_json_string(instead, out_);
}

// Whether it gives AUDIT's verdict to the log is read (policy_partners).
void CompactWriter::program(std::string_view key, Node value) {
  constexpr std::string_view kHint = "access_log_hint";
  std::string all;
  append_json(value, all);
  left_out_ = true;
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
      if (is_value_key(key.text())) {
        program(key.text(), child);
        continue;
      }
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
      leave_out(withheld(child.text()));
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
      if (item.text() == "*") {
        scalar(item);
      } else {
        leave_out(withheld(item.text()));
      }
    }
    close(']');
  }
  close('}');
}

}  // namespace meshcheck::live
