// Reads what `istioctl proxy-status` or istiod's /debug/syncz printed, in any layout from 1.9 on.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/proxy_status.h"
#include "meshcheck/result.h"

namespace meshcheck {

// A file may hold several tables, or the answers of several istiods; where one istiod answers
// twice, a new snapshot begins. Fails with a place where anything is not understood: a status half
// read would pass a mesh that nobody looked at.
// `taken` is when istiod answered, by its own clock, where that is known: ages count up to it.
Result<std::vector<StatusSnapshot>> read_proxy_status(
    const Source& source, std::optional<std::chrono::sys_seconds> taken = std::nullopt);

// The layouts; `source` holds clean text.
Result<std::vector<StatusSnapshot>> read_status_table(const Source& source);
Result<std::vector<StatusSnapshot>> read_status_documents(
    const Source& source, std::optional<std::chrono::sys_seconds> taken = std::nullopt);
bool holds_status_table(std::string_view text);
bool holds_status_documents(std::string_view text);

// Shared by them. "STALE (Never Acknowledged)", "NOT_SENT", "SYNCED (5m)".
void read_state(std::string_view word, TypeStatus& status);
// "web-1.shop", or an Envoy node's id: "sidecar~10.0.0.7~web-1.shop~shop.svc.cluster.local".
void read_proxy_id(std::string_view id, ProxyStatus& proxy);
bool is_type_name(std::string_view name);

}  // namespace meshcheck
