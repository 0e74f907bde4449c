// The server's side of a port-forward: WebSocket with the subprotocol v4.channel.k8s.io.
#pragma once

#include <optional>
#include <string>

#include "kubeapi/http.h"
#include "kubeapi/istiods.h"

namespace meshcheck::kubeapi {

class Stream;

// Why a request cannot become a WebSocket; nullopt: it can.
std::optional<Answer> refuse_upgrade(const Head& head);

// Upgrades the connection, forwards one HTTP request to the istiod and ends the connection.
// No istiod: nothing listens on the pod's port. `buffer` holds what was read beyond the head.
void forward_port(Stream& stream, const Head& head, const std::optional<Istiod>& istiod,
                  Istiods& istiods, const Fault* fault, std::string& buffer);

}  // namespace meshcheck::kubeapi
