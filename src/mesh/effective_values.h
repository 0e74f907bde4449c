// The values a chart is rendered with: its defaults, the profile and the user's own, merged by the
// chart's rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mesh/helm_value.h"
#include "meshcheck/quantity.h"

namespace meshcheck {

// What the user gave to one release of a chart.
struct ChartRelease {
  std::string chart = "istiod";
  Version version;         // of the chart: decides defaults and rules of precedence
  bool assumed = false;    // nothing in the input tells the version
  HelmValue user;          // the user's values, all layers merged
  HelmValue rendered;      // all values as the chart was rendered with them, where that is known
  std::string profile;     // asked for outside the values (IstioOperator's spec.profile); or empty
  Node profile_node = {};  // where; or missing
  std::string opaque;      // why layers below the user's are not known to us; or empty
  Node anchor;  // where a finding on a default is placed, if no key of the user is nearer
};

class EffectiveValues {
 public:
  explicit EffectiveValues(ChartRelease release);

  const Version& version() const { return release_.version; }
  bool assumed() const { return release_.assumed; }
  const std::string& profile() const { return profile_; }
  const HelmValue& root() const { return root_; }
  // The path of a setting of istiod's own ("autoscaleMin"): charts up to 1.23 read it below `pilot`
  // and nowhere else; later ones at the top, where `pilot` has been merged over it.
  std::string own(std::string_view key) const;
  bool pilot_prefix() const { return !release_.version.at_least(1, 24); }

  const HelmValue& find(std::string_view path) const { return root_.find(path); }
  bool truth(std::string_view path) const { return find(path).truth(); }
  // False where the value hangs on something that is not in the input.
  bool known(std::string_view path) const { return provenance(path).known(); }

  Traced<std::optional<Quantity>> quantity(std::string_view path) const;
  Traced<std::optional<std::int64_t>> integer(std::string_view path) const;
  Traced<std::optional<IntOrPercent>> int_or_percent(std::string_view path) const;
  Traced<std::optional<std::string>> text(std::string_view path) const;
  // The four members below `path` (requests.cpu, …).
  Resources resources(std::string_view path) const;

  Provenance provenance(std::string_view path) const;
  // The nearest place that the user wrote on the way to `path`, else the anchor.
  Node nearest(std::string_view path) const;

 private:
  std::string ignored_key(std::string_view path) const;
  Node layer_node(std::string_view layer) const;

  ChartRelease release_;
  HelmValue root_;
  std::string profile_;
};

}  // namespace meshcheck
