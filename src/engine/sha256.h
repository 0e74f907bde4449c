// SHA-256 (FIPS 180-4), for fingerprints.
#pragma once

#include <string>
#include <string_view>

namespace meshcheck {

// The digest in lower-case hexadecimal, 64 digits.
std::string sha256_hex(std::string_view text);

}  // namespace meshcheck
