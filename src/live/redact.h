// Which parts of Istio's own configuration may be credentials. No rule needs their values.
#pragma once

#include <string>
#include <string_view>

#include "meshcheck/document.h"

namespace meshcheck::live {

// The value of such a key is one: accessToken, clientSecret, password.
bool names_a_credential(std::string_view key);
// What stands below such a key is for a program that we do not know: a plugin's settings, a script.
bool is_for_a_program(std::string_view key);
// A header, as a condition of an AuthorizationPolicy names it: request.headers[x-api-key].
bool is_credential_header(std::string_view condition);

// The text without the user and password of the URLs in it.
std::string without_user(std::string_view text);

// Names that have values beside them, such as headers to send.
bool is_list_of_values(Node list);
// value, raw_value: of a header, as Istio and Envoy spell it.
bool is_value_key(std::string_view key);
// `key` and `value`, as Envoy has headers.
bool is_key_with_value(Node mapping);
// What stands below such a key are headers to send, with their values.
bool holds_headers(std::string_view key);
// A header whose value proves who asks.
bool is_credential_word(std::string_view header);

// What stands for a value that is not kept: the same for the same value, and of no use to find it.
std::string withheld(std::string_view value);
// A template of Helm's, which is no YAML yet: keys and markup, without any value of its own.
std::string redact_lines(std::string_view text);

// Of a text that may hold YAML, as those of a ConfigMap do: whether something in it may be a
// credential.
bool may_hold_credentials(std::string_view text);

}  // namespace meshcheck::live
