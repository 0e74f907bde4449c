#include "live/redact.h"

#include <algorithm>
#include <array>

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

}  // namespace

bool names_a_credential(std::string_view key) {
  const std::string word = joined(key);
  return std::ranges::any_of(kCredentials,
                             [&](std::string_view one) { return word.ends_with(one); });
}

bool is_for_a_program(std::string_view key) {
  return std::ranges::find(kPrograms, key) != kPrograms.end();
}

bool is_credential_header(std::string_view condition) {
  constexpr std::array<std::string_view, 7> kWords = {"authorization", "token",    "key", "secret",
                                                      "cookie",        "password", "auth"};
  return condition.starts_with("request.headers[") && holds_any(lower(condition), kWords);
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
  return list.is_sequence() && list.size() != 0 && std::ranges::all_of(list.items(), [](Node one) {
           return one["name"].is_scalar() && one["value"].is_scalar();
         });
}

bool may_hold_credentials(std::string_view text) {
  constexpr std::array<std::string_view, 4> kPlaces = {"header", "pluginconfig", "inline", "://"};
  const std::string word = joined(text);
  return holds_any(word, kCredentials) || holds_any(word, kPlaces);
}

}  // namespace meshcheck::live
