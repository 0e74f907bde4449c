#include "live/compact.h"

#include <fmt/format.h>

#include "input/arena.h"
#include "input/parse.h"
#include "live/compact_writer.h"
#include "live/definition.h"
#include "live/kept.h"
#include "live/redact.h"

namespace meshcheck::live {
namespace {

// Only in a mapping that has an image, so that a custom resource's `env` of another meaning stays.
bool is_container(Node value) { return value["name"].is_scalar() && value["image"].is_scalar(); }

}  // namespace

void CompactWriter::object(Node root, std::string_view api_version, std::string_view kind) {
  kind_ = kind;
  open('{');
  member("apiVersion");
  append_json_string(api_version, out_);
  member("kind");
  append_json_string(kind, out_);
  for (const auto [key, value] : root.entries()) {
    const std::string_view name = key.text();
    if (name == "apiVersion" || name == "kind") continue;
    if (name == "metadata") {
      member(name);
      metadata(value);
    } else if (name == "status") {
      status(value);
    } else {
      member(name);
      any(value);
    }
  }
  close('}');
  out_ += '\n';
}

void CompactWriter::any(Node value) {
  if (value.is_mapping()) {
    if (is_container(value)) {
      container(value);
    } else {
      mapping(value);
    }
  } else if (value.is_sequence()) {
    open('[');
    for (const Node item : value.items()) {
      separate();
      any(item);
    }
    close(']');
  } else {
    scalar(value);
  }
}

void CompactWriter::scalar(Node value) {
  if (value.type() == ScalarType::string) {
    text(value.text());
  } else {
    verbatim(value);
  }
}

void CompactWriter::mapping(Node value) {
  if (is_credential_header(value["key"].text())) return condition(value);
  const bool key_and_value = is_key_with_value(value);
  open('{');
  for (const auto [key, child] : value.entries()) {
    const std::string_view name = key.text();
    if (key_and_value && is_value_key(name)) {
      program(name, child);
      continue;
    }
    // A pod template's; the triggers of a ScaledObject have another.
    if (name == "metadata" && child.is_mapping() && value["spec"]) {
      member(name);
      metadata(child);
    } else if (name == "env" && child.is_sequence()) {
      member(name);
      environment(child, true);
    } else if (is_for_a_program(name)) {
      program(name, child);
    } else if (holds_headers(name) && is_list_of_values(child)) {
      member(name);
      names_alone(child);
    } else if (holds_headers(name) && child.is_mapping()) {
      member(name);
      headers(child);
    } else if (child.is_scalar() && names_a_credential(name)) {
      left_out_ = true;
    } else if (!is_heavy(name)) {
      member(name);
      any(child);
    }
  }
  close('}');
}

Result<bool> append_object(std::string_view object, std::string_view api_version,
                           std::string_view kind, std::string& out) {
  Source source;
  source.text = object;
  Arena arena;
  const Parsed parsed = parse(source, whole(object), arena, Format::json);
  if (parsed.outcome != Parsed::Outcome::tree) {
    return fail("", fmt::format("the answer is no JSON: {}", parsed.message));
  }
  const Node root = parsed.document->root();
  if (kind == "CustomResourceDefinition") {
    append_definition(root, api_version, out);
  } else {
    CompactWriter(out).object(root, api_version, kind);
  }
  return true;
}

}  // namespace meshcheck::live
