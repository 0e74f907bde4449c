// The looks at a cluster that a watch remembers.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>

#include "live/snapshot.h"

namespace meshcheck::cli {

// One look at the proxies, as istiods answered.
struct Look {
  std::chrono::steady_clock::time_point at;
  live::Cluster cluster;
  std::size_t answered = 0;  // istiods
};

// Keeps the newest look and what tells how long a proxy has been stale. A limit of an hour does not
// keep an hour of looks.
class Looks {
 public:
  explicit Looks(std::chrono::seconds limit) : limit_(limit) {}

  void add(Look look);
  bool empty() const { return looks_.empty(); }
  std::size_t size() const { return looks_.size(); }
  const Look& newest() const { return looks_.back(); }
  // The newest that is older than that by the limit or more: what was stale then, and is now, has
  // been for too long. Null where none is.
  const Look* before() const;

 private:
  std::chrono::seconds limit_;
  std::deque<Look> looks_;
};

}  // namespace meshcheck::cli
