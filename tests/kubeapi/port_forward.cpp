#include "kubeapi/port_forward.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <thread>

#include <fmt/format.h>

#include "kubeapi/hash.h"
#include "kubeapi/status.h"
#include "kubeapi/stream.h"

namespace meshcheck::kubeapi {
namespace {

constexpr std::string_view kProtocol = "v4.channel.k8s.io";
constexpr std::size_t kLargestFrame = 1 << 20;

enum Opcode : std::uint8_t { continuation = 0, binary = 2, close = 8, ping = 9, pong = 10 };

std::string accept_key(std::string_view key) {
  return base64(sha1(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
}

std::string big_endian(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>((value >> (8 * i)) & 0xff);
  return out;
}

// How many bytes of length follow the seven bits.
std::size_t extended_length(std::size_t seven_bits) {
  if (seven_bits == 126) return 2;
  return seven_bits == 127 ? 8 : 0;
}

struct Frame {
  bool final = true;
  std::uint8_t opcode = 0;
  bool masked = false;
  std::string payload;
};

// The frames of one connection.
class Frames {
 public:
  Frames(Stream& stream, std::string& buffer, bool mask)
      : stream_(stream), buffer_(buffer), mask_(mask) {}

  // nullopt: the connection ended, or what came is no frame.
  std::optional<Frame> read() {
    if (!have(2)) return std::nullopt;
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(buffer_[i]); };
    Frame frame{(byte(0) & 0x80) != 0,
                static_cast<std::uint8_t>(byte(0) & 0x0f),
                (byte(1) & 0x80) != 0,
                {}};
    std::size_t size = byte(1) & 0x7f;
    const std::size_t extended = extended_length(size);
    const std::size_t head = 2 + extended + (frame.masked ? 4 : 0);
    if (!have(head)) return std::nullopt;
    if (extended != 0) size = 0;
    for (std::size_t i = 0; i < extended; ++i) size = (size << 8) | byte(2 + i);
    if (size > kLargestFrame || !have(head + size)) return std::nullopt;
    frame.payload = buffer_.substr(head, size);
    for (std::size_t i = 0; frame.masked && i < size; ++i) {
      frame.payload[i] = static_cast<char>(frame.payload[i] ^ buffer_[head - 4 + i % 4]);
    }
    buffer_.erase(0, head + size);
    return frame;
  }

  bool write(std::uint8_t opcode, std::string_view payload, bool final = true) {
    std::string out{static_cast<char>((final ? 0x80 : 0) | opcode)};
    const int flag = mask_ ? 0x80 : 0;
    if (payload.size() < 126) {
      out += static_cast<char>(flag | static_cast<int>(payload.size()));
    } else if (payload.size() < 65536) {
      out += static_cast<char>(flag | 126);
      out += big_endian(payload.size(), 2);
    } else {
      out += static_cast<char>(flag | 127);
      out += big_endian(payload.size(), 8);
    }
    // A mask of zeros leaves the payload as it is.
    if (mask_) out.append(4, '\0');
    return stream_.write(out.append(payload));
  }

  // A message of one channel; in frames of at most `piece` bytes with pings between them, where
  // `piece` is not 0.
  bool send(int channel, std::string_view text, std::size_t piece) {
    const std::string message = static_cast<char>(channel) + std::string(text);
    if (piece == 0) return write(binary, message);
    std::string_view rest = message;
    std::uint8_t opcode = binary;
    bool sent = true;
    while (!rest.empty() && sent) {
      const std::string_view part = rest.substr(0, piece);
      rest.remove_prefix(part.size());
      sent = write(opcode, part, rest.empty()) && (rest.empty() || write(ping, "are you there"));
      opcode = continuation;
    }
    return sent;
  }

 private:
  bool have(std::size_t size) {
    std::array<char, 4096> bytes{};
    while (buffer_.size() < size) {
      const std::size_t count = stream_.read(bytes.data(), bytes.size());
      if (count == 0) return false;
      buffer_.append(bytes.data(), count);
    }
    return true;
  }

  Stream& stream_;
  std::string& buffer_;
  bool mask_;
};

bool is(const Fault* fault, FaultKind kind) { return fault != nullptr && fault->kind == kind; }

std::string upgrade_text(const Head& head, const Fault* fault) {
  const bool wrong = is(fault, FaultKind::wrong_accept);
  std::string text =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Accept: ";
  text += accept_key(wrong ? "c29tZSBvdGhlciBrZXkhIQ==" : head.header("Sec-WebSocket-Key"));
  text += "\r\n";
  if (!is(fault, FaultKind::no_protocol)) {
    text += fmt::format("Sec-WebSocket-Protocol: {}\r\n", kProtocol);
  }
  return text + "\r\n";
}

// The request that the client sends through channel 0; nullopt: it sent none.
std::optional<Head> forwarded_request(Frames& frames) {
  std::string text;
  while (text.find("\r\n\r\n") == std::string::npos) {
    const std::optional<Frame> frame = frames.read();
    if (!frame || !frame->masked || frame->opcode == close) return std::nullopt;
    if (frame->opcode == ping) frames.write(pong, frame->payload);
    if (frame->opcode != binary || frame->payload.empty()) continue;
    if (frame->payload.front() == 0) text += frame->payload.substr(1);
  }
  return parse_head(text);
}

// Sends the end, then reads until the client's end: pongs, and the answer to ours.
void end_in_good_order(Stream& stream, Frames& frames) {
  frames.write(close, big_endian(1000, 2));
  while (true) {
    const std::optional<Frame> frame = frames.read();
    if (!frame || frame->opcode == close) break;
  }
  stream.finish();
}

std::uint16_t port_of(const Head& head) {
  const std::string text = head.parameter("ports");
  std::uint16_t port = 0;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port;
}

// What arrives on the error channel; empty: the port is open.
std::string failure(const Head& head, const std::optional<Istiod>& istiod, const Fault* fault) {
  const std::uint16_t port = port_of(head);
  const bool refused = !istiod || istiod->port != port;
  if (!refused && !is(fault, FaultKind::channel_error)) return {};
  if (fault != nullptr && !fault->body.empty()) return fault->body;
  return fmt::format(
      "error forwarding port {0} to pod: failed to connect to localhost:{0} inside "
      "namespace: dial tcp4 127.0.0.1:{0}: connect: connection refused",
      port);
}

void answer_request(Stream& stream, Frames& frames, const Istiod& istiod, Istiods& istiods,
                    const Fault* fault) {
  const std::optional<Head> request = forwarded_request(frames);
  if (!request) return stream.finish();
  if (is(fault, FaultKind::pings)) {
    while (frames.write(ping, "")) std::this_thread::sleep_for(fault->delay);
    return;
  }
  const Answer answer = istiods.answer(istiod, request->path, Caller::loopback);
  // As Go does where nobody sets a length.
  std::string text = answer_text(answer, answer.body.size() > 2048);
  const bool cut = is(fault, FaultKind::cut_forward);
  if (cut) text.resize(std::min(text.size(), fault->at));
  const bool fragments = is(fault, FaultKind::fragments);
  const bool sent = frames.send(0, text, fragments ? std::max<std::size_t>(fault->at, 1) : 0);
  if (cut || !sent) return stream.finish();
  end_in_good_order(stream, frames);
}

}  // namespace

std::optional<Answer> refuse_upgrade(const Head& head) {
  if (!same_text_ignoring_case(head.header("Upgrade"), "websocket")) {
    return status_answer(400, "BadRequest", "Upgrade request required");
  }
  std::string_view offered = head.header("Sec-WebSocket-Protocol");
  const bool known = offered.find(kProtocol) != std::string_view::npos;
  if (!known || head.header("Sec-WebSocket-Version") != "13" ||
      from_base64(head.header("Sec-WebSocket-Key")).value_or("").size() != 16) {
    return status_answer(400, "BadRequest",
                         "unable to upgrade: websocket server can't negotiate a protocol");
  }
  if (port_of(head) == 0) {
    return status_answer(400, "BadRequest", "query parameter \"ports\" is required");
  }
  return std::nullopt;
}

void forward_port(Stream& stream, const Head& head, const std::optional<Istiod>& istiod,
                  Istiods& istiods, const Fault* fault, std::string& buffer) {
  if (!stream.write(upgrade_text(head, fault))) return;
  Frames frames(stream, buffer, is(fault, FaultKind::masked));
  const std::uint16_t port = port_of(head);
  const std::string little_endian{static_cast<char>(port & 0xff), static_cast<char>(port >> 8)};
  if (!frames.send(0, little_endian, 0) || !frames.send(1, little_endian, 0)) return;
  const std::string error = failure(head, istiod, fault);
  if (error.empty()) return answer_request(stream, frames, *istiod, istiods, fault);
  frames.send(1, error, 0);
  end_in_good_order(stream, frames);
}

}  // namespace meshcheck::kubeapi
