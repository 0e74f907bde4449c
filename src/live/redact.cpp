#include "live/redact.h"

#include <algorithm>
#include <array>
#include <random>
#include <span>

#include <fmt/format.h>

#include "live/sha1.h"
#include "meshcheck/ascii.h"

namespace meshcheck::live {
namespace {

// With the words of a key written together, whatever parts them.
constexpr std::array<std::string_view, 12> kCredentials = {
    "accesstoken", "authtoken",    "bearertoken", "apitoken",   "apikey",   "secretkey",
    "accesskey",   "clientsecret", "privatekey",  "passphrase", "password", "passwd"};
// istio: extensions/v1alpha1/wasm.proto; envoy: extensions/filters/http/lua, config/core
// (DataSource)
constexpr std::array<std::string_view, 7> kPrograms = {
    "pluginConfig",  "inlineCode",  "inline_code", "inlineString",
    "inline_string", "inlineBytes", "inline_bytes"};

std::string joined(std::string_view key) {
  std::string word;
  for (const char c : key) {
    if (c != '-' && c != '_' && c != '.') word += lower(c);
  }
  return word;
}

bool holds_any(std::string_view text, std::span<const std::string_view> parts) {
  return std::ranges::any_of(
      parts, [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

// Where the user of the URL whose address begins at `begin` ends, `@` included; 0: it has none.
std::size_t end_of_user(std::string_view text, std::size_t begin) {
  const std::size_t end = std::min(text.find_first_of("/?# \t\r\n\"'", begin), text.size());
  const std::size_t at = text.substr(begin, end - begin).rfind('@');
  return at == std::string_view::npos ? 0 : begin + at + 1;
}

// Whether all that is said in the line is markup, blanks and punctuation.
bool is_markup(std::string_view line) {
  while (!line.empty()) {
    const std::size_t open = std::min(line.find("{{"), line.size());
    if (line.substr(0, open).find_first_not_of(" -|>+{}[],\"':") != std::string_view::npos) {
      return false;
    }
    const std::size_t close = line.find("}}", open);
    if (close == std::string_view::npos) return open == line.size();
    line.remove_prefix(close + 2);
  }
  return true;
}

// A line of a template without what may be a value: of `key: value` the key, of markup all, and of
// anything else nothing.
std::string_view keys_of(std::string_view line) {
  if (is_markup(line)) return line;
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || line.find_first_of("{[\"'") < colon) return {};
  return is_markup(line.substr(colon + 1)) ? line : line.substr(0, colon + 1);
}

}  // namespace

bool names_a_credential(std::string_view key) {
  const std::string word = joined(key);
  return std::ranges::any_of(kCredentials,
                             [&](std::string_view one) { return word.ends_with(one); });
}

bool is_for_a_program(std::string_view key) {
  return std::ranges::find(kPrograms, key) != kPrograms.end();
}

bool is_credential_word(std::string_view header) {
  constexpr std::array<std::string_view, 7> kWords = {"authorization", "token",    "key", "secret",
                                                      "cookie",        "password", "auth"};
  return holds_any(lower(header), kWords);
}

bool is_credential_header(std::string_view condition) {
  return condition.starts_with("request.headers[") && is_credential_word(condition);
}

bool holds_headers(std::string_view key) {
  return key == "headers" || key == "initialMetadata" || key == "includeAdditionalHeadersInCheck" ||
         key == "withoutHeaders" || key == "set" || key == "add";
}

bool is_value_key(std::string_view key) {
  return key == "value" || key == "raw_value" || key == "rawValue";
}

bool is_key_with_value(Node mapping) {
  return mapping["key"].is_scalar() &&
         (mapping["value"].is_scalar() || mapping["raw_value"] || mapping["rawValue"]);
}

std::string withheld(std::string_view value) {
  // Of this run alone, so that nobody can try values.
  static const std::string salt = [] {
    std::random_device source;
    return fmt::format("{:08x}{:08x}{:08x}{:08x}", source(), source(), source(), source());
  }();
  const auto hash = sha1(salt + std::string(value));
  return fmt::format("(not kept {:02x}{:02x}{:02x}{:02x})", hash[0], hash[1], hash[2], hash[3]);
}

std::string redact_lines(std::string_view text) {
  std::string out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    out += keys_of(text.substr(begin, end - begin));
    if (end < text.size()) out += '\n';
    begin = end + 1;
  }
  return out;
}

std::string without_user(std::string_view text) {
  constexpr std::string_view kScheme = "://";
  std::string out;
  std::size_t taken = 0;
  for (std::size_t at = text.find(kScheme); at != std::string_view::npos;
       at = text.find(kScheme, at + kScheme.size())) {
    const std::size_t begin = at + kScheme.size();
    const std::size_t user = end_of_user(text, begin);
    if (user == 0) continue;
    out += text.substr(taken, begin - taken);
    taken = user;
  }
  out += text.substr(taken);
  return out;
}

bool is_list_of_values(Node list) {
  return list.is_sequence() && std::ranges::any_of(list.items(), [](Node one) {
           return (one["name"] || one["key"]) && one["value"].is_scalar();
         });
}

bool may_hold_credentials(std::string_view text) {
  constexpr std::array<std::string_view, 5> kPlaces = {"header", "pluginconfig", "inline",
                                                       "initialmetadata", "://"};
  const std::string word = joined(text);
  return holds_any(word, kCredentials) || holds_any(word, kPlaces);
}

}  // namespace meshcheck::live
