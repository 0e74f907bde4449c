// One list of one resource: its pages in order, begun anew where the server forgot it, in smaller
// pages where it is too much.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "live/caller.h"
#include "live/client.h"
#include "live/coverage.h"

namespace meshcheck::live {

// What became of it.
struct Listed {
  Reading reading = Reading::skipped;  // never partial
  std::size_t objects = 0;
  std::string resource_version;
  std::optional<std::chrono::sys_seconds> at;
  bool inconsistent = false;
  std::optional<Error> error;
};

// Holds one page at a time, in memory that the next list uses again. For one thread.
class Lister {
 public:
  explicit Lister(Caller& caller) : caller_(caller) {}

  // `name_space` empty: all of them.
  Listed list(const ListQuery& query, std::string_view name_space, const PageFn& page);

 private:
  Caller& caller_;
  std::string body_;
};

}  // namespace meshcheck::live
