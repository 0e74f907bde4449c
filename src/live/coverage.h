// What became of a wish to read something from a cluster: the record that "clean" is measured
// against.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "meshcheck/result.h"

namespace meshcheck::live {

// A kind of object as a URL names it.
struct ApiResource {
  std::string group;  // empty: the core group
  std::string version;
  std::string plural;  // "pods"
  std::string kind;    // "Pod"
  bool namespaced = true;

  bool operator==(const ApiResource&) const = default;

  // "apps/v1", "v1": as an object's apiVersion has it.
  std::string api_version() const { return group.empty() ? version : group + "/" + version; }
  // "pods", "gateways.networking.istio.io": as RBAC and people name it.
  std::string full_name() const { return group.empty() ? plural : plural + "." + group; }
};

enum class Reading : std::uint8_t {
  whole,      // everything that was asked for
  absent,     // the server does not know the resource, or has no such object: an answer, not a gap
  partial,    // some namespaces: `namespaces` were read, `unread` were not
  forbidden,  // 403 for all of it
  failed,     // no usable answer: `error` says why
  skipped,    // never asked for: cancelled, out of time, or the credentials were refused before
};

struct Coverage {
  ApiResource resource;
  Reading reading = Reading::skipped;
  std::size_t objects = 0;
  std::string resource_version;  // of the list's first page; empty where namespaces were read
  std::optional<std::chrono::sys_seconds> at;  // the server's own time of the first answer
  // Where not all namespaces were asked at once; both sorted.
  std::vector<std::string> namespaces;
  std::vector<std::string> unread;
  // The list expired while it was read: its pages are of different times, and an object that was
  // replaced meanwhile may be missing.
  bool inconsistent = false;
  // Why not all of it; with what an administrator would have to grant as its hint.
  std::optional<Error> error;

  // Whether the absence of an object among those read says that the cluster has none.
  bool complete() const { return reading == Reading::whole || reading == Reading::absent; }
};

}  // namespace meshcheck::live
