#include "kubeapi/status.h"

namespace meshcheck::kubeapi {

std::string_view status_reason(int code) {
  switch (code) {
    case 400: return "BadRequest";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "NotFound";
    case 405: return "MethodNotAllowed";
    case 406: return "NotAcceptable";
    case 410: return "Expired";
    case 413: return "RequestEntityTooLarge";
    case 422: return "Invalid";
    case 429: return "TooManyRequests";
    case 503: return "ServiceUnavailable";
    case 504: return "Timeout";
    default: return "InternalError";
  }
}

Answer status_answer(int code, std::string_view reason, const std::string& message,
                     const Json& details) {
  Json body{{"kind", "Status"},    {"apiVersion", "v1"}, {"metadata", Json::object()},
            {"status", "Failure"}, {"message", message}, {"reason", reason},
            {"details", details},  {"code", code}};
  Answer answer = json_answer(body);
  answer.status = code;
  return answer;
}

Answer plain_answer(int code, std::string_view text) {
  Answer answer{code, "text/plain; charset=utf-8", std::string(text), {}};
  answer.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return answer;
}

Answer json_answer(const Json& body) {
  return {200, "application/json", body.dump() + "\n", {{"Cache-Control", "no-cache, private"}}};
}

Answer unauthorized() { return status_answer(401, "Unauthorized", "Unauthorized"); }

Answer bad_request(const std::string& message) { return status_answer(400, "BadRequest", message); }

Answer not_acceptable() {
  return status_answer(406, "NotAcceptable",
                       "only the following media types are accepted: application/json, "
                       "application/yaml, application/vnd.kubernetes.protobuf");
}

Answer unknown_path() { return plain_answer(404, "404 page not found\n"); }

Answer unknown_resource() {
  return status_answer(404, "NotFound", "the server could not find the requested resource");
}

Answer unknown_object(const std::string& resource, const std::string& name) {
  const std::string plural = resource.substr(0, resource.find('.'));
  Json details{{"name", name}, {"kind", plural}};
  if (plural.size() < resource.size()) details["group"] = resource.substr(plural.size() + 1);
  return status_answer(404, "NotFound", resource + " \"" + name + "\" not found", details);
}

}  // namespace meshcheck::kubeapi
