#include "mesh/chart_defaults.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace meshcheck {
namespace {

std::string provenance_text(ValueLayer layer, std::string_view name, const Version& version) {
  const std::string minor = fmt::format("1.{}", table_minor(version));
  const std::string asked = version.minor_text();
  const std::string nearest = asked == minor ? "" : fmt::format(", the nearest known to {}", asked);
  switch (layer) {
    case ValueLayer::chart: return fmt::format("chart {} default{}", minor, nearest);
    case ValueLayer::profile:
    case ValueLayer::components: return fmt::format("profile {} of {}{}", name, minor, nearest);
    case ValueLayer::compatibility:
      return fmt::format("compatibilityVersion {} of {}{}", name, minor, nearest);
    case ValueLayer::platform: return fmt::format("platform {} of {}{}", name, minor, nearest);
  }
  return {};
}

HelmValue& step(HelmValue& value, std::string_view key) {
  if (value.kind != NodeKind::sequence) return value.make(key);
  std::size_t index = 0;
  std::from_chars(key.data(), key.data() + key.size(), index);
  if (index >= value.items.size()) value.items.resize(index + 1);
  return value.items[index];
}

HelmValue& place_of(HelmValue& root, std::string_view path) {
  HelmValue* value = &root;
  while (true) {
    const auto dot = path.find('.');
    value = &step(*value, path.substr(0, dot));
    if (dot == std::string_view::npos) return *value;
    path.remove_prefix(dot + 1);
  }
}

}  // namespace

int table_minor(const Version& version) {
  int oldest = 255;
  int newest = 0;
  for (const LayerRow& row : layer_rows()) {
    if (row.layer != ValueLayer::chart) continue;
    oldest = std::min<int>(oldest, row.since);
    newest = std::max<int>(newest, row.until);
  }
  if (version.major > 1) return newest;
  return version.major < 1 ? oldest : std::clamp(version.minor, oldest, newest);
}

Version newest_known_version() {
  Version newest;
  newest.major = 2;
  newest.minor = table_minor(newest);
  newest.major = 1;
  return newest;
}

HelmValue layer_values(ValueLayer layer, std::string_view name, const Version& version) {
  HelmValue values;
  const int minor = table_minor(version);
  const auto kind =
      layer == ValueLayer::chart ? Provenance::Kind::chart_default : Provenance::Kind::profile;
  const Provenance from{kind, {}, provenance_text(layer, name, version)};
  for (const LayerRow& row : layer_rows()) {
    if (row.layer != layer || row.name != name || minor < row.since || minor > row.until) continue;
    HelmValue& leaf = place_of(values, row.key);
    leaf.present = true;
    leaf.kind = row.kind;
    leaf.type = row.type;
    leaf.text = row.text;
    leaf.from = from;
  }
  return values;
}

}  // namespace meshcheck
