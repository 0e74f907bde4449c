// Any bytes as what a server sends over a forwarded port: frames, the channels in them, the HTTP in
// those. However they are cut, they mean the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "live/channels.h"
#include "live/http_answer.h"
#include "live/websocket.h"

namespace {

using namespace meshcheck::live;

constexpr std::size_t kMostBytes = 2000;

struct Outcome {
  bool refused = false;
  std::string body;
  bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view bytes, std::size_t piece) {
  MessageReader messages(kMostBytes);
  ChannelReader channels;
  HttpAnswerReader answer(kMostBytes);
  Outcome outcome;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    messages.add(bytes.substr(0, piece));
    for (;;) {
      auto message = messages.next();
      if (!message) return {true, {}};
      if (!message->has_value()) break;
      if ((*message)->payload.size() > kMostBytes) std::abort();
      if ((*message)->opcode != Opcode::binary) continue;
      const auto data = channels.add((*message)->payload);
      if (!data || answer.add(*data)) return {true, {}};
    }
  }
  outcome.refused = answer.end().has_value();
  outcome.body = answer.body();
  if (outcome.body.size() > kMostBytes) std::abort();
  return outcome;
}

bool ends(HttpAnswerReader& answer, std::string_view bytes, std::size_t piece) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    if (answer.add(bytes.substr(0, piece))) return false;
  }
  return !answer.end();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  if (read(bytes, 1) != read(bytes, size + 1)) std::abort();
  HttpAnswerReader whole(kMostBytes);
  HttpAnswerReader pieces(kMostBytes);
  const bool accepted = ends(whole, bytes, size + 1);
  if (accepted != ends(pieces, bytes, 3)) std::abort();
  if (accepted && (whole.body() != pieces.body() || whole.head().status != pieces.head().status)) {
    std::abort();
  }
  return 0;
}
