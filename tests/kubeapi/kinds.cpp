#include "kubeapi/kinds.h"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace meshcheck::kubeapi {
namespace {

Kind custom(std::string group, std::string version, std::string kind, std::string plural,
            bool namespaced = true) {
  return {std::move(group),  {std::move(version)}, std::move(kind),
          std::move(plural), namespaced,           true};
}

struct ParsedVersion {
  int major = 0;
  int stability = 0;  // 0: no version of Kubernetes, 1: alpha, 2: beta, 3: stable
  int minor = 0;
};

int leading_number(std::string_view& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc() ? number : -1;
}

ParsedVersion parsed(std::string_view version) {
  if (!version.starts_with('v')) return {};
  version.remove_prefix(1);
  ParsedVersion result;
  result.major = leading_number(version);
  if (result.major < 0) return {};
  if (version.empty()) return {result.major, 3, 0};
  const bool alpha = version.starts_with("alpha");
  if (!alpha && !version.starts_with("beta")) return {};
  version.remove_prefix(alpha ? 5 : 4);
  result.stability = alpha ? 1 : 2;
  result.minor = leading_number(version);
  return result;
}

}  // namespace

bool Kind::serves(std::string_view version) const {
  return std::find(versions.begin(), versions.end(), version) != versions.end();
}

std::span<const Kind> builtin_kinds() {
  static const std::vector<Kind> kinds{
      {"", {"v1"}, "ConfigMap", "configmaps", true, false, "cm"},
      {"", {"v1"}, "Endpoints", "endpoints", true, false, "ep"},
      {"", {"v1"}, "Event", "events", true, false, "ev"},
      {"", {"v1"}, "LimitRange", "limitranges", true, false, "limits"},
      {"", {"v1"}, "Namespace", "namespaces", false, false, "ns", {"status"}},
      {"", {"v1"}, "Node", "nodes", false, false, "no", {"proxy", "status"}},
      {"", {"v1"}, "PersistentVolumeClaim", "persistentvolumeclaims", true, false, "pvc"},
      {"",
       {"v1"},
       "Pod",
       "pods",
       true,
       false,
       "po",
       {"exec", "log", "portforward", "proxy", "status"}},
      {"", {"v1"}, "ResourceQuota", "resourcequotas", true, false, "quota"},
      {"", {"v1"}, "Secret", "secrets"},
      {"", {"v1"}, "Service", "services", true, false, "svc", {"proxy", "status"}},
      {"", {"v1"}, "ServiceAccount", "serviceaccounts", true, false, "sa", {"token"}},
      {"admissionregistration.k8s.io",
       {"v1"},
       "MutatingWebhookConfiguration",
       "mutatingwebhookconfigurations",
       false},
      {"admissionregistration.k8s.io",
       {"v1"},
       "ValidatingWebhookConfiguration",
       "validatingwebhookconfigurations",
       false},
      {"apiextensions.k8s.io",
       {"v1"},
       "CustomResourceDefinition",
       "customresourcedefinitions",
       false,
       false,
       "crd"},
      {"apps", {"v1"}, "DaemonSet", "daemonsets", true, false, "ds", {"status"}},
      {"apps", {"v1"}, "Deployment", "deployments", true, false, "deploy", {"scale", "status"}},
      {"apps", {"v1"}, "ReplicaSet", "replicasets", true, false, "rs", {"scale", "status"}},
      {"apps", {"v1"}, "StatefulSet", "statefulsets", true, false, "sts", {"scale", "status"}},
      {"autoscaling",
       {"v2", "v1"},
       "HorizontalPodAutoscaler",
       "horizontalpodautoscalers",
       true,
       false,
       "hpa",
       {"status"}},
      {"batch", {"v1"}, "CronJob", "cronjobs", true, false, "cj"},
      {"batch", {"v1"}, "Job", "jobs"},
      {"discovery.k8s.io", {"v1"}, "EndpointSlice", "endpointslices"},
      {"networking.k8s.io", {"v1"}, "Ingress", "ingresses", true, false, "ing"},
      {"networking.k8s.io", {"v1"}, "NetworkPolicy", "networkpolicies", true, false, "netpol"},
      {"policy",
       {"v1"},
       "PodDisruptionBudget",
       "poddisruptionbudgets",
       true,
       false,
       "pdb",
       {"status"}},
      {"rbac.authorization.k8s.io", {"v1"}, "ClusterRole", "clusterroles", false},
      {"rbac.authorization.k8s.io", {"v1"}, "ClusterRoleBinding", "clusterrolebindings", false},
      {"rbac.authorization.k8s.io", {"v1"}, "Role", "roles"},
      {"rbac.authorization.k8s.io", {"v1"}, "RoleBinding", "rolebindings"},
  };
  return kinds;
}

