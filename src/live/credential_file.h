// Files that hold credentials: tokens, certificates, keys.
#pragma once

#include <string>
#include <string_view>

#include "live/secret.h"
#include "meshcheck/result.h"

namespace meshcheck::live {

// The whole file, at most 1 MiB of it. `what` names it in the error: "client-key".
Result<Secret> read_credential(const std::string& path, const std::string& what);

// True where `text` may stand in a header or a URL: no control characters. libcurl would make two
// headers of one with a line end in it.
bool is_one_line(std::string_view text);

// True where `text` holds a PEM block whose label ends with `label`, whole and of readable base64.
bool holds_pem(std::string_view text, std::string_view label);

// True where the key in `pem` is protected by a passphrase.
bool is_encrypted_key(std::string_view pem);

}  // namespace meshcheck::live
