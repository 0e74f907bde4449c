// Base64 in its two alphabets (RFC 4648).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace meshcheck::live {

struct Decoded {
  std::string bytes;
  std::optional<std::size_t> bad;  // offset of the first byte that cannot be read
};

// As Go's base64.StdEncoding: padding is required, line ends are passed over.
Decoded decode_base64(std::string_view text);
// As base64.RawURLEncoding, which JSON Web Tokens are written in.
Decoded decode_base64url(std::string_view text);

std::string encode_base64(std::string_view bytes);

}  // namespace meshcheck::live
