// How long Istio's minor versions are supported, and with which Kubernetes; compiled from
// rules/data/support.yaml.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "meshcheck/day.h"
#include "meshcheck/quantity.h"
#include "meshcheck/settings.h"

namespace meshcheck {

struct SupportRow {
  std::uint8_t minor;      // of Istio 1.x
  std::string_view until;  // last day of support
  bool expected;           // by Istio's policy, not announced when the table was made
  std::uint8_t kubernetes_from;
  std::uint8_t kubernetes_until;  // minors of Kubernetes 1.x, both included
};

// Generated; oldest first.
std::span<const SupportRow> support_rows();
std::string_view support_rows_date();

struct Support {
  Day until;
  bool expected = false;
  bool older = false;  // than all that the table knows: its support ended before `until`
  int kubernetes_from = 0;
  int kubernetes_until = 0;  // 0: not known
};

// What is known of the version's minor; `support` of the settings goes before the table. Nothing
// for what is newer than both.
std::optional<Support> support_of(const Version& istio, const Settings& settings);
// The day on which the table was true.
Day support_table_date();

}  // namespace meshcheck
