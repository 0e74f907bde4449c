// Credentials that nobody has to be asked for: certificates, tokens and passwords, from the
// kubeconfig itself or from files, which are read again as time goes by.
#pragma once

#include <memory>

#include "live/access.h"
#include "live/host.h"
#include "live/kubeconfig.h"
#include "meshcheck/result.h"

namespace meshcheck::live {

// Reads everything once: what cannot be read now is an error now.
Result<std::shared_ptr<Credentials>> standing_credentials(const UserEntry& user, const Host& host);

// "Bearer …"; for other sources of tokens.
Secret bearer(std::string_view token);

}  // namespace meshcheck::live
