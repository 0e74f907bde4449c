// SHA-1 (FIPS 180-4), which WebSocket's handshake asks for; it protects nothing there.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace meshcheck::live {

std::array<std::uint8_t, 20> sha1(std::string_view text);

}  // namespace meshcheck::live
