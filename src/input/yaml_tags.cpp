#include "input/yaml_tags.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "document/scalar.h"
#include "meshcheck/utf8.h"

namespace meshcheck {

namespace {

constexpr std::string_view kLongPrefix = "tag:yaml.org,2002:";

// Appends the one to three bytes of a group of four digits. False: a digit is none.
bool decode_group(std::string_view digits, std::string& decoded) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  while (digits.ends_with('=')) digits.remove_suffix(1);
  if (digits.size() < 2) return false;
  std::uint32_t group = 0;
  for (const char digit : digits) {
    const auto value = kAlphabet.find(digit);
    if (value == std::string_view::npos) return false;
    group = group << 6 | static_cast<std::uint32_t>(value);
  }
  group <<= 6 * (4 - digits.size());
  for (std::size_t k = 0; k + 1 < digits.size(); ++k) {
    decoded += static_cast<char>(group >> (16 - 8 * k) & 0xFF);
  }
  return true;
}

// encoding/base64, StdEncoding: line breaks are ignored, padding is required.
std::optional<std::string> decode_base64(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != '\n' && c != '\r') digits += c;
  }
  if (digits.size() % 4 != 0) return std::nullopt;
  std::string decoded;
  for (std::size_t i = 0; i < digits.size(); i += 4) {
    // Only the last group is padded.
    if (i + 4 < digits.size() && digits[i + 3] == '=') return std::nullopt;
    if (!decode_group(std::string_view(digits).substr(i, 4), decoded)) return std::nullopt;
  }
  return decoded;
}

std::string_view name_of(ScalarType type) {
  switch (type) {
    case ScalarType::null: return "null";
    case ScalarType::boolean: return "bool";
    case ScalarType::integer: return "int";
    case ScalarType::real: return "float";
    case ScalarType::string: break;
  }
  return "str";
}

void set_style(RawNode& raw, ScalarStyle style) {
  raw.style = static_cast<std::uint32_t>(style) & 7;
}

// As a key, a number that is not finite is but its text, as in Go.
std::optional<std::string> resolve_in_place(TreeBuilder& tree, bool is_key) {
  RawNode& raw = tree.last();
  set_style(raw, ScalarStyle::plain);
  const Resolved resolved = resolve_plain(tree.text(raw));
  if (!is_key && resolved.type == ScalarType::real && !std::isfinite(resolved.number)) {
    return fmt::format("Kubernetes cannot hold `{}`: no number is infinite or not-a-number",
                       tree.text(raw));
  }
  if (resolved.type == ScalarType::null) {
    const std::uint32_t offset = raw.offset;
    raw = {};
    raw.offset = offset;
  }
  return std::nullopt;
}

// !!bool, !!int, !!float, !!null.
std::optional<std::string> apply_core_type(std::string_view type, TreeBuilder& tree, bool is_key) {
  const RawNode& raw = tree.last();
  const std::string_view is = name_of(resolve_plain(tree.text(raw)).type);
  if (is != type && !(type == "float" && is == "int")) {
    return fmt::format("`{}` is tagged !!{} but is no {}", tree.text(raw), type, type);
  }
  return resolve_in_place(tree, is_key);
}

std::optional<std::string> apply_binary(TreeBuilder& tree) {
  const RawNode& raw = tree.last();
  const auto bytes = decode_base64(tree.text(raw));
  if (!bytes) return "a value tagged !!binary is not base64";
  const std::uint32_t offset = raw.offset;
  const auto style = static_cast<ScalarStyle>(raw.style);
  tree.nodes().pop_back();
  tree.decoded(offset, valid_utf8(*bytes), style);  // as Go's JSON has it
  tree.last().tagged = 1;
  return std::nullopt;
}

}  // namespace

std::optional<std::string> apply_tag(std::string_view tag, bool plain_implicit, TreeBuilder& tree,
                                     bool is_key) {
  RawNode& raw = tree.last();
  if (tag.empty()) return plain_implicit ? resolve_in_place(tree, is_key) : std::nullopt;
  if (tag.starts_with(kLongPrefix)) {
    tag.remove_prefix(kLongPrefix.size());
    if (tag == "bool" || tag == "int" || tag == "float" || tag == "null") {
      return apply_core_type(tag, tree, is_key);
    }
    if (tag == "merge" && tree.text(raw) == "<<") {
      set_style(raw, ScalarStyle::plain);
      return std::nullopt;
    }
    if (tag == "binary") return apply_binary(tree);
  }
  raw.tagged = 1;
  return std::nullopt;
}

std::optional<std::string> key_problem(const TreeBuilder& tree, const RawNode& key) {
  const auto kind = static_cast<NodeKind>(key.kind);
  if (kind == NodeKind::null) return "a key is missing: null is no key";
  if (kind != NodeKind::scalar || key.tagged) return std::nullopt;
  if (static_cast<ScalarStyle>(key.style) != ScalarStyle::plain) return std::nullopt;
  const Resolved resolved = resolve_plain(tree.text(key));
  if (resolved.type == ScalarType::integer && !resolved.fits_int64) {
    return fmt::format("the key `{}` is too large a number: quote it", tree.text(key));
  }
  return std::nullopt;
}

}  // namespace meshcheck
