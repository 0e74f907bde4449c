#include "mesh/api_server_call.h"

namespace meshcheck {
namespace {

void add(const Resource& owner, Node service, std::vector<ApiServerCall>& calls) {
  if (!service) return;
  // k8s: pkg/apis/admissionregistration/v1/defaults.go: port 443
  calls.push_back({&owner, service, service["port"].integer().value_or(443)});
}

}  // namespace

std::vector<ApiServerCall> api_server_calls(const ResourceIndex& resources) {
  std::vector<ApiServerCall> calls;
  for (const char* kind : {"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"}) {
    for (const Resource* owner : resources.of_kind(kind)) {
      for (const Node webhook : owner->root()["webhooks"].items()) {
        add(*owner, webhook["clientConfig"]["service"], calls);
      }
    }
  }
  for (const Resource* owner : resources.of_kind("APIService")) {
    if (owner->group() != "apiregistration.k8s.io") continue;
    add(*owner, owner->spec()["service"], calls);
  }
  for (const Resource* owner : resources.of_kind("CustomResourceDefinition")) {
    add(*owner, owner->spec()["conversion"]["webhook"]["clientConfig"]["service"], calls);
  }
  return calls;
}

}  // namespace meshcheck
