#include "live/port_forward.h"

#include <array>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "live/answer_head.h"
#include "live/channels.h"
#include "live/http_answer.h"
#include "live/resource_path.h"
#include "live/status.h"
#include "live/websocket.h"

namespace meshcheck::live {

namespace {

constexpr std::size_t kMostBytes = std::size_t{64} << 20;
constexpr std::size_t kMostRefusalBytes =
    std::size_t{64} * 1024;  // of an answer that is no upgrade
constexpr int kTries = 3;

template <std::size_t size>
std::array<std::uint8_t, size> random_bytes() {
  std::random_device source;
  std::array<std::uint8_t, size> bytes{};
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(source() & 0xFFU);
  return bytes;
}

Error broken(std::string why) { return fail("", std::move(why)); }

// One attempt: a connection, its upgrade, one question and the answer.
class Forward {
 public:
  Forward(Client& client, Client::Dialled dialled) : client_(client), dialled_(std::move(dialled)) {
    if (dialled_.timeout.count() != 0) due_ = Clock::now() + dialled_.timeout;
  }

  // Asks for WebSocket. True: granted. False: `refusal` says what the server said instead.
  Result<bool> upgrade() {
    const std::string key = websocket_key(random_bytes<16>());
    std::string request(dialled_.head.reveal());
    request += fmt::format(
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: {}\r\nSec-WebSocket-Protocol: {}\r\n\r\n",
        key, kChannelProtocol);
    const Secret sent(std::move(request));
    if (auto error = dialled_.tunnel->send(sent.reveal())) return *std::move(error);
    while (!upgrade_.done()) {
      auto more = receive();
      if (!more) return more.error();
      auto error = *more == 0 ? upgrade_.end() : upgrade_.add(bytes_);
      if (error) return *std::move(error);
    }
    const HttpHead& head = upgrade_.head();
    if (head.status != 101) return false;
    if (!head.lists("upgrade", "websocket") ||
        head.header("sec-websocket-accept") != accept_of(key)) {
      return broken("the server answers with no right WebSocket handshake");
    }
    if (head.header("sec-websocket-protocol") != kChannelProtocol) {
      return broken(fmt::format("the server does not speak {}", kChannelProtocol));
    }
    messages_.add(upgrade_.rest());
    return true;
  }

  std::optional<Error> ask(const PodPort& pod, std::string_view path) {
    const std::string request = fmt::format(
        "GET {} HTTP/1.1\r\nHost: localhost:{}\r\nUser-Agent: meshcheck\r\nAccept: */*\r\n"
        "Connection: close\r\n\r\n",
        path, pod.port);
    if (auto error = send(Opcode::binary, to_data_channel(request))) return error;
    while (!answer_.done()) {
      auto message = messages_.next();
      if (!message) return message.error();
      if (message->has_value()) {
        if (auto error = take(**message)) return error;
        continue;
      }
      auto more = receive();
      if (!more) return more.error();
      if (*more == 0) return answer_.end();
      messages_.add(bytes_);
    }
    send(Opcode::close, "\x03\xe8");  // 1000: all is well; that it arrives is of no interest
    return std::nullopt;
  }

  HttpAnswerReader& refusal() { return upgrade_; }
  HttpAnswerReader& answer() { return answer_; }
  const Auth& auth() const { return dialled_.auth; }

 private:
  Result<std::size_t> receive() {
    if (client_.ended()) return broken("interrupted, or out of time");
    // Pings keep the connection alive, and would keep the question for ever.
    if (Clock::now() >= due_) return broken("timed out");
    bytes_.clear();
    return dialled_.tunnel->receive(bytes_);
  }

  std::optional<Error> send(Opcode opcode, std::string_view payload) const {
    return dialled_.tunnel->send(encode_frame(opcode, payload, random_bytes<4>()));
  }

  std::optional<Error> take(const Message& message) {
    switch (message.opcode) {
      case Opcode::ping: return send(Opcode::pong, message.payload);
      case Opcode::close: return answer_.end();
      case Opcode::binary: {
        auto data = channels_.add(message.payload);
        if (!data) return data.error();
        return answer_.add(*data);
      }
      default: return std::nullopt;
    }
  }

