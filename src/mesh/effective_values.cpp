#include "mesh/effective_values.h"

#include <fmt/format.h>

#include "mesh/chart_defaults.h"
#include "mesh/whole_number.h"

namespace meshcheck {
namespace {

constexpr std::string_view kPilot = "pilot.";

std::optional<IntOrPercent> to_int_or_percent(const std::string& text) {
  IntOrPercent parsed;
  parsed.percent = !text.empty() && text.back() == '%';
  const auto number = whole_number(parsed.percent ? text.substr(0, text.size() - 1) : text);
  if (!number) return std::nullopt;
  parsed.value = *number;
  return parsed;
}

// What is written and is nothing of that kind: what the chart makes of it, if it renders at all, is
// for the API server to refuse.
template <class Parse>
auto read_as(const HelmValue& value, Provenance from, Parse parse, const char* otherwise)
    -> Traced<decltype(parse(value.text))> {
  if (!from.known() || value.kind == NodeKind::null) return {std::nullopt, std::move(from)};
  const bool scalar = value.kind == NodeKind::scalar;
  auto parsed = scalar ? parse(value.text) : std::nullopt;
  if (parsed || (scalar && value.text.empty())) return {std::move(parsed), std::move(from)};
  return {std::nullopt, {Provenance::Kind::unknown, from.node, otherwise}};
}

std::string first_of(const HelmValue& values, std::string_view one, std::string_view other) {
  const HelmValue& first = values.find(one);
  return first.truth() ? first.text : values.find(other).text;
}

// The layers below the user's, in the charts' order (istio: manifests/zzz_profile.yaml; up to 1.20
// only istioctl knew profiles, and put them in the same place).
HelmValue lower_layers(const ChartRelease& release, const std::string& profile) {
  HelmValue values = layer_values(ValueLayer::chart, release.chart, release.version);
  // Where charts from 1.24 keep their defaults, and users should not write.
  if (release.version.at_least(1, 24)) {
    merge(values, release.user["_internal_defaults_do_not_set"]);
  }
  merge(values, layer_values(ValueLayer::profile, profile, release.version));
  const std::string& compatibility = release.user["compatibilityVersion"].text;
  merge(values, layer_values(ValueLayer::compatibility, compatibility, release.version));
  const std::string platform = first_of(release.user, "platform", "global.platform");
  merge(values, layer_values(ValueLayer::platform, platform, release.version));
  return values;
}

}  // namespace

EffectiveValues::EffectiveValues(ChartRelease release) : release_(std::move(release)) {
  profile_ = first_of(release_.user, "profile", "global.profile");
  if (profile_.empty()) profile_ = release_.profile;
  if (profile_.empty()) profile_ = release_.rendered["profile"].text;
  root_ = lower_layers(release_, profile_);
  if (!release_.opaque.empty()) obscure(root_, release_.opaque);
  if (release_.rendered.is_mapping()) correct(root_, release_.rendered);
  merge(root_, release_.user);
  // From 1.21 the charts keep their defaults under a key of their own and merge by themselves,
  // which keeps a null; before, Helm took a null as leave to drop the default.
  if (!release_.version.at_least(1, 21)) delete_nulls(root_);
  // istio: manifests/charts/istio-control/istio-discovery/templates/zzy_descope_legacy.yaml, and
  // the same of the other charts
  const bool nested = release_.chart == "istiod" || release_.chart == "cni";
  if (release_.chart == "ztunnel" || (nested && !pilot_prefix())) {
    const HelmValue legacy = root_[release_.chart == "istiod" ? "pilot" : release_.chart];
    if (legacy.is_mapping()) merge(root_, legacy);
  }
}

std::string EffectiveValues::own(std::string_view key) const {
  return pilot_prefix() ? fmt::format("{}{}", kPilot, key) : std::string(key);
}

Node EffectiveValues::nearest(std::string_view path) const {
  Node nearest = release_.anchor;
  const HelmValue* value = &release_.user;
  while (!path.empty()) {
    const auto dot = path.find('.');
    const std::string_view key = path.substr(0, dot);
    value = &(*value)[key];
    // What stands below `gateways` may be another gateway's alone.
    if (value->from.node && key != "gateways") nearest = value->from.node;
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
  }
  return nearest;
}

std::string EffectiveValues::ignored_key(std::string_view path) const {
  if (release_.chart != "istiod" || !pilot_prefix() || !path.starts_with(kPilot)) return {};
  const std::string_view key = path.substr(kPilot.size());
  const HelmValue& ignored = release_.user.find(key);
  if (!ignored.from.node) return {};
  return fmt::format("{} at {} is ignored, charts up to 1.23 read {}", key,
                     place(ignored.from.node), path);
}

// What asks for the layer of that name ("profile demo of 1.30").
Node EffectiveValues::layer_node(std::string_view layer) const {
  const HelmValue& user = release_.user;
  if (layer.starts_with("compatibilityVersion ")) return user["compatibilityVersion"].from.node;
  const bool platform = layer.starts_with("platform ");
  if (!platform && !layer.starts_with("profile ")) return {};
  const std::string_view key = platform ? "platform" : "profile";
  for (const HelmValue* asked : {&user[key], &user["global"][key]}) {
    if (asked->truth()) return asked->from.node;
  }
  return platform ? Node{} : release_.profile_node;
}

Provenance EffectiveValues::provenance(std::string_view path) const {
  const HelmValue& value = find(path);
  Provenance from = value.from;
  if (!value.present && !value.unknown()) {
    from = {Provenance::Kind::absent, {}, {}};
    if (!release_.opaque.empty()) from = {Provenance::Kind::unknown, {}, release_.opaque};
  }
  if (from.kind == Provenance::Kind::input) return from;
  const bool by_version =
      from.kind == Provenance::Kind::chart_default || from.kind == Provenance::Kind::profile;
  if (by_version && release_.assumed) from.text += ", version assumed";
  const std::string ignored = ignored_key(path);
  from.text += from.text.empty() || ignored.empty() ? ignored : "; " + ignored;
  // Where the user has written the very key, it is the one that the profile overrules.
  const bool overruled = static_cast<bool>(release_.user.find(path).from.node);
  if (!from.node && from.kind == Provenance::Kind::profile && !overruled) {
    from.node = layer_node(from.text);
  }
  if (!from.node) from.node = nearest(path);
  return from;
}

Traced<std::optional<Quantity>> EffectiveValues::quantity(std::string_view path) const {
  return read_as(
      find(path), provenance(path), [](const std::string& text) { return Quantity::parse(text); },
      "not a quantity");
}

Traced<std::optional<std::int64_t>> EffectiveValues::integer(std::string_view path) const {
  return read_as(
      find(path), provenance(path), [](const std::string& text) { return whole_number(text); },
      "not an integer");
}

Traced<std::optional<IntOrPercent>> EffectiveValues::int_or_percent(std::string_view path) const {
  return read_as(find(path), provenance(path), to_int_or_percent,
                 "neither an integer nor a percentage");
}

Traced<std::optional<std::string>> EffectiveValues::text(std::string_view path) const {
  return read_as(
      find(path), provenance(path), [](const std::string& text) { return std::optional(text); },
      "not a text");
}

Resources EffectiveValues::resources(std::string_view path) const {
  const auto member = [&](std::string_view key) {
    return quantity(fmt::format("{}.{}", path, key));
  };
  return {.cpu_request = member("requests.cpu"),
          .memory_request = member("requests.memory"),
          .cpu_limit = member("limits.cpu"),
          .memory_limit = member("limits.memory")};
}

}  // namespace meshcheck
