#include "live/resources.h"

#include <array>

namespace meshcheck::live {
namespace {

constexpr bool kCluster = false;
constexpr bool kNamespaced = true;
constexpr bool kEssential = true;

constexpr std::array kResources = {
    LiveResource{"", "namespaces", "Namespace", "v1", kCluster, kEssential},
    LiveResource{"", "nodes", "Node", "v1", kCluster},
    LiveResource{"", "pods", "Pod", "v1", kNamespaced, kEssential},
    LiveResource{"", "services", "Service", "v1", kNamespaced, kEssential},
    LiveResource{"", "serviceaccounts", "ServiceAccount", "v1"},
    LiveResource{"", "resourcequotas", "ResourceQuota", "v1"},
    LiveResource{"", "limitranges", "LimitRange", "v1"},
    LiveResource{"apps", "deployments", "Deployment", "v1", kNamespaced, kEssential},
    LiveResource{"apps", "statefulsets", "StatefulSet", "v1"},
    LiveResource{"apps", "daemonsets", "DaemonSet", "v1"},
    LiveResource{"batch", "jobs", "Job", "v1"},
    LiveResource{"batch", "cronjobs", "CronJob", "v1 v1beta1"},
    LiveResource{"autoscaling", "horizontalpodautoscalers", "HorizontalPodAutoscaler",
                 "v2 v2beta2 v1"},
    LiveResource{"policy", "poddisruptionbudgets", "PodDisruptionBudget", "v1 v1beta1"},
    LiveResource{"networking.k8s.io", "networkpolicies", "NetworkPolicy", "v1"},
    LiveResource{"networking.k8s.io", "ingresses", "Ingress", "v1"},
    LiveResource{"networking.k8s.io", "ingressclasses", "IngressClass", "v1", kCluster},
    LiveResource{"admissionregistration.k8s.io", "mutatingwebhookconfigurations",
                 "MutatingWebhookConfiguration", "v1", kCluster},
    LiveResource{"admissionregistration.k8s.io", "validatingwebhookconfigurations",
                 "ValidatingWebhookConfiguration", "v1", kCluster},
    LiveResource{"apiregistration.k8s.io", "apiservices", "APIService", "v1", kCluster},
    LiveResource{"apiextensions.k8s.io", "customresourcedefinitions", "CustomResourceDefinition",
                 "v1", kCluster},
    LiveResource{"networking.istio.io", "gateways", "Gateway", "v1 v1beta1 v1alpha3"},
    LiveResource{"networking.istio.io", "virtualservices", "VirtualService", "v1 v1beta1 v1alpha3"},
    LiveResource{"networking.istio.io", "destinationrules", "DestinationRule",
                 "v1 v1beta1 v1alpha3"},
    LiveResource{"networking.istio.io", "serviceentries", "ServiceEntry", "v1 v1beta1 v1alpha3"},
    LiveResource{"networking.istio.io", "sidecars", "Sidecar", "v1 v1beta1 v1alpha3"},
    LiveResource{"networking.istio.io", "workloadentries", "WorkloadEntry", "v1 v1beta1 v1alpha3"},
    LiveResource{"networking.istio.io", "workloadgroups", "WorkloadGroup", "v1 v1beta1 v1alpha3"},
    LiveResource{"networking.istio.io", "envoyfilters", "EnvoyFilter", "v1alpha3"},
    LiveResource{"networking.istio.io", "proxyconfigs", "ProxyConfig", "v1beta1"},
    LiveResource{"security.istio.io", "peerauthentications", "PeerAuthentication", "v1 v1beta1"},
    LiveResource{"security.istio.io", "authorizationpolicies", "AuthorizationPolicy", "v1 v1beta1"},
    LiveResource{"security.istio.io", "requestauthentications", "RequestAuthentication",
                 "v1 v1beta1"},
    LiveResource{"telemetry.istio.io", "telemetries", "Telemetry", "v1 v1alpha1"},
    LiveResource{"extensions.istio.io", "wasmplugins", "WasmPlugin", "v1alpha1"},
    LiveResource{"install.istio.io", "istiooperators", "IstioOperator", "v1alpha1"},
    LiveResource{"sailoperator.io", "istios", "Istio", "v1 v1alpha1", kCluster},
    LiveResource{"sailoperator.io", "istiorevisions", "IstioRevision", "v1 v1alpha1", kCluster},
    LiveResource{"sailoperator.io", "istiorevisiontags", "IstioRevisionTag", "v1 v1alpha1",
                 kCluster},
    LiveResource{"sailoperator.io", "istiocnis", "IstioCNI", "v1 v1alpha1", kCluster},
    LiveResource{"sailoperator.io", "ztunnels", "ZTunnel", "v1 v1alpha1", kCluster},
    LiveResource{"gateway.networking.k8s.io", "gatewayclasses", "GatewayClass",
                 "v1 v1beta1 v1alpha2", kCluster},
    LiveResource{"gateway.networking.k8s.io", "gateways", "Gateway", "v1 v1beta1 v1alpha2"},
    LiveResource{"gateway.networking.k8s.io", "httproutes", "HTTPRoute", "v1 v1beta1 v1alpha2"},
    LiveResource{"gateway.networking.k8s.io", "grpcroutes", "GRPCRoute", "v1 v1alpha2"},
    LiveResource{"keda.sh", "scaledobjects", "ScaledObject", "v1alpha1"},
    LiveResource{"autoscaling.k8s.io", "verticalpodautoscalers", "VerticalPodAutoscaler",
                 "v1 v1beta2"},
    LiveResource{"argoproj.io", "rollouts", "Rollout", "v1alpha1"},
    LiveResource{"monitoring.coreos.com", "prometheusrules", "PrometheusRule", "v1"},
    LiveResource{"monitoring.coreos.com", "servicemonitors", "ServiceMonitor", "v1"},
    LiveResource{"monitoring.coreos.com", "podmonitors", "PodMonitor", "v1"},
};

}  // namespace

std::span<const LiveResource> live_resources() { return kResources; }

}  // namespace meshcheck::live