  using Clock = std::chrono::steady_clock;

  Client& client_;
  Client::Dialled dialled_;
  Clock::time_point due_ = Clock::time_point::max();
  std::string bytes_;
  HttpAnswerReader upgrade_{kMostRefusalBytes};
  MessageReader messages_{kMostBytes};
  ChannelReader channels_;
  HttpAnswerReader answer_{kMostBytes};
};

PodAnswer failed(Client& client, std::string_view what, std::string_view why, Reading reading) {
  PodAnswer answer;
  answer.reading = reading;
  answer.error = fail(client.server(), fmt::format("{}: {}", what, why));
  return answer;
}

// What the server said instead of the upgrade.
PodAnswer read_refusal(Client& client, std::string_view what, HttpAnswerReader& said) {
  Answer answer;
  answer.status = said.head().status;
  answer.content_type = said.head().header("content-type");
  answer.audit_id = shown(said.head().header("audit-id"), 64);
  const std::string why = answer.status == 200 ? "the server does not upgrade to WebSocket"
                                               : describe(answer, said.body());
  Reading reading = Reading::failed;
  if (answer.status == 403) reading = Reading::forbidden;
  if (answer.status == 404) reading = Reading::absent;
  PodAnswer result = failed(client, what, why, reading);
  if (reading == Reading::forbidden) {
    result.error->hint =
        "grant `get` and, from Kubernetes 1.35 on, `create` on `pods/portforward` in the namespace";
  }
  return result;
}

PodAnswer taken(HttpAnswerReader& answer) {
  PodAnswer result;
  result.reading = Reading::whole;
  result.status = answer.head().status;
  result.date = read_http_date(answer.head().header("date"));
  result.body = std::move(answer.body());
  return result;
}

// One attempt; nullopt: the connection broke, another may hold, and `why` says what happened.
std::optional<PodAnswer> attempt(Client& client, const PodPort& pod, std::string_view path,
                                 std::string_view what, bool& may_renew, std::string& why) {
  const std::string forward =
      fmt::format("/api/v1/namespaces/{}/pods/{}/portforward?ports={}",
                  percent_encoded(pod.name_space), percent_encoded(pod.pod), pod.port);
  auto dialled = client.dial(forward);
  if (!dialled) {
    why = dialled.error().message;
    return std::nullopt;
  }
  Forward tunnel(client, std::move(*dialled));
  const auto granted = tunnel.upgrade();
  if (granted && !*granted) {
    if (tunnel.refusal().head().status == 401 && std::exchange(may_renew, false)) {
      const auto renewed = client.renew(tunnel.auth());
      if (!renewed) return failed(client, what, renewed.error().message, Reading::failed);
      why = "401 Unauthorized";
      if (*renewed) return std::nullopt;
    }
    return read_refusal(client, what, tunnel.refusal());
  }
  auto error = granted ? tunnel.ask(pod, path) : std::optional(granted.error());
  if (!error) return taken(tunnel.answer());
  why = error->message;
  return std::nullopt;
}

}  // namespace

PodAnswer port_forward_get(Client& client, const PodPort& pod, std::string_view path) {
  const auto what =
      fmt::format("forwarding to port {} of pod {}/{}", pod.port, pod.name_space, pod.pod);
  if (!is_path_segment(pod.name_space) || !is_path_segment(pod.pod)) {
    return failed(client, what, "no pod can have such a name", Reading::failed);
  }
  if (!may_ask_istiod(path))
    return failed(client, what, "not a path that may be asked for", Reading::failed);
  std::string why;
  bool may_renew = true;
  for (int tries = 0; tries < kTries; ++tries) {
    if (client.ended())
      return failed(client, what, "interrupted, or out of time", Reading::skipped);
    if (auto answer = attempt(client, pod, path, what, may_renew, why)) return *std::move(answer);
  }
  return failed(client, what, why, client.ended() ? Reading::skipped : Reading::failed);
}

bool may_ask_istiod(std::string_view path) {
  return path == "/version" || path == "/metrics" || path == "/debug/syncz";
}

}  // namespace meshcheck::live