const Kind* known_custom_kind(std::string_view group, std::string_view kind) {
  static const std::vector<Kind> kinds{
      custom("networking.istio.io", "v1", "DestinationRule", "destinationrules"),
      custom("networking.istio.io", "v1alpha3", "EnvoyFilter", "envoyfilters"),
      custom("networking.istio.io", "v1", "Gateway", "gateways"),
      custom("networking.istio.io", "v1beta1", "ProxyConfig", "proxyconfigs"),
      custom("networking.istio.io", "v1", "ServiceEntry", "serviceentries"),
      custom("networking.istio.io", "v1", "Sidecar", "sidecars"),
      custom("networking.istio.io", "v1", "VirtualService", "virtualservices"),
      custom("networking.istio.io", "v1", "WorkloadEntry", "workloadentries"),
      custom("networking.istio.io", "v1", "WorkloadGroup", "workloadgroups"),
      custom("security.istio.io", "v1", "AuthorizationPolicy", "authorizationpolicies"),
      custom("security.istio.io", "v1", "PeerAuthentication", "peerauthentications"),
      custom("security.istio.io", "v1", "RequestAuthentication", "requestauthentications"),
      custom("telemetry.istio.io", "v1", "Telemetry", "telemetries"),
      custom("extensions.istio.io", "v1alpha1", "WasmPlugin", "wasmplugins"),
      custom("extensions.istio.io", "v1alpha1", "TrafficExtension", "trafficextensions"),
      custom("install.istio.io", "v1alpha1", "IstioOperator", "istiooperators"),
      custom("sailoperator.io", "v1", "Istio", "istios", false),
      custom("sailoperator.io", "v1", "IstioRevision", "istiorevisions", false),
      custom("sailoperator.io", "v1", "IstioRevisionTag", "istiorevisiontags", false),
      custom("gateway.networking.k8s.io", "v1", "GatewayClass", "gatewayclasses", false),
      custom("gateway.networking.k8s.io", "v1", "Gateway", "gateways"),
      custom("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes"),
      custom("gateway.networking.k8s.io", "v1", "GRPCRoute", "grpcroutes"),
      custom("gateway.networking.k8s.io", "v1alpha2", "TCPRoute", "tcproutes"),
      custom("gateway.networking.k8s.io", "v1alpha2", "TLSRoute", "tlsroutes"),
      custom("gateway.networking.k8s.io", "v1beta1", "ReferenceGrant", "referencegrants"),
      custom("gateway.networking.k8s.io", "v1", "BackendTLSPolicy", "backendtlspolicies"),
      custom("monitoring.coreos.com", "v1", "PrometheusRule", "prometheusrules"),
      custom("monitoring.coreos.com", "v1", "PodMonitor", "podmonitors"),
      custom("monitoring.coreos.com", "v1", "ServiceMonitor", "servicemonitors"),
      custom("autoscaling.k8s.io", "v1", "VerticalPodAutoscaler", "verticalpodautoscalers"),
      custom("keda.sh", "v1alpha1", "ScaledObject", "scaledobjects"),
      custom("argoproj.io", "v1alpha1", "Application", "applications"),
      custom("argoproj.io", "v1alpha1", "Rollout", "rollouts"),
      custom("helm.toolkit.fluxcd.io", "v2", "HelmRelease", "helmreleases"),
  };
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& each) {
    return each.group == group && each.kind == kind;
  });
  return found == kinds.end() ? nullptr : &*found;
}

std::string group_of(std::string_view api_version) {
  const std::size_t slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string()
                                         : std::string(api_version.substr(0, slash));
}

std::string version_of(std::string_view api_version) {
  const std::size_t slash = api_version.find('/');
  return std::string(slash == std::string_view::npos ? api_version : api_version.substr(slash + 1));
}

std::string api_version_of(std::string_view group, std::string_view version) {
  return group.empty() ? std::string(version) : std::string(group) + "/" + std::string(version);
}

bool version_precedes(std::string_view a, std::string_view b) {
  const ParsedVersion left = parsed(a);
  const ParsedVersion right = parsed(b);
  const auto key = [](const ParsedVersion& version) {
    return std::tuple(version.stability, version.major, version.minor);
  };
  if (key(left) != key(right)) return key(left) > key(right);
  return a < b;
}

}  // namespace meshcheck::kubeapi
