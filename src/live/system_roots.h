// Whom to trust where a kubeconfig names no certificate authority.
#pragma once

#include <string>

#include "live/host.h"
#include "meshcheck/result.h"

namespace meshcheck::live {

// The certificates that SSL_CERT_FILE and SSL_CERT_DIR name, as Go's crypto/x509 reads them: each
// replaces its part of what the system has. Empty where neither is set.
Result<std::string> roots_of_environment(const Host& host);

}  // namespace meshcheck::live
