// (istio: operator/pkg/patch/patch.go, operator/pkg/tpath/tree.go)
#include "mesh/overlay.h"

#include <optional>
#include <string>

#include <fmt/format.h>

#include "mesh/declaration.h"
#include "mesh/k8s_fields.h"

namespace meshcheck {
namespace {

constexpr std::string_view kPodSpec = "spec.template.spec";
constexpr std::string_view kPodLabels = "spec.template.metadata.labels";

// `containers[name:x]` and `containers.[name:x]` are one path. Charts give istiod and gateways one
// container, so that its index is its name.
std::string normal_path(std::string_view path, std::string_view container) {
  std::string normal;
  for (const char c : path) {
    if (c == '[' && !normal.empty() && normal.back() != '.') normal += '.';
    normal += c;
  }
  const std::string first = fmt::format("{}.containers.[0]", kPodSpec);
  if (!normal.starts_with(first)) return normal;
  return fmt::format("{}.containers.[name:{}]{}", kPodSpec, container, normal.substr(first.size()));
}

bool is_below(std::string_view inner, std::string_view outer) {
  return inner.size() > outer.size() && inner.starts_with(outer) && inner[outer.size()] == '.';
}

bool touches(std::string_view path, std::string_view field) {
  return path == field || is_below(path, field) || is_below(field, path);
}

// The one label of the pods that the path is about: `spec.template.metadata.labels.a\.b/c` →
// "a.b/c".
std::optional<std::string> label_at(std::string_view path) {
  if (!is_below(path, kPodLabels)) return std::nullopt;
  std::string label;
  bool escaped = false;
  for (const char c : path.substr(kPodLabels.size() + 1)) {
    if (c == '.' && !escaped) return std::nullopt;  // a mapping below the labels
    escaped = c == '\\' && !escaped;
    if (!escaped) label += c;
  }
  return label;
}

// Labels of which it is not known what they become.
bool obscures_labels(std::string_view path) { return touches(path, kPodLabels) && !label_at(path); }

class Overlay {
 public:
  Overlay(std::string path, Node value, std::string_view container)
      : path_(std::move(path)), value_(value), container_(container) {}

  void deployment(WorkloadSettings& settings) const;
  void autoscaler(Autoscaler& autoscaler, const Resources& requests) const;
  void budget(DisruptionBudget& budget) const;

 private:
  bool is(std::string_view field) const { return path_ == field && !value_.is_null(); }
  void make_unknown(Provenance& from) const {
    from = {Provenance::Kind::unknown, value_,
            value_ ? fmt::format("overlay of {} at {}", path_, place(value_))
                   : fmt::format("overlay of {}", path_)};
  }
  void resources(Resources& resources) const;

  std::string path_;
  Node value_;
  std::string_view container_;
};

void Overlay::resources(Resources& resources) const {
  const std::string at = fmt::format("{}.containers.[name:{}].resources", kPodSpec, container_);
  if (is(at) && value_.is_mapping()) {
    resources = {};
    set_resources(resources, value_);
  } else if (is(at + ".requests") && value_.is_mapping()) {
    resources.cpu_request = resources.memory_request = {};
    set(resources.cpu_request, value_["cpu"]);
    set(resources.memory_request, value_["memory"]);
  } else if (is(at + ".limits") && value_.is_mapping()) {
    resources.cpu_limit = resources.memory_limit = {};
    set(resources.cpu_limit, value_["cpu"]);
    set(resources.memory_limit, value_["memory"]);
  } else if (is(at + ".requests.cpu")) {
    set(resources.cpu_request, value_);
  } else if (is(at + ".requests.memory")) {
    set(resources.memory_request, value_);
  } else if (is(at + ".limits.cpu")) {
    set(resources.cpu_limit, value_);
  } else if (is(at + ".limits.memory")) {
    set(resources.memory_limit, value_);
  } else if (touches(path_, at)) {
    make_unknown(resources.cpu_request.from);
    make_unknown(resources.memory_request.from);
    make_unknown(resources.cpu_limit.from);
    make_unknown(resources.memory_limit.from);
  }
}

void Overlay::deployment(WorkloadSettings& settings) const {
  resources(settings.resources);
  if (is("spec.replicas")) {
    set_integer(settings.fixed_replicas, value_);
  } else if (touches(path_, "spec.replicas")) {
    make_unknown(settings.fixed_replicas.from);
  }
  if (touches(path_, fmt::format("{}.affinity", kPodSpec)) ||
      touches(path_, fmt::format("{}.topologySpreadConstraints", kPodSpec)) ||
      obscures_labels(path_)) {
    settings.spread_known = false;
    make_unknown(settings.spread.from);
  }
  if (obscures_labels(path_)) settings.budgets_known = false;
}

void Overlay::autoscaler(Autoscaler& autoscaler, const Resources& requests) const {
  const auto integer = [&](std::string_view field, auto& value) {
    if (is(field)) {
      set_integer(value, value_);
    } else if (touches(path_, field)) {
      make_unknown(value.from);
    }
  };
  integer("spec.minReplicas", autoscaler.min);
  integer("spec.maxReplicas", autoscaler.max);
  if (is("spec.metrics") && value_.is_sequence()) {
    set_metrics(autoscaler, value_, container_, requests);
  } else if (touches(path_, "spec.metrics")) {
    make_unknown(autoscaler.cpu_target.from);
    make_unknown(autoscaler.memory_target.from);
  }
}

void Overlay::budget(DisruptionBudget& budget) const {
  const auto field = [&](std::string_view name, auto& value) {
    if (is(name)) {
      set_budget(value, value_);
    } else if (touches(path_, name)) {
      make_unknown(value.from);
    }
  };
  field("spec.minAvailable", budget.min_available);
  field("spec.maxUnavailable", budget.max_unavailable);
}

}  // namespace

void overlay(std::string_view kind, std::string_view path, Node value,
             const ChartWorkload& workload, WorkloadSettings& settings) {
  const std::string& container = workload.container;
  const Overlay overlay(normal_path(path, container), value, container);
  if (kind == "Deployment") overlay.deployment(settings);
  if (kind == "HorizontalPodAutoscaler" && settings.autoscaler &&
      !settings.autoscaler->beside_chart) {
    overlay.autoscaler(*settings.autoscaler, settings.resources);
  }
  if (kind != "PodDisruptionBudget") return;
  for (DisruptionBudget& budget : settings.budgets) {
    if (!budget.beside_chart) overlay.budget(budget);
  }
}

void overlay_label(std::string_view path, Node value, Labels& labels) {
  const auto label = label_at(path);
  if (!label) return;
  if (value.is_null()) {
    labels.erase(*label);
  } else {
    labels[*label] = value.text();
  }
}

void obscure_patched(const Declaration& declaration, const ChartWorkload& workload,
                     WorkloadSettings& settings) {
  for (const PatchedKind& patched : declaration.patched) {
    for (const char* kind : {"Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget"}) {
      if (patched.kind == kind || patched.kind == "*") {
        overlay(kind, "spec", patched.at, workload, settings);
      }
    }
  }
}

}  // namespace meshcheck
