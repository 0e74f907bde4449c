#include "kubeapi/synthetic_pods.h"

#include <fmt/format.h>

namespace meshcheck::kubeapi {
namespace {

// Places are marked with a byte that no text has: \x01 and a letter.
constexpr char kMark = '\x01';

std::string place(char letter) { return {kMark, letter}; }

Json sidecar(const SyntheticPods& pods) {
  return {
      {"name", "istio-proxy"},
      {"image", pods.proxy_image},
      {"args", Json::array({"proxy", "sidecar", "--domain", "$(POD_NAMESPACE).svc.cluster.local",
                            "--proxyLogLevel=warning", "--concurrency", "2"})},
      {"ports",
       Json::array({{{"containerPort", 15090}, {"name", "http-envoy-prom"}, {"protocol", "TCP"}}})},
      {"resources",
       {{"requests", {{"cpu", "100m"}, {"memory", "128Mi"}}},
        {"limits", {{"cpu", "2"}, {"memory", "1Gi"}}}}},
      {"securityContext", {{"runAsUser", 1337}, {"runAsGroup", 1337}}}};
}

Json application() {
  return {
      {"name", "app"},
      {"image", "registry.example/shop/app:3.2.1"},
      {"ports", Json::array({{{"containerPort", 8080}, {"name", "http"}}})},
      {"resources",
       {{"requests", {{"cpu", "250m"}, {"memory", "256Mi"}}}, {"limits", {{"memory", "512Mi"}}}}}};
}

Json container_status(const char* name, const std::string& image) {
  return {{"name", name},    {"image", image},
          {"ready", true},   {"restartCount", 0},
          {"started", true}, {"state", {{"running", {{"startedAt", "2026-01-05T08:00:05Z"}}}}}};
}

// Who set which field: most of what a real pod is long for.
Json managed_fields(std::size_t entries) {
  Json fields = Json::object();
  for (std::size_t i = 0; i < entries; ++i) {
    fields[fmt::format("f:container-{:04}", i)] = {
        {".", Json::object()},
        {"f:env", {{R"(k:{"name":"ISTIO_META_POD_PORTS"})", {{".", Json::object()}}}}},
        {"f:terminationMessagePolicy", Json::object()}};
  }
  return Json::array({{{"manager", "kube-controller-manager"},
                       {"operation", "Update"},
                       {"apiVersion", "v1"},
                       {"time", "2026-01-05T08:00:00Z"},
                       {"fieldsType", "FieldsV1"},
                       {"fieldsV1", {{"f:spec", std::move(fields)}}}}});
}

Json metadata(const SyntheticPods& pods, std::size_t managed_entries) {
  return {{"name", place('n')},
          {"namespace", place('s')},
          {"uid", "00000000-0000-4000-a000-" + place('u')},
          {"resourceVersion", "1000"},
          {"creationTimestamp", "2026-01-05T08:00:00Z"},
          {"labels",
           {{"app", place('a')},
            {"pod-template-hash", "5d8f6c7b9c"},
            {"security.istio.io/tlsMode", "istio"},
            {"service.istio.io/canonical-name", place('a')}}},
          {"annotations",
           {{"sidecar.istio.io/status",
             R"({"initContainers":["istio-init"],"containers":["istio-proxy"],"revision":")" +
                 pods.revision + R"("})"}}},
          {"ownerReferences", Json::array({{{"apiVersion", "apps/v1"},
                                            {"kind", "ReplicaSet"},
                                            {"name", place('a') + "-5d8f6c7b9c"},
                                            {"controller", true},
                                            {"uid", "00000000-0000-4000-b000-000000000000"}}})},
          {"managedFields", managed_fields(managed_entries)}};
}

Json pod(const SyntheticPods& pods, std::size_t managed_entries) {
  return {
      {"metadata", metadata(pods, managed_entries)},
      {"spec",
       {{"nodeName", "node-" + place('d')},
        {"serviceAccountName", "default"},
        {"initContainers", Json::array({{{"name", "istio-init"}, {"image", pods.proxy_image}}})},
        {"containers", Json::array({application(), sidecar(pods)})}}},
      {"status",
       {{"phase", "Running"},
        {"startTime", "2026-01-05T08:00:00Z"},
        {"containerStatuses",
         Json::array({container_status("app", "registry.example/shop/app:3.2.1"),
                      container_status("istio-proxy", pods.proxy_image)})}}}};
}

}  // namespace

PodFactory::PodFactory(const SyntheticPods& pods) : pods_(pods) {
  pods_.namespaces = std::max<std::size_t>(pods_.namespaces, 1);
  const std::size_t short_size = pod(pods_, 0).dump().size();
  const std::size_t entry = pod(pods_, 1).dump().size() - short_size;
  const std::size_t entries = pods_.bytes > short_size ? (pods_.bytes - short_size) / entry : 0;
  // dump() writes the mark as \u0001.
  pod_ = cut(pod(pods_, entries).dump());
  metadata_ = cut(Json{{"kind", "PartialObjectMetadata"},
                       {"apiVersion", "meta.k8s.io/v1"},
                       {"metadata", metadata(pods_, entries)}}
                      .dump());
}

std::vector<Json> PodFactory::namespaces() const {
  std::vector<Json> all;
  for (std::size_t i = 0; i < pods_.namespaces; ++i) {
    all.push_back(
        {{"kind", "Namespace"},
         {"apiVersion", "v1"},
         {"metadata",
          {{"name", name_space(i)},
           {"labels",
            {{"istio.io/rev", pods_.revision}, {"kubernetes.io/metadata.name", name_space(i)}}}}},
         {"status", {{"phase", "Active"}}}});
  }
  return all;
}

std::string PodFactory::name_space(std::size_t i) const {
  return fmt::format("load-{:03}", i % pods_.namespaces);
}

std::string PodFactory::name(std::size_t i) const {
  return fmt::format("app-{:03}-5d8f6c7b9c-{:06}", i % 50, i);
}

PodFactory::Template PodFactory::cut(const std::string& text) {
  static constexpr std::string_view kEscaped = "\\u0001";
  Template result;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = text.find(kEscaped, begin);
    result.texts.push_back(text.substr(begin, end - begin));
    if (end == std::string::npos) return result;
    result.places.push_back(text[end + kEscaped.size()]);
    begin = end + kEscaped.size() + 1;
  }
}

std::string PodFactory::write(const Template& from, std::size_t i) const {
  std::string out;
  out.reserve(pods_.bytes + 512);
  for (std::size_t at = 0; at < from.texts.size(); ++at) {
    out += from.texts[at];
    if (at == from.places.size()) break;
    switch (from.places[at]) {
      case 'n': out += name(i); break;
      case 's': out += name_space(i); break;
      case 'u': out += fmt::format("{:012}", i); break;
      case 'a': out += fmt::format("app-{:03}", i % 50); break;
      default: out += fmt::format("{:03}", i % 100); break;
    }
  }
  return out;
}

}  // namespace meshcheck::kubeapi
