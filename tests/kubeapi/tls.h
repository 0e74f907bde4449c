// How the server shakes hands: which certificate, which versions, which clients.
#pragma once

#include "kubeapi/certificates.h"
#include "kubeapi/stream.h"

namespace meshcheck::kubeapi {

// Everything that signs and is signed in one server.
struct Authorities {
  Authority own{"meshcheck test authority"};
  Authority foreign{"an authority that nobody trusts"};
};

// Null where the server speaks plain HTTP.
SslContext server_context(const Options& options, const Authorities& authorities);

}  // namespace meshcheck::kubeapi
