// What is left of client-go's built-in ways to sign in.
#pragma once

#include <chrono>

#include "live/kubeconfig.h"
#include "live/secret.h"
#include "meshcheck/result.h"

namespace meshcheck::live {

// The token of `oidc` while it is valid. Refreshing it would have to write the user's kubeconfig.
Result<Secret> provided_token(const AuthProvider& provider,
                              std::chrono::system_clock::time_point now);

}  // namespace meshcheck::live
