#include "meshcheck/drift.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "meshcheck/time.h"

namespace meshcheck {
namespace {

enum class Lasting { no, unknown, yes };

bool far_enough(const ObservedProxy& proxy, std::chrono::seconds limit) {
  if (!proxy.now->seen || !proxy.before->seen) return true;
  return *proxy.now->seen - *proxy.before->seen >= limit;
}

// Sent long ago, or not taken between two looks. istiod sends again to a proxy that is silent, so
// that its newest nonce is of no use: what counts is that none was acknowledged.
Lasting lasting(const ObservedProxy& proxy, const TypeStatus& type, std::chrono::seconds limit) {
  if (type.state != SyncState::stale || !is_awaited(type.type)) return Lasting::no;
  if (type.age && *type.age > limit) return Lasting::yes;
  const TypeStatus* earlier = proxy.earlier(type);
  // A table's ages are exact; those counted between times in the file may be longer.
  if (earlier == nullptr) return type.age && !type.sent_at ? Lasting::no : Lasting::unknown;
  if (earlier->state != SyncState::stale || earlier->acked != type.acked) return Lasting::no;
  return far_enough(proxy, limit) ? Lasting::yes : Lasting::unknown;
}

void add(Fleet& fleet, const ObservedProxy& proxy, std::chrono::seconds limit) {
  ++fleet.total;
  Lasting worst = Lasting::no;
  for (const TypeStatus& type : proxy.now->types) {
    worst = std::max(worst, lasting(proxy, type, limit));
  }
  if (worst == Lasting::no) return;
  StaleProxy stale{.proxy = proxy.now, .first = nullptr, .types = {}};
  std::optional<std::chrono::seconds> age;
  for (const TypeStatus& type : proxy.now->types) {
    if (lasting(proxy, type, limit) != worst) continue;
    if (stale.first == nullptr) stale.first = &type;
    stale.types += (stale.types.empty() ? "" : ", ") + type.type;
    if (type.age && *type.age > limit) age = std::max(age.value_or(*type.age), *type.age);
  }
  if (age) stale.types += " for " + to_text(*age);
  (worst == Lasting::yes ? fleet.stale : fleet.perhaps).push_back(std::move(stale));
}

}  // namespace

bool is_awaited(std::string_view type) {
  constexpr std::array<std::string_view, 7> kTypes = {"CDS",  "LDS", "EDS", "RDS",
                                                      "ECDS", "WDS", "WADS"};
  return std::ranges::find(kTypes, type) != kTypes.end();
}

Drift drift_of(std::span<const StatusSnapshot> snapshots, std::chrono::seconds limit) {
  Drift drift;
  for (const ObservedProxy& proxy : current_proxies(snapshots)) {
    if (!proxy.shows_states) continue;
    const bool strange = std::ranges::any_of(proxy.now->types, [](const TypeStatus& type) {
      return type.state == SyncState::unknown && is_awaited(type.type);
    });
    if (strange) {
      drift.strange.push_back(proxy.now);
    } else {
      add(proxy.now->is_ztunnel() ? drift.ztunnels : drift.envoys, proxy, limit);
    }
  }
  return drift;
}

}  // namespace meshcheck
