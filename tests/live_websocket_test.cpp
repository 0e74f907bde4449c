// WebSocket frames, the HTTP within them, and the channels of a forwarded port.
#include <string>

#include <catch2/catch.hpp>

#include "live/channels.h"
#include "live/http_answer.h"
#include "live/sha1.h"
#include "live/websocket.h"

using namespace meshcheck::live;

namespace {

std::string frame(unsigned first, std::string_view payload) {
  std::string bytes(1, static_cast<char>(first));
  if (payload.size() < 126) {
    bytes += static_cast<char>(payload.size());
  } else {
    bytes += static_cast<char>(126);
    bytes += static_cast<char>(payload.size() / 256);
    bytes += static_cast<char>(payload.size() % 256);
  }
  return bytes.append(payload);
}

std::optional<Message> only(MessageReader& reader) {
  auto message = reader.next();
  REQUIRE(message);
  return *message;
}

// The answer to bytes that come in pieces of each size.
std::string body_of(const std::string& bytes, std::size_t piece) {
  HttpAnswerReader reader(1000);
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    REQUIRE_FALSE(reader.add(std::string_view(bytes).substr(at, piece)));
  }
  REQUIRE_FALSE(reader.end());
  CHECK(reader.head().status == 200);
  return reader.body();
}

bool refused(std::string_view bytes) {
  HttpAnswerReader reader(1000);
  return reader.add(bytes).has_value() || reader.end().has_value();
}

}  // namespace

TEST_CASE("SHA-1 and the accept key of RFC 6455") {
  std::string hex;
  for (const auto byte : sha1("abc"))
    hex += "0123456789abcdef"[byte >> 4U], hex += "0123456789abcdef"[byte & 15U];
  CHECK(hex == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(accept_of("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  CHECK(websocket_key({}) == "AAAAAAAAAAAAAAAAAAAAAA==");
}

TEST_CASE("a client's frame is masked, whatever its length") {
  CHECK(encode_frame(Opcode::binary, "Hello", {0x37, 0xfa, 0x21, 0x3d}) ==
        "\x82\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
  CHECK(encode_frame(Opcode::binary, std::string(126, 'x'), {}).substr(0, 4) ==
        std::string("\x82\xfe\x00\x7e", 4));
  CHECK(encode_frame(Opcode::binary, std::string(70'000, 'x'), {}).substr(0, 10) ==
        std::string("\x82\xff\x00\x00\x00\x00\x00\x01\x11\x70", 10));
}

TEST_CASE("messages come in fragments, with pings between, byte by byte") {
  const std::string bytes = frame(0x02, "one ") + frame(0x89, "hi") + frame(0x00, "two ") +
                            frame(0x80, std::string(300, 'x')) + frame(0x88, "");
  MessageReader reader(1000);
  std::vector<Message> messages;
  for (const char byte : bytes) {
    reader.add({&byte, 1});
    while (auto message = only(reader)) messages.push_back(*message);
  }
  REQUIRE(messages.size() == 3);
  CHECK(messages[0].opcode == Opcode::ping);
  CHECK(messages[0].payload == "hi");
  CHECK(messages[1].opcode == Opcode::binary);
  CHECK(messages[1].payload == "one two " + std::string(300, 'x'));
  CHECK(messages[2].opcode == Opcode::close);
}

TEST_CASE("what a server must not send ends the conversation") {
  for (const auto& bytes : {
           std::string("\x82\x81\x01\x02\x03\x04x", 7),                  // masked
           frame(0x83, "x"),                                             // an unknown kind
           frame(0xC2, "x"),                                             // a reserved bit
           frame(0x80, "x"),                                             // a fragment of nothing
           frame(0x02, "x") + frame(0x82, "y"),                          // a message within another
           frame(0x09, "x"),                                             // a fragmented ping
           frame(0x89, std::string(126, 'x')),                           // a long ping
           std::string("\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff", 10),  // a message without end
           frame(0x02, std::string(600, 'x')) + frame(0x80, std::string(600, 'x')),
       }) {
    MessageReader reader(1000);
    reader.add(bytes);
    CHECK_FALSE(reader.next());
  }
}

TEST_CASE("an answer is whole by its length, its chunks, or the end") {
  const std::string head = "HTTP/1.1 200 OK\r\nDate: x\r\n";
  for (const std::size_t piece : {1U, 3U, 1000U}) {
    CHECK(body_of(head + "Content-Length: 5\r\n\r\nhello", piece) == "hello");
    CHECK(
        body_of(
            head + "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nA: b\r\n\r\n",
            piece) == "hello");
    CHECK(body_of(head + "\r\nhello", piece) == "hello");
    CHECK(body_of("HTTP/1.1 100 Continue\r\n\r\n" + head + "Content-Length: 0\r\n\r\n", piece)
              .empty());
  }
}

TEST_CASE("an answer that is cut, damaged or too large is none") {
  const std::string head = "HTTP/1.1 200 OK\r\n";
  CHECK(refused(""));
  CHECK(refused("SSH-2.0\r\n\r\n"));
  CHECK(refused(head + "Content-Length: 5\r\n\r\nhell"));
  CHECK(refused(head + "Content-Length: five\r\n\r\nhello"));
  CHECK(refused(head + "Content-Length: 5000\r\n\r\n" + std::string(5000, 'x')));
  CHECK(refused(head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"));
  CHECK(refused(head + "Transfer-Encoding: chunked\r\n\r\nx\r\nhello\r\n"));
  CHECK(refused(head + "Transfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n"));
  CHECK(refused(head + std::string(70'000, 'x')));
}

TEST_CASE("what follows an upgrade is another protocol's") {
  HttpAnswerReader reader(1000);
  REQUIRE_FALSE(
      reader.add("HTTP/1.1 101 Switching\r\nConnection: keep-alive, Upgrade\r\n\r\n\x82\x01x"));
  CHECK(reader.done());
  CHECK(reader.head().lists("connection", "upgrade"));
  CHECK(reader.rest() == "\x82\x01x");
}

TEST_CASE("a forwarded port has data, or words why there is none") {
  ChannelReader reader;
  CHECK(reader.add(std::string("\0\x98", 2))->empty());
  CHECK(*reader.add(std::string("\0\x3a"
                                "data",
                                6)) == "data");
  CHECK(reader.add(std::string("\1\x98\x3a", 3))->empty());
  const auto refused = reader.add("\1connection refused\x1b");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "the pod's port cannot be reached: connection refused");
  CHECK_FALSE(reader.add("\7x"));
}
