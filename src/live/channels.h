// The two streams of one forwarded port, within WebSocket messages: Kubernetes'
// `v4.channel.k8s.io`.
#pragma once

#include <string>
#include <string_view>

#include "meshcheck/result.h"

namespace meshcheck::live {

inline constexpr std::string_view kChannelProtocol = "v4.channel.k8s.io";

// A message's payload for the port's data.
std::string to_data_channel(std::string_view bytes);

// Sorts what comes: each channel begins with the port's number, which says nothing new.
class ChannelReader {
 public:
  // One binary message. Gives the data in it, maybe none; an Error is the other end's word that the
  // port cannot be reached, or nonsense.
  Result<std::string_view> add(std::string_view message);

 private:
  int data_port_bytes_ = 2;  // still to come
  int error_port_bytes_ = 2;
};

}  // namespace meshcheck::live
