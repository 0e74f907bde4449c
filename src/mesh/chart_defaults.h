// What Istio's charts and profiles set where the user sets nothing, by version; compiled from
// rules/data/*.yaml.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "mesh/helm_value.h"
#include "meshcheck/quantity.h"

namespace meshcheck {

enum class ValueLayer : std::uint8_t {
  chart,          // values.yaml of the chart `name`
  profile,        // what `profile: name` puts over it
  compatibility,  // what `compatibilityVersion: name` does
  platform,       // what `platform: name` does
  components,     // which components the istioctl profile `name` installs
};

// One leaf: lists count their items in the key ("providers.0.name").
struct LayerRow {
  ValueLayer layer;
  std::string_view name;
  std::uint8_t since;  // minor versions of Istio 1.x, both included
  std::uint8_t until;
  std::string_view key;
  NodeKind kind;  // mappings and sequences only where they are empty, or to open a sequence
  ScalarType type;
  std::string_view text;
};

// Generated.
std::span<const LayerRow> layer_rows();

// The minor version whose defaults stand for `version`: the nearest that the table knows.
int table_minor(const Version& version);
// The newest release that the table knows: what we assume where nothing names a version.
Version newest_known_version();

// The layer as values; each leaf's provenance says which layer of which version it is.
HelmValue layer_values(ValueLayer layer, std::string_view name, const Version& version);

}  // namespace meshcheck
