#include "live/websocket.h"

#include <algorithm>
#include <utility>

#include "live/sha1.h"

namespace meshcheck::live {

namespace {

constexpr std::uint8_t kFinal = 0x80;
constexpr std::uint8_t kReserved = 0x70;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::size_t kMostControlBytes = 125;

std::string base64(const std::uint8_t* bytes, std::size_t size) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < size; i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8U | (i + j < size ? bytes[i + j] : std::uint8_t{0});
    }
    for (std::size_t j = 0; j < 4; ++j) {
      text += i + j > size ? '=' : kLetters[group >> (18 - 6 * j) & 63U];
    }
  }
  return text;
}

Error wrong(std::string message) { return fail("", "WebSocket: " + std::move(message)); }

bool is_known(std::uint8_t opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8U | static_cast<std::uint8_t>(byte);
  return value;
}

}  // namespace

std::string encode_frame(Opcode opcode, std::string_view payload,
                         const std::array<std::uint8_t, 4>& mask) {
  std::string frame;
  frame += static_cast<char>(kFinal | static_cast<std::uint8_t>(opcode));
  const std::size_t size = payload.size();
  int length_bytes = 0;
  if (size <= kMostControlBytes) {
    frame += static_cast<char>(kMasked | size);
  } else if (size <= 0xFFFF) {
    frame += static_cast<char>(kMasked | 126U);
    length_bytes = 2;
  } else {
    frame += static_cast<char>(kMasked | 127U);
    length_bytes = 8;
  }
  for (int i = length_bytes - 1; i >= 0; --i) {
    frame += static_cast<char>(std::uint64_t{size} >> (8U * static_cast<unsigned>(i)) & 0xFFU);
  }
  for (const std::uint8_t byte : mask) frame += static_cast<char>(byte);
  for (std::size_t i = 0; i < size; ++i) {
    frame += static_cast<char>(static_cast<std::uint8_t>(payload[i]) ^ mask[i % 4]);
  }
  return frame;
}

std::string accept_of(std::string_view key) {
  const auto digest = sha1(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
  return base64(digest.data(), digest.size());
}

std::string websocket_key(const std::array<std::uint8_t, 16>& bytes) {
  return base64(bytes.data(), bytes.size());
}

struct MessageReader::Frame {
  bool final = false;
  Opcode opcode = Opcode::continuation;
  std::string payload;
};

Result<std::optional<MessageReader::Frame>> MessageReader::next_frame() {
  const auto bytes = std::string_view(buffer_).substr(taken_);
  const std::optional<Frame> incomplete;
  if (bytes.size() < 2) return incomplete;
  const auto first = static_cast<std::uint8_t>(bytes[0]);
  const auto second = static_cast<std::uint8_t>(bytes[1]);
  const std::uint8_t opcode = first & 0x0FU;
  if ((first & kReserved) != 0 || !is_known(opcode)) return wrong("a frame of an unknown kind");
  if ((second & kMasked) != 0) return wrong("the server's frames are masked, which is forbidden");
  Frame frame;
  frame.final = (first & kFinal) != 0;
  frame.opcode = static_cast<Opcode>(opcode);
  std::uint64_t size = second & 0x7FU;
  std::size_t head = 2;
  if (opcode >= 8 && (!frame.final || size > kMostControlBytes)) {
    return wrong("a control frame that is fragmented or too long");
  }
  if (size >= 126) {
    const std::size_t length_bytes = size == 126 ? 2 : 8;
    if (bytes.size() < head + length_bytes) return incomplete;
    size = big_endian(bytes.substr(head, length_bytes));
    head += length_bytes;
  }
  if (size > most_bytes_) return wrong("a message that is too large");
  if (bytes.size() - head < size) return incomplete;
  frame.payload = bytes.substr(head, size);
  taken_ += head + size;
  // Not for each frame: many small ones in one buffer would be moved over and over.
  if (taken_ == buffer_.size() || taken_ > std::size_t{1} << 20) {
    buffer_.erase(0, taken_);
    taken_ = 0;
  }
  return std::optional<Frame>(std::move(frame));
}

Result<std::optional<Message>> MessageReader::next() {
  for (;;) {
    auto frame = next_frame();
    if (!frame) return frame.error();
    if (!frame->has_value()) return std::optional<Message>();
    Frame& part = **frame;
    if (part.opcode >= Opcode::close) {
      return std::optional<Message>(Message{part.opcode, std::move(part.payload)});
    }
    if ((part.opcode == Opcode::continuation) != joined_.has_value()) {
      return wrong("fragments out of order");
    }
    if (!joined_) {
      joined_ = Message{part.opcode, std::move(part.payload)};
    } else if (joined_->payload.size() + part.payload.size() > most_bytes_) {
      return wrong("a message that is too large");
    } else {
      joined_->payload += part.payload;
    }
    if (part.final) return std::exchange(joined_, std::nullopt);
  }
}

}  // namespace meshcheck::live
