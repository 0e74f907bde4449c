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

// A list of headers to send, or names and values: each has both.
bool is_list_of_values(Node list);

// Of a text that may hold YAML, as those of a ConfigMap do: whether something in it may be a
// credential.
bool may_hold_credentials(std::string_view text);

}  // namespace meshcheck::live
