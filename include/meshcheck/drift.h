// How many proxies leave what they were sent unacknowledged, and for how long.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/proxy_status.h"

namespace meshcheck {

struct StaleProxy {
  const ProxyStatus* proxy = nullptr;
  const TypeStatus* first = nullptr;
  std::string types;  // "CDS, EDS for 12m"
};

// One kind of proxy: Envoys, or ztunnels.
struct Fleet {
  std::string_view word;  // "proxies", "ztunnels"
  std::size_t total = 0;
  std::vector<StaleProxy> stale = {};    // for longer than the limit
  std::vector<StaleProxy> perhaps = {};  // in one look without times

  bool exceeds(std::size_t count, std::int64_t percent) const {
    return count * 100 > total * static_cast<std::size_t>(percent);
  }
};

struct Drift {
  Fleet envoys{.word = "proxies"};
  Fleet ztunnels{.word = "ztunnels"};
  std::vector<const ProxyStatus*> strange = {};  // in a state that we do not know; counted nowhere
};

// Which types of configuration count: others are sent on demand or answered late by design.
bool is_awaited(std::string_view type);

// Views into the snapshots. What a proxy did not acknowledge between two that show it is stale: by
// their times, where istiods told them, if those are the limit apart; files without times are taken
// at their word, that the earlier is older than the limit.
Drift drift_of(std::span<const StatusSnapshot> snapshots, std::chrono::seconds limit);

}  // namespace meshcheck
