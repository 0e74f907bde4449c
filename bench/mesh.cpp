#include "bench/mesh.h"

#include <fmt/format.h>

namespace meshcheck::bench {
namespace {

constexpr const char* kControlPlane = R"(apiVersion: v1
kind: Namespace
metadata: {name: istio-system}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system, labels: {istio.io/rev: default}}
spec:
  selector: {matchLabels: {app: istiod}}
  template:
    metadata: {labels: {app: istiod, istio.io/rev: default}}
    spec:
      containers:
        - name: discovery
          image: docker.io/istio/pilot:1.30.3
          resources: {requests: {cpu: 500m, memory: 2Gi}, limits: {memory: 4Gi}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    accessLogFile: /dev/stdout
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: istio-sidecar-injector, labels: {istio.io/rev: default}}
webhooks:
  - name: namespace.sidecar-injector.istio.io
    clientConfig: {service: {name: istiod, namespace: istio-system, path: /inject}}
    rules: [{operations: [CREATE], apiGroups: [""], apiVersions: [v1], resources: [pods]}]
    namespaceSelector: {matchExpressions: [{key: istio-injection, operator: In, values: [enabled]}]}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: istio-system}
spec: {mtls: {mode: STRICT}}
---
)";

// {0}: the namespace; {1}: the workload.
constexpr const char* kWorkload = R"(apiVersion: apps/v1
kind: Deployment
metadata: {{name: {1}, namespace: {0}}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: {1}}}}}
  template:
    metadata:
      labels: {{app: {1}}}
      annotations: {{sidecar.istio.io/proxyCPU: 50m}}
    spec:
      serviceAccountName: {1}
      containers:
        - {{name: main, image: "example.com/{1}:1", ports: [{{containerPort: 8080, name: http}}]}}
---
apiVersion: v1
kind: Service
metadata: {{name: {1}, namespace: {0}}}
spec:
  selector: {{app: {1}}}
  ports: [{{name: http, port: 80, targetPort: 8080}}, {{name: data, port: 3306}}]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {{name: {1}, namespace: {0}}}
spec:
  selector: {{matchLabels: {{app: {1}}}}}
  rules:
    - from: [{{source: {{principals: ["cluster.local/ns/{0}/sa/other"]}}}}]
      to: [{{operation: {{methods: [GET], paths: ["/api/*"]}}}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {{name: {1}, namespace: {0}}}
spec: {{host: {1}.{0}.svc.cluster.local, trafficPolicy: {{tls: {{mode: ISTIO_MUTUAL}}}}}}
---
apiVersion: v1
kind: Pod
metadata:
  name: {1}-7d9f8b6c5-x2x4z
  namespace: {0}
  labels: {{app: {1}}}
  annotations: {{sidecar.istio.io/status: '{{"revision":"default"}}'}}
spec:
  containers: [{{name: main, image: "example.com/{1}:1"}}, {{name: istio-proxy, image: "docker.io/istio/proxyv2:1.30.3"}}]
status: {{phase: Running}}
---
)";

constexpr const char* kNamespace = R"(apiVersion: v1
kind: Namespace
metadata: {{name: {0}, labels: {{istio-injection: enabled}}}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {{name: deny, namespace: {0}}}
spec:
  action: DENY
  rules: [{{to: [{{operation: {{paths: ["/admin/*"]}}}}]}}]
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {{name: default, namespace: {0}}}
spec: {{mtls: {{mode: PERMISSIVE}}}}
---
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {{name: logs, namespace: {0}}}
spec: {{accessLogging: [{{providers: [{{name: envoy}}]}}]}}
---
)";

}  // namespace

std::string mesh_of(std::size_t namespaces) {
  std::string out = kControlPlane;
  for (std::size_t i = 0; i < namespaces; ++i) {
    const std::string name_space = fmt::format("team-{}", i);
    out += fmt::format(kNamespace, name_space);
    for (const char* const workload : {"web", "api"}) {
      out += fmt::format(kWorkload, name_space, fmt::format("{}-{}", workload, i));
    }
  }
  return out;
}

}  // namespace meshcheck::bench
