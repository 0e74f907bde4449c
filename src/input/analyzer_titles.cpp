// Short titles for the codes of istioctl's analyzers, which its output leaves to its documentation
// (istio: pkg/config/analysis/msg/messages.yaml).
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "input/istioctl_analyze.h"

namespace meshcheck {
namespace {

using Title = std::pair<std::string_view, std::string_view>;

constexpr auto kTitles = std::to_array<Title>({
    {"IST0001", "istioctl met an internal error"},
    {"IST0002", "something deprecated is in use"},
    {"IST0101", "something that is referred to does not exist"},
    {"IST0102", "a namespace says nothing of sidecar injection"},
    {"IST0103", "a pod has no sidecar"},
    {"IST0106", "an object does not fit its schema"},
    {"IST0107", "an annotation is on the wrong kind of object"},
    {"IST0108", "an annotation is unknown to Istio"},
    {"IST0109", "several VirtualServices of the mesh share a host"},
    {"IST0110", "several Sidecars select the same workload"},
    {"IST0111", "a namespace has several Sidecars without a selector"},
    {"IST0112", "a route to a Service of several ports names no port"},
    {"IST0113", "a DestinationRule and a policy disagree about mTLS"},
    {"IST0116", "a workload's port has different protocols in different Services"},
    {"IST0118", "a port's name does not say its protocol"},
    {"IST0119", "a policy with tokens is for a port whose name does not say its protocol"},
    {"IST0122", "a regular expression is not valid"},
    {"IST0123", "a namespace has several injection labels"},
    {"IST0125", "an annotation's value is not valid"},
    {"IST0126", "the mesh networks name an unknown service registry"},
    {"IST0127", "a policy selects no workload"},
    {"IST0128", "a DestinationRule does not verify the server's certificate"},
    {"IST0129", "a DestinationRule does not verify the server's certificate on a port"},
    {"IST0130", "a VirtualService's rule can never be reached"},
    {"IST0131", "a VirtualService's match can never be reached"},
    {"IST0132", "a VirtualService's host is not on its gateway"},
    {"IST0133", "an object fits its schema with reservations"},
    {"IST0134", "a ServiceEntry needs addresses"},
    {"IST0135", "an annotation is deprecated"},
    {"IST0136", "an annotation is alpha"},
    {"IST0137", "two Services map one target port to different ports"},
    {"IST0138", "two gateways use the same certificate"},
    {"IST0139", "an injector webhook is broken or conflicts with another"},
    {"IST0140", "a route's subset has no effect on an ingress gateway"},
    {"IST0141", "permissions are missing to install Istio"},
    {"IST0142", "this version of Kubernetes is not supported"},
    {"IST0143", "a port of a Service listens on localhost only"},
    {"IST0144", "a workload runs as the proxy's user"},
    {"IST0145", "gateways conflict"},
    {"IST0146", "a workload's `image: auto` is not replaced, for want of injection"},
    {"IST0147", "a pod's `image: auto` is not replaced, for want of injection"},
    {"IST0148", "a namespace is injected because the mesh injects by default"},
    {"IST0149", "a route names a claim that no RequestAuthentication provides"},
    {"IST0150", "the port name of an ExternalName Service may keep traffic from it"},
    {"IST0151", "an EnvoyFilter patches relative to others, without a priority"},
    {"IST0152", "an EnvoyFilter's REPLACE has no effect there"},
    {"IST0153", "an EnvoyFilter's ADD has no effect there"},
    {"IST0154", "an EnvoyFilter's REMOVE has no effect there"},
    {"IST0155",
     "an EnvoyFilter of some proxy versions patches relative to others, without a priority"},
    {"IST0156", "the Gateway API's CRDs are too old"},
    {"IST0157", "a Telemetry names no provider"},
    {"IST0158", "pods run another proxy image than their revision injects"},
    {"IST0159", "several Telemetries select the same workload"},
    {"IST0160", "a namespace has several Telemetries without a selector"},
    {"IST0161", "a gateway's credential is not valid"},
    {"IST0162", "a gateway's port is not defined on its Service"},
    {"IST0163", "the address of an external control plane is not valid"},
    {"IST0164", "the address of an external control plane is no host name"},
    {"IST0165", "a Service differs between the clusters of the mesh"},
    {"IST0166", "a selector has no effect on its target"},
    {"IST0167", "a policy has no effect on its target"},
    {"IST0168", "a change of an upgrade concerns this mesh"},
    {"IST0169", "a change of tracing in an upgrade concerns this mesh"},
    {"IST0170", "clusters of the mesh disagree"},
    {"IST0171", "an object's status has a negative condition"},
    {"IST0172", "the Gateway API's CRDs are of an unexpected version"},
    {"IST0173", "a DestinationRule's subset selects no pods"},
    {"IST0174", "a DestinationRule's host does not exist"},
    {"IST0175", "keys for tokens are fetched from an address that is not blocked"},
    {"IST0176", "the Gateway API's CRDs are of an unexpected version"},
    {"IST0177", "a ServiceEntry's protocol does not fit"},
});

}  // namespace

std::string_view analyzer_title(std::string_view code) {
  const auto found = std::ranges::find(kTitles, code, &Title::first);
  return found == kTitles.end() ? std::string_view{} : found->second;
}

}  // namespace meshcheck
