#include "input/value_json.h"

#include <array>
#include <charconv>
#include <cmath>
#include <unordered_map>

#include <fmt/format.h>

#include "document/scalar.h"

namespace meshcheck {

namespace {

void append_number(const Resolved& value, std::string_view text, std::string& out) {
  if (value.type == ScalarType::integer && value.fits_int64) {
    fmt::format_to(std::back_inserter(out), "{}", value.integer);
  } else if (value.type == ScalarType::integer) {
    fmt::format_to(std::back_inserter(out), "{:.0f}", value.number);
    static_cast<void>(text);
  } else if (std::isfinite(value.number)) {
    fmt::format_to(std::back_inserter(out), "{}", value.number);
  } else {
    out += "null";  // the reader lets none through
  }
}

void append_scalar(Node node, std::string& out) {
  const std::string_view text = node.text();
  if (node.type() == ScalarType::string) return append_json_string(text, out);
  const Resolved value = resolve_plain(text);
  switch (value.type) {
    case ScalarType::null: out += "null"; break;
    case ScalarType::boolean: out += value.boolean ? "true" : "false"; break;
    case ScalarType::integer:
    case ScalarType::real: append_number(value, text, out); break;
    case ScalarType::string: append_json_string(text, out); break;
  }
}

// strconv.FormatFloat(value, 'g', -1, 32), which sigs.k8s.io/yaml takes for keys.
std::string float_key(double value) {
  if (std::isnan(value)) return ".nan";
  const auto narrow = static_cast<float>(value);
  if (std::isinf(narrow)) return narrow > 0 ? ".inf" : "-.inf";
  std::array<char, 64> digits;
  const auto print = [&](std::chars_format format) {
    const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), narrow, format);
    return std::string(digits.data(), result.ptr);
  };
  const std::string scientific = print(std::chars_format::scientific);
  const int exponent = std::stoi(scientific.substr(scientific.find('e') + 1));
  return exponent < -4 || exponent >= 6 ? scientific : print(std::chars_format::fixed);
}

std::string key_text(Node key) {
  switch (key.type()) {
    case ScalarType::boolean: return *key.boolean() ? "true" : "false";
    case ScalarType::integer: {
      const auto value = key.integer();
      return value ? fmt::format("{}", *value) : std::string(key.text());
    }
    case ScalarType::real: return float_key(*key.number());
    case ScalarType::null:
    case ScalarType::string: break;
  }
  return std::string(key.text());
}

void append_mapping(Node node, std::string& out) {
  std::unordered_map<std::string, std::uint32_t> last;
  for (const Entry entry : node.entries()) last[key_text(entry.key)] = entry.key.index();
  out += '{';
  bool first = true;
  for (const Entry entry : node.entries()) {
    const std::string key = key_text(entry.key);
    if (last[key] != entry.key.index()) continue;
    if (!first) out += ',';
    first = false;
    append_json_string(key, out);
    out += ':';
    append_json(entry.value, out);
  }
  out += '}';
}

void append_sequence(Node node, std::string& out) {
  out += '[';
  bool first = true;
  for (const Node item : node.items()) {
    if (!first) out += ',';
    first = false;
    append_json(item, out);
  }
  out += ']';
}

void append_error(const Parsed& parsed, std::string& out) {
  out += R"(,"error":{"message":)";
  append_json_string(parsed.message, out);
  fmt::format_to(std::back_inserter(out), R"(,"line":{},"column":{}}})", parsed.line,
                 parsed.column);
}

}  // namespace

void append_json(Node node, std::string& out) {
  switch (node.kind()) {
    case NodeKind::null: out += "null"; break;
    case NodeKind::scalar: append_scalar(node, out); break;
    case NodeKind::mapping: append_mapping(node, out); break;
    case NodeKind::sequence: append_sequence(node, out); break;
  }
}

void append_document_line(const Source& source, const Chunk& chunk, const Parsed& parsed,
                          std::string& out) {
  out += "{\"file\":";
  append_json_string(source.name, out);
  fmt::format_to(std::back_inserter(out), R"(,"document":{},"line":{})", chunk.number,
                 chunk.first_line);
  const Node root = parsed.document->root();
  if (root.is_scalar()) {
    const Location where = root.location();
    Parsed scalar;
    scalar.message = "a document that is a mere scalar is no Kubernetes object";
    scalar.line = where.line;
    scalar.column = where.column;
    append_error(scalar, out);
  } else if (root || parsed.outcome == Parsed::Outcome::empty) {
    out += ",\"value\":";
    if (root.is_null()) {
      out += "{}";
    } else {
      append_json(root, out);
    }
  } else {
    append_error(parsed, out);
  }
  out += "}\n";
}

}  // namespace meshcheck
