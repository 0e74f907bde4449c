// Pods and services through the API server's proxy.
#include <utility>

#include <fmt/format.h>

#include "live/port_forward.h"
#include "live/resource_path.h"
#include "live/status.h"

namespace meshcheck::live {

namespace {

// What istiod answers to others than itself; /debug it does not.
bool may_ask_from_afar(std::string_view path) { return path == "/version" || path == "/metrics"; }

PodAnswer refused(Client& client, std::string_view what, std::string_view why) {
  PodAnswer answer;
  answer.reading = Reading::failed;
  answer.error = fail(client.server(), fmt::format("{}: {}", what, why));
  return answer;
}

// The status is the pod's, unless the API server had to say something itself.
PodAnswer proxy_get(Client& client, const std::string& path, std::string_view what,
                    std::string_view resource) {
  Fetched fetched = client.get_proxied(path, what);
  PodAnswer answer;
  answer.status = fetched.answer.status;
  answer.date = fetched.answer.date;
  const bool answered = fetched.answer.failure == Failure::none && answer.status >= 200 &&
                        (answer.status < 300 || answer.status >= 400);
  if (answered && fetched.reading != Reading::skipped && !read_status(fetched.body)) {
    answer.reading = Reading::whole;
    answer.body = std::move(fetched.body);
    return answer;
  }
  answer.reading = fetched.reading == Reading::whole ? Reading::failed : fetched.reading;
  answer.error = std::move(fetched.error);
  if (!answer.error)
    answer.error = fail(client.server(), fmt::format("{}: no answer of a pod", what));
  if (answer.reading == Reading::forbidden) {
    answer.error->hint = fmt::format("grant `get` on `{}` in the namespace", resource);
  }
  return answer;
}

}  // namespace

PodAnswer pod_proxy_get(Client& client, const PodPort& pod, std::string_view path) {
  const auto what = fmt::format("asking pod {}/{} for {}", pod.name_space, pod.pod, path);
  if (!is_path_segment(pod.name_space) || !is_path_segment(pod.pod) || !may_ask_from_afar(path)) {
    return refused(client, what, "not a pod or a path that may be asked for");
  }
  return proxy_get(
      client,
      fmt::format("/api/v1/namespaces/{}/pods/{}:{}/proxy{}", percent_encoded(pod.name_space),
                  percent_encoded(pod.pod), pod.port, path),
      what, "pods/proxy");
}

PodAnswer service_proxy_get(Client& client, std::string_view name_space, std::string_view service,
                            std::uint16_t port, std::string_view path) {
  const auto what = fmt::format("asking service {}/{} for {}", name_space, service, path);
  if (!is_path_segment(name_space) || !is_path_segment(service) || !may_ask_from_afar(path)) {
    return refused(client, what, "not a service or a path that may be asked for");
  }
  return proxy_get(client,
                   fmt::format("/api/v1/namespaces/{}/services/http:{}:{}/proxy{}",
                               percent_encoded(name_space), percent_encoded(service), port, path),
                   what, "services/proxy");
}

}  // namespace meshcheck::live
