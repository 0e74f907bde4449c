// What a live audit lists, and in which versions it takes it.
#pragma once

#include <span>
#include <string_view>

namespace meshcheck::live {

// One kind of the API. All versions of a kind hold the same objects, so one is listed.
struct LiveResource {
  std::string_view group;     // empty for the core group
  std::string_view resource;  // plural, as in the path
  std::string_view kind;
  std::string_view versions;  // preferred first, separated by blanks
  bool namespaced = true;
  // Every cluster has it: a server without is none, or something answers in its place. Of any other
  // kind a cluster may have none, and then has no such objects.
  bool essential = false;
  bool metadata_only = false;
};

// In the order in which reports name them.
std::span<const LiveResource> live_resources();

}  // namespace meshcheck::live
