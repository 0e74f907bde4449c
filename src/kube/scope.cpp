#include <algorithm>
#include <array>
#include <string_view>

#include "meshcheck/resource.h"

namespace meshcheck {
namespace {

struct ClusterKind {
  std::string_view group;
  std::string_view kind;  // "*": every kind of the group
};

// Kubernetes 1.20 to 1.34 (`kubectl api-resources --namespaced=false`), then what meshes live with.
constexpr std::array kClusterKinds = {
    ClusterKind{"", "Namespace"},
    ClusterKind{"", "Node"},
    ClusterKind{"", "PersistentVolume"},
    ClusterKind{"", "ComponentStatus"},
    ClusterKind{"admissionregistration.k8s.io", "*"},
    ClusterKind{"apiextensions.k8s.io", "*"},
    ClusterKind{"apiregistration.k8s.io", "*"},
    ClusterKind{"authentication.k8s.io", "*"},
    ClusterKind{"authorization.k8s.io", "SelfSubjectAccessReview"},
    ClusterKind{"authorization.k8s.io", "SelfSubjectRulesReview"},
    ClusterKind{"authorization.k8s.io", "SubjectAccessReview"},
    ClusterKind{"certificates.k8s.io", "CertificateSigningRequest"},
    ClusterKind{"certificates.k8s.io", "ClusterTrustBundle"},
    ClusterKind{"flowcontrol.apiserver.k8s.io", "*"},
    ClusterKind{"internal.apiserver.k8s.io", "*"},
    ClusterKind{"networking.k8s.io", "IngressClass"},
    ClusterKind{"networking.k8s.io", "IPAddress"},
    ClusterKind{"networking.k8s.io", "ServiceCIDR"},
    ClusterKind{"node.k8s.io", "RuntimeClass"},
    ClusterKind{"policy", "PodSecurityPolicy"},
    ClusterKind{"rbac.authorization.k8s.io", "ClusterRole"},
    ClusterKind{"rbac.authorization.k8s.io", "ClusterRoleBinding"},
    ClusterKind{"resource.k8s.io", "DeviceClass"},
    ClusterKind{"resource.k8s.io", "ResourceSlice"},
    ClusterKind{"scheduling.k8s.io", "PriorityClass"},
    ClusterKind{"storage.k8s.io", "CSIDriver"},
    ClusterKind{"storage.k8s.io", "CSINode"},
    ClusterKind{"storage.k8s.io", "StorageClass"},
    ClusterKind{"storage.k8s.io", "VolumeAttachment"},
    ClusterKind{"storage.k8s.io", "VolumeAttributesClass"},
    ClusterKind{"gateway.networking.k8s.io", "GatewayClass"},
    ClusterKind{"sailoperator.io", "*"},
    ClusterKind{"argoproj.io", "ClusterAnalysisTemplate"},
    ClusterKind{"argoproj.io", "ClusterWorkflowTemplate"},
    ClusterKind{"cert-manager.io", "ClusterIssuer"},
    ClusterKind{"config.openshift.io", "*"},
    ClusterKind{"external-secrets.io", "ClusterExternalSecret"},
    ClusterKind{"external-secrets.io", "ClusterSecretStore"},
    ClusterKind{"keda.sh", "ClusterTriggerAuthentication"},
    ClusterKind{"kyverno.io", "ClusterPolicy"},
    ClusterKind{"project.openshift.io", "*"},
    ClusterKind{"security.openshift.io", "SecurityContextConstraints"},
    ClusterKind{"snapshot.storage.k8s.io", "VolumeSnapshotClass"},
    ClusterKind{"snapshot.storage.k8s.io", "VolumeSnapshotContent"},
};

}  // namespace

bool is_cluster_scoped(std::string_view group, std::string_view kind) {
  return std::ranges::any_of(kClusterKinds, [&](const ClusterKind& known) {
    return known.group == group && (known.kind == "*" || known.kind == kind);
  });
}

}  // namespace meshcheck
