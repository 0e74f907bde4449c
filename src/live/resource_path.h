// The URLs of what a client reads.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "live/coverage.h"

namespace meshcheck::live {

struct ListPath {
  const ApiResource& resource;
  std::string_view name_space = {};  // empty: all
  std::string_view label_selector = {};
  std::string_view field_selector = {};
  std::size_t limit = 0;                 // 0: none
  std::string_view continue_token = {};  // empty: the first page
  long timeout_seconds = 0;              // 0: the server's own
};

// "/apis/apps/v1/namespaces/shop/deployments?limit=500".
std::string list_path(const ListPath& list);
// "/api/v1/namespaces/istio-system/configmaps/istio".
std::string object_path(const ApiResource& resource, std::string_view name_space,
                        std::string_view name);

// Everything but unreserved characters (RFC 3986) as %XX.
std::string percent_encoded(std::string_view text);

// Whether a name can be one segment of a path: what Kubernetes accepts as one
// (apimachinery pkg/api/validation/path, IsValidPathSegmentName), without control characters.
bool is_path_segment(std::string_view name);

}  // namespace meshcheck::live
