#include "live/channels.h"

#include <algorithm>

#include "live/answer_head.h"

namespace meshcheck::live {

namespace {

constexpr char kData = 0;
constexpr char kError = 1;

std::string_view without_port(std::string_view payload, int& port_bytes) {
  const auto size = std::min(static_cast<std::size_t>(port_bytes), payload.size());
  port_bytes -= static_cast<int>(size);
  return payload.substr(size);
}

}  // namespace

std::string to_data_channel(std::string_view bytes) { return std::string(1, kData).append(bytes); }

Result<std::string_view> ChannelReader::add(std::string_view message) {
  if (message.empty()) return message;
  const char channel = message.front();
  message.remove_prefix(1);
  if (channel == kData) return without_port(message, data_port_bytes_);
  if (channel != kError) return fail("", "the server opened a channel that nobody asked for");
  const auto text = without_port(message, error_port_bytes_);
  if (!text.empty()) return fail("", "the pod's port cannot be reached: " + shown(text));
  return std::string_view{};
}

}  // namespace meshcheck::live
