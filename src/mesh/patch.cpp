#include "meshcheck/patch.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

#include "document/scalar.h"
#include "meshcheck/utf8.h"

namespace meshcheck {

namespace {

// Names are what others wrote: none may add a line, or a comment, to what we offer.
bool is_safe_plain(std::string_view text) {
  const auto is_alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  if (text.empty() || !is_alphanumeric(text.front())) return false;
  return std::ranges::all_of(text, [&](char c) {
    return is_alphanumeric(c) || std::string_view("._/-").find(c) != std::string_view::npos;
  });
}

// With what would end or break the quotes escaped.
std::string quoted_word(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const CodePoint point = decode_utf8(text);
    const std::string_view bytes = text.substr(0, point.length);
    text.remove_prefix(point.length);
    if (!point.valid) {
      out += "\\uFFFD";
    } else if (point.value == '"' || point.value == '\\') {
      out.append("\\").append(bytes);
    } else if (point.value < 0x20 || (point.value >= 0x7F && point.value <= 0x9F)) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(point.value));
    } else if (point.value == 0x2028 || point.value == 0x2029 || point.value == 0xFEFF) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(point.value));
    } else {
      out += bytes;
    }
  }
  return out + '"';
}

}  // namespace

std::string yaml_word(std::string_view text) {
  const bool plain = is_safe_plain(text) && resolve_plain(text).type == ScalarType::string;
  return plain ? std::string(text) : quoted_word(text);
}

namespace {

bool is_kept_plain(Node value) {
  return value.style() == ScalarStyle::plain && is_safe_plain(value.text());
}

// Quotes stay: they keep "1.30" and "true" strings.
std::string scalar_word(Node value) {
  return is_kept_plain(value) ? std::string(value.text()) : quoted_word(value.text());
}

// What JSON has to quote reads as it would in YAML.
std::string label_word(Node value) {
  return is_kept_plain(value) ? std::string(value.text()) : yaml_word(value.text());
}

}  // namespace

std::string manifest_head(const ObjectRef& object) {
  std::string head =
      fmt::format("apiVersion: {}\nkind: {}\nmetadata:\n  name: {}\n",
                  yaml_word(object.api_version), yaml_word(object.kind), yaml_word(object.name));
  if (!object.name_space.empty()) {
    head += fmt::format("  namespace: {}\n", yaml_word(object.name_space));
  }
  return head;
}

std::string indented(std::string_view yaml, std::size_t spaces) {
  std::string out;
  while (!yaml.empty()) {
    const std::string_view line = yaml.substr(0, yaml.find('\n'));
    if (!line.empty()) out.append(spaces, ' ').append(line);
    out += '\n';
    yaml.remove_prefix(std::min(line.size() + 1, yaml.size()));
  }
  return out;
}

std::string flow_mapping(Node labels) {
  std::string text;
  for (const auto [key, value] : labels.entries()) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{}: {}", yaml_word(key.text()), label_word(value));
  }
  return '{' + text + '}';
}

std::string flow_yaml(Node node) {
  std::string text;
  if (node.is_mapping()) {
    for (const auto [key, value] : node.entries()) {
      text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", yaml_word(key.text()),
                          flow_yaml(value));
    }
    return '{' + text + '}';
  }
  if (node.is_sequence()) {
    for (const Node item : node.items()) text += (text.empty() ? "" : ", ") + flow_yaml(item);
    return '[' + text + ']';
  }
  return node.is_null() ? "null" : scalar_word(node);
}

std::string log_entry(const LogEntry& entry, std::string_view provider, std::string_view filter,
                      bool disabled) {
  std::string yaml = fmt::format("- providers:\n    - name: {}\n", yaml_word(provider));
  if (const Node mode = entry.node["match"]["mode"]) {
    yaml += fmt::format("  match:\n    mode: {}\n", yaml_word(mode.text()));
  }
  if (!filter.empty()) yaml += fmt::format("  filter:\n    expression: {}\n", quoted_word(filter));
  if (disabled) yaml += "  disabled: true\n";
  return yaml;
}

