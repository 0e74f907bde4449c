// Quantities, versions, percentages and label selectors as Kubernetes and Istio define them; pure.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "meshcheck/document.h"

namespace meshcheck {

// A Kubernetes resource.Quantity: exact, in nano units, so that "0.5" == "500m" and "2Gi" ==
// "2048Mi". Values beyond the range saturate, as Kubernetes caps them at 2^63-1. (k8s:
// staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go)
class Quantity {
 public:
  Quantity() = default;

  // Accepts a decimal number with optional sign, fraction, and one of n u m k M G T P E, Ki … Ei,
  // or a decimal exponent (e3, E-2). Nothing else, no space: nullopt.
  static std::optional<Quantity> parse(std::string_view text);

  // CPU in thousandths of a core, rounded up as the scheduler does.
  std::int64_t milli() const;
  // Whole units (bytes), rounded up.
  std::int64_t value() const;

  std::strong_ordering operator<=>(const Quantity& other) const { return nano_ <=> other.nano_; }
  bool operator==(const Quantity& other) const { return nano_ == other.nano_; }
  bool is_zero() const { return nano_ == 0; }

  // As the user wrote it.
  const std::string& text() const { return text_; }

 private:
  __extension__ typedef __int128 Nano;  // NOLINT(modernize-use-using): g++ warns on the other form
  Nano nano_ = 0;
  std::string text_;
};

// "30%" or 2, as PodDisruptionBudget and rolling updates take it.
struct IntOrPercent {
  std::int64_t value = 0;
  bool percent = false;

  // Nullopt where the node is neither an integer nor a string of digits with `%`.
  static std::optional<IntOrPercent> parse(Node node);
  // Of `total`, percentages rounded up: what the disruption controller does for both fields.
  std::int64_t of(std::int64_t total) const;
  std::string text() const;
};

// An Istio version: "1.30.3", "1.24-alpha.0", "1.28.4-tetrate-v0". Vendor suffixes are kept apart,
// so that 1.28.4-tetrate-v0 orders with 1.28.4.
struct Version {
  int major = 0;
  int minor = 0;
  int patch = -1;      // -1: not said
  std::string suffix;  // "-alpha.0", "-distroless", or empty

  static std::optional<Version> parse(std::string_view text);
  bool at_least(int want_major, int want_minor, int want_patch = 0) const;
  bool prerelease() const;  // alpha, beta, rc, dev
  std::string text() const;
  std::string minor_text() const;  // "1.30"
};

// The tag of an image reference, "1.30.3" of "docker.io/istio/pilot:1.30.3@sha256:…"; empty where
// there is none. Lives as long as `image`.
std::string_view image_tag(std::string_view image);

// Whether a Kubernetes LabelSelector (matchLabels, matchExpressions) selects an object whose labels
// are the mapping `labels`. An empty selector selects everything; a missing one nothing.
bool selects(Node selector, Node labels);
// The same for a plain map of labels, as Services and Istio's workload selectors have it.
bool matches_labels(Node wanted, Node labels);

}  // namespace meshcheck
