// Proxies of a version that their istiod does not serve.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/proxy_status.h"
#include "meshcheck/quantity.h"
#include "meshcheck/resource.h"

namespace meshcheck {

struct ControlPlane;
struct Mesh;

// (istio.io: docs/releases/supported-releases, "Control Plane/Data Plane Skew")
bool is_supported_skew(const Version& proxy, const Version& istiod);
// By any of them.
bool is_supported_skew(const Version& proxy, std::span<const Version> istiods);

// All proxies of one minor version under one istiod: an upgrade leaves hundreds behind.
struct SkewedProxies {
  const ControlPlane* plane = nullptr;  // null where only a report tells the version
  Version version;                      // of the first of them
  Version istiod;
  std::size_t count = 0;
  const Resource* pod = nullptr;       // the first, of Pods
  Node image;                          // of that
  const ProxyStatus* proxy = nullptr;  // the first, of connected proxies
};

struct Skew {
  std::vector<SkewedProxies> skewed;
  bool any_fit = false;      // some proxy is of a version that its istiod serves
  bool any_unknown = false;  // the version of some proxy's istiod is not in the input
};

// Of the running Pods in the input.
Skew skew_of_pods(const Mesh& mesh);
// Of what istiods say of the proxies that are connected to them; Pods in the input speak for
// themselves.
Skew skew_of_connected(const Mesh& mesh);

// Somebody tells of each proxy by itself: Pods, or saved output of istioctl.
bool shows_proxies(const Mesh& mesh);

// The image of the proxy in a Pod; missing if there is none.
Node proxy_image(const Resource& pod);

}  // namespace meshcheck