std::string container_patch(const ControlPlane& plane, std::string_view yaml) {
  return manifest_head(plane.object) +
         "spec:\n  template:\n    spec:\n      containers:\n        - name: discovery\n" +
         indented(yaml, 10);
}

std::string replicas_patch(const ControlPlane& plane, std::int64_t replicas) {
  if (!plane.autoscaler) {
    return manifest_head(plane.object) + fmt::format("spec:\n  replicas: {}\n", replicas);
  }
  return minimum_patch(*plane.autoscaler, replicas);
}

// As much room as the charts give, or for as many again.
ReplicaBounds replica_bounds(const std::optional<Autoscaler>& autoscaler,
                             const AskedReplicas& asked, std::int64_t replicas) {
  // More than Kubernetes can count is a slip, and twice as much overflows.
  replicas = std::min<std::int64_t>(replicas, std::numeric_limits<std::int32_t>::max());
  ReplicaBounds bounds{.min = replicas, .max = std::nullopt};
  const bool known = !autoscaler || autoscaler->max.known();
  std::int64_t top = autoscaler ? autoscaler->max.value : asked.ceiling;
  if (known && top <= replicas) {
    top = std::max({kChartMaximum, 2 * replicas, asked.at_most});
    bounds.max = top;
  }
  if (known) bounds.min = std::max(replicas, std::min(asked.at_rest, top - 1));
  return bounds;
}

std::string minimum_patch(const Autoscaler& autoscaler, std::int64_t replicas) {
  if (!autoscaler.over_minimum.empty()) return {};
  const std::string suffix = autoscaler.object.kind == "ScaledObject" ? "ReplicaCount" : "Replicas";
  const ReplicaBounds bounds = replica_bounds(autoscaler, {}, replicas);
  std::string spec = fmt::format("spec:\n  min{}: {}\n", suffix, bounds.min);
  if (bounds.max) spec += fmt::format("  max{}: {}\n", suffix, *bounds.max);
  return manifest_head(autoscaler.object) + spec;
}

std::string minimum_advice(const std::optional<Autoscaler>& autoscaler, std::int64_t replicas) {
  if (!autoscaler || autoscaler->over_minimum.empty()) return {};
  return fmt::format(
      " ScaledObject {} keeps to its {}: take that away, and let minReplicaCount be at least {}.",
      autoscaler->object.name, autoscaler->over_minimum, replicas);
}

std::string annotations_patch(const Resource& workload, std::string_view annotations) {
  const std::string head = manifest_head(workload.ref());
  if (workload.kind() == "Pod") return head + "  annotations:\n" + indented(annotations, 4);
  const std::string on_template = "template:\n  metadata:\n    annotations:\n";
  const std::string yaml = on_template + indented(annotations, 6);
  if (workload.kind() != "CronJob") return head + "spec:\n" + indented(yaml, 2);
  return head + "spec:\n  jobTemplate:\n    spec:\n" + indented(yaml, 6);
}

std::optional<std::string> raised_limit(const Traced<std::optional<Quantity>>& limit,
                                        const Quantity& request, const Quantity& preferred) {
  if (!limit.value || *limit.value >= request) return std::nullopt;
  return std::max(request, preferred).text();
}

std::string pod_selector(const ControlPlane& plane) {
  // Every chart gives istiod's pods both labels, whatever its selectors are (istio:
  // manifests/charts/istio-control/istio-discovery/templates/deployment.yaml); a Deployment of
  // another make may not.
  const Node labels = plane.pod_labels;
  if (labels && !labels["istio.io/rev"]) {
    std::string own;
    for (const Entry label : plane.deployment->spec()["selector"]["matchLabels"].entries()) {
      own += fmt::format("{}: {}\n", yaml_word(label.key.text()), quoted_word(label.value.text()));
    }
    return own.empty() ? "app: istiod\n" : own;
  }
  return fmt::format("app: istiod\nistio.io/rev: {}\n", quoted_word(plane.revision));
}

std::string container_field(const ControlPlane& plane, std::string_view field) {
  constexpr std::string_view kContainer = "spec.template.spec.containers[discovery].";
  return fmt::format("{}{}", plane.deployment != nullptr ? kContainer : "", field);
}

}  // namespace meshcheck
