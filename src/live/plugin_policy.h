// Which credential plugins may run.
#pragma once

#include <optional>
#include <string>

#include "live/host.h"
#include "live/kubeconfig.h"
#include "meshcheck/result.h"

namespace meshcheck::live {

// The reason why it may not. `flag` is --exec-plugins; where it is empty, what the user's
// preferences for kubectl say (credentialPluginPolicy in ~/.kube/kuberc) holds for us, too.
std::optional<Error> forbidden(const PluginConfig& plugin, const std::string& flag,
                               const Host& host);

}  // namespace meshcheck::live
