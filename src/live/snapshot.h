// What a live audit read of its clusters, as plain text: the audit judges this and nothing else, so
// that one saved is judged alike.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/result.h"

namespace meshcheck::live {

// How far a kind could be listed.
enum class ListState : std::uint8_t {
  whole,      // every object that there is
  absent,     // the cluster does not have the kind: there are none
  partial,    // some namespaces only
  forbidden,  // by RBAC
  failed,     // after all tries
};
std::string_view to_string(ListState state);

struct ObjectList {
  std::string group = {};  // empty for the core group
  std::string resource = {};
  std::string kind = {};
  std::string version = {};
  ListState state = ListState::whole;
  std::vector<std::string> namespaces = {};  // of a partial list: those that it holds
  std::string reason = {};                   // why it is not whole; a sentence without its stop
  std::string hint = {};                     // what to do about it
  std::size_t count = 0;
  bool inconsistent = false;  // pages of several moments
  std::string text = {};      // a JSON object a line
};

// What one istiod said.
struct IstiodAnswer {
  std::string name_space = {};
  std::string pod = {};
  std::string revision = {};
  std::string path = {};     // "/debug/syncz", "/version", "/metrics"
  std::int64_t at = 0;       // seconds since 1970 by its own Date, or our clock where istioctl said
                             // it; 0: it has none
  std::size_t look = 0;      // counts the samples of one path from 0
  std::string text = {};     // of the answer; empty where there is none
  std::string problem = {};  // why there is none; a sentence without its stop
  std::string hint = {};     // what to do about it
};

struct Cluster {
  std::string name;     // of the context; "in-cluster" in a pod
  std::string server;   // its address, without user and password
  std::string version;  // of Kubernetes: "v1.31.2"
  std::string user;     // that was impersonated; else empty
  bool insecure = false;
  std::vector<ObjectList> lists;
  std::vector<IstiodAnswer> answers;
  std::string failure;      // why nothing could be read of it; else empty
  std::string hint;         // what to do about it
  std::string interrupted;  // why the reading ended before its time; else empty
};

struct Snapshot {
  std::string taken;  // "2026-11-22T10:00:00Z"
  std::vector<Cluster> clusters;
};

// A .tar.gz; the same snapshot gives the same bytes.
std::string write_snapshot(const Snapshot& snapshot);
Result<Snapshot> read_snapshot(std::string_view bytes);

}  // namespace meshcheck::live
