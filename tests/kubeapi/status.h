// Errors as the API server words them.
#pragma once

#include <string>
#include <string_view>

#include "kubeapi/http.h"
#include "kubeapi/objects.h"

namespace meshcheck::kubeapi {

// A Status object. `details` may be empty.
Answer status_answer(int code, std::string_view reason, const std::string& message,
                     const Json& details = Json::object());
// The reason that goes with a code.
std::string_view status_reason(int code);
Answer plain_answer(int code, std::string_view text);
Answer json_answer(const Json& body);

Answer unauthorized();
Answer bad_request(const std::string& message);
Answer not_acceptable();
Answer unknown_path();      // of a group that is not served: plain text
Answer unknown_resource();  // of a group that is: a Status
// `resource` with its group, as in `virtualservices.networking.istio.io`.
Answer unknown_object(const std::string& resource, const std::string& name);

}  // namespace meshcheck::kubeapi
