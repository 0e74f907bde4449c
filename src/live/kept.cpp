#include "live/kept.h"

#include <algorithm>
#include <array>
#include <span>

#include "input/arena.h"
#include "input/parse.h"
#include "input/value_json.h"

namespace meshcheck::live {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 7> kIstioContainers = {
    "discovery", "istio-proxy", "istio-init",      "istio-validation",
    "ztunnel",   "install-cni", "enable-core-dump"};
// Names of variables that configure Istio and never hold a credential.
constexpr std::array<std::string_view, 12> kIstioVariables = {
    "PILOT_", "ISTIO",  "ENABLE_",    "UNSAFE_",    "CLUSTER_ID", "REVISION",
    "POD_",   "PROXY_", "GOMEMLIMIT", "GOMAXPROCS", "AMBIENT_",   "SHARED_MESH_CONFIG"};
// Annotations that say how an object is installed or what Istio makes of it.
constexpr std::array<std::string_view, 9> kAnnotationParts = {"keda.sh/",
                                                              "istio.io/",
                                                              "meshcheck/",
                                                              "prometheus.io/",
                                                              "helm.sh/",
                                                              "argoproj.io/",
                                                              "kubernetes.io/ingress",
                                                              "toolkit.fluxcd.io/",
                                                              "ingressclass.kubernetes.io/"};

// Below a pod's spec and its containers; the rest of what stands there is small.
constexpr std::array<std::string_view, 12> kHeavy = {"volumes",
                                                     "volumeMounts",
                                                     "volumeDevices",
                                                     "tolerations",
                                                     "envFrom",
                                                     "dnsConfig",
                                                     "imagePullSecrets",
                                                     "readinessGates",
                                                     "volumeClaimTemplates",
                                                     "terminationMessagePath",
                                                     "terminationMessagePolicy",
                                                     "schedulerName"};

bool is_one_of(std::string_view text, Names names) {
  return std::ranges::find(names, text) != names.end();
}
bool begins_like(std::string_view text, Names names) {
  return std::ranges::any_of(names, [&](auto name) { return text.starts_with(name); });
}
bool holds_one_of(std::string_view text, Names parts) {
  return std::ranges::any_of(parts,
                             [&](auto part) { return text.find(part) != std::string_view::npos; });
}

}  // namespace

bool is_istio_container(std::string_view name) { return is_one_of(name, kIstioContainers); }
bool is_istio_variable(std::string_view name) {
  // Repeats all annotations of the pod, also those that are left out.
  return begins_like(name, kIstioVariables) && name != "ISTIO_METAJSON_ANNOTATIONS";
}
bool is_kept_annotation(std::string_view name) { return holds_one_of(name, kAnnotationParts); }
bool is_heavy(std::string_view key) { return is_one_of(key, kHeavy); }

std::string_view ends_the_proxy(Node value) {
  constexpr std::array<std::string_view, 4> kWords = {"quitquitquit", "pilot-agent", "pkill",
                                                      "scuttle"};
  std::string text;
  append_json(value, text);
  const auto* found =
      std::ranges::find_if(kWords, [&](auto word) { return text.find(word) != std::string::npos; });
  return found == kWords.end() ? std::string_view{} : *found;
}

std::optional<std::int64_t> replicas_in(std::string_view recorded) {
  Source source;
  source.text = recorded;
  Arena arena;
  const Parsed parsed = parse(source, whole(recorded), arena, Format::json);
  if (parsed.outcome != Parsed::Outcome::tree) return std::nullopt;
  return parsed.document->root()["spec"]["replicas"].integer();
}

std::string injected_by(std::string_view annotation, Node value) {
  if (annotation != "sidecar.istio.io/status") return {};
  Source source;
  source.text = value.text();
  Arena arena;
  const Parsed parsed = parse(source, whole(source.text), arena, Format::json);
  if (parsed.outcome != Parsed::Outcome::tree) return {};
  const std::string revision(parsed.document->root()["revision"].text());
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789-.";
  return revision.find_first_not_of(kAllowed) == std::string::npos ? revision : std::string{};
}

}  // namespace meshcheck::live
