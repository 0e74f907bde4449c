// WebSocket (RFC 6455) as a client needs it, over bytes that come from anywhere.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "meshcheck/result.h"

namespace meshcheck::live {

enum class Opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

// A message with its fragments joined, or a control frame.
struct Message {
  Opcode opcode = Opcode::binary;
  std::string payload;
};

// One frame that holds a whole message; `mask` is fresh for each.
std::string encode_frame(Opcode opcode, std::string_view payload,
                         const std::array<std::uint8_t, 4>& mask);

// What Sec-WebSocket-Accept must be for a Sec-WebSocket-Key.
std::string accept_of(std::string_view key);

// 16 random bytes as a key.
std::string websocket_key(const std::array<std::uint8_t, 16>& bytes);

// Takes bytes as they come, gives messages.
class MessageReader {
 public:
  explicit MessageReader(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  void add(std::string_view bytes) { buffer_ += bytes; }
  // The next message; nullopt: more bytes are needed. An Error is final: what a server must not
  // send, or a message above `most_bytes`.
  Result<std::optional<Message>> next();

 private:
  struct Frame;
  Result<std::optional<Frame>> next_frame();

  std::size_t most_bytes_;
  std::string buffer_;
  std::size_t taken_ = 0;          // of the buffer
  std::optional<Message> joined_;  // of fragments so far
};

}  // namespace meshcheck::live
