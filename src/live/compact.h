// What is kept of an object that a cluster listed: what rules read, and nothing that may be secret.
#pragma once

#include <string>
#include <string_view>

#include "meshcheck/result.h"

namespace meshcheck::live {

// Appends one line: the object's JSON with its type, which the API server leaves out of a list's
// items. Left out are managedFields and other bookkeeping, what a container mounts, its probes'
// details, its commands and the values of its environment: these may hold passwords. Of Istio's own
// containers the commands stay, and those variables that configure Istio. Of Istio's configuration
// what may be a credential (redact.h). Fails, appending nothing,
// where the text is no JSON.
Result<bool> append_object(std::string_view object, std::string_view api_version,
                           std::string_view kind, std::string& out);

}  // namespace meshcheck::live
