// Digests and base64 for what the server hashes or hides.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace meshcheck::kubeapi {

std::string sha256_hex(std::string_view text);
std::string sha1(std::string_view text);  // its 20 bytes
std::string base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

}  // namespace meshcheck::kubeapi
