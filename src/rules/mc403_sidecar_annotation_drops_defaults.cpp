// Severity, documentation and parameters: rules/mc403-sidecar-annotation-drops-defaults.yaml
#include <array>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// What the charts of all versions give a sidecar, for a fix where the injector is not known.
constexpr std::array<std::string_view, 4> kChartDefaults = {"100m", "128Mi", "2", "1Gi"};
constexpr std::array<std::string_view, 4> kWords = {"CPU request", "memory request", "CPU limit",
                                                    "memory limit"};

struct Losses {
  std::vector<std::string> requests;  // "no memory request"
  std::vector<std::string> inflated;  // "a CPU request of 2 taken from the limit"
  std::vector<std::string> limits;    // "no CPU limit"
  bool certain_limits = false;        // the injector is known to set them
};

bool injector_sets(const Sidecar& sidecar, const ResourceAnnotation& annotation) {
  const Injector* injector = sidecar.injector;
  return injector != nullptr && (injector->resources.*annotation.member).value.has_value();
}

Losses find_losses(const Sidecar& sidecar, Node annotations) {
  Losses losses;
  for (std::size_t i = 0; i < kResourceAnnotations.size(); ++i) {
    const ResourceAnnotation& annotation = kResourceAnnotations[i];
    const auto& value = sidecar.resources.*annotation.member;
    if (annotations[annotation.key] || !value.known()) continue;
    const bool is_request = i < 2;
    const bool from_limit = is_request && value.value &&
                            value.from.node == annotations[kResourceAnnotations[i + 2].key];
    const bool set_by_default =
        sidecar.injector == nullptr ? is_request : injector_sets(sidecar, annotation);
    if (from_limit) {
      losses.inflated.push_back(
          fmt::format("a {} of {} taken from the limit", kWords[i], value.value->text()));
    } else if (!value.value && set_by_default) {
      (is_request ? losses.requests : losses.limits).push_back(fmt::format("no {}", kWords[i]));
    }
  }
  return losses;
}

bool exceeds(const std::string& request, const std::string& limit) {
  const auto asked = Quantity::parse(request);
  const auto allowed = Quantity::parse(limit);
  return asked && allowed && *asked > *allowed;
}

// The pod's own annotations can be kept as they stand: MC404 says of the others what is wrong.
bool is_valid(Node annotations) {
  for (const ResourceAnnotation& annotation : kResourceAnnotations) {
    const Node own = annotations[annotation.key];
    const auto quantity = Quantity::parse(own.text());
    if (own && (!quantity || *quantity < Quantity())) return false;
  }
  const auto text = [&](std::size_t i) {
    return std::string(annotations[kResourceAnnotations[i].key].text());
  };
  return !exceeds(text(0), text(2)) && !exceeds(text(1), text(3));
}

// All four: what stands there, else what the injector would have given, as far as the one that
// stands there allows.
std::string complete_set(const Sidecar& sidecar, Node annotations) {
  std::array<std::string, 4> values;
  const Injector* injector = sidecar.injector;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const ResourceAnnotation& annotation = kResourceAnnotations[i];
    values[i] = kChartDefaults[i];
    if (injector != nullptr && (injector->resources.*annotation.member).value) {
      values[i] = (injector->resources.*annotation.member).value->text();
    }
    if (const Node own = annotations[annotation.key]) values[i] = own.text();
  }
  std::string yaml;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t other = (i + 2) % values.size();
    const bool conflict =
        i < 2 ? exceeds(values[i], values[other]) : exceeds(values[other], values[i]);
    const bool own = static_cast<bool>(annotations[kResourceAnnotations[i].key]);
    yaml += fmt::format("{}: \"{}\"\n", kResourceAnnotations[i].key,
                        conflict && !own ? values[other] : values[i]);
  }
  return yaml;
}

void judge(const Workload& workload, const Sidecar& sidecar, Node annotations, Sink& sink) {
  const Losses losses = find_losses(sidecar, annotations);
  std::vector<std::string> grave = losses.requests;
  grave.insert(grave.end(), losses.inflated.begin(), losses.inflated.end());
  std::vector<std::string> all = grave;
  all.insert(all.end(), losses.limits.begin(), losses.limits.end());
  if (all.empty()) return sink.judged();
  Node where;
  std::string_view key;
  for (const ResourceAnnotation& annotation : kResourceAnnotations) {
    if (where || !annotations[annotation.key]) continue;
    where = annotations.key(annotation.key);
    key = annotation.key;
  }
  const std::string message =
      fmt::format("{} on {} {} drops the injector's other defaults: its sidecar has {}", key,
                  workload.kind, workload.name, fmt::join(all, ", "));
  Draft finding = grave.empty() ? sink.report_as("limits-only", where, "{}", message)
                                : sink.report(where, "{}", message);
  finding.object(workload.object->ref())
      .field(fmt::format("metadata.annotations[{}]", key))
      .container(kProxyContainer)
      .fix("Set all four annotations, or none of them.");
  if (is_valid(annotations)) {
    finding.patch(annotations_patch(*workload.object, complete_set(sidecar, annotations)));
  }
}

}  // namespace

void mc403_sidecar_annotation_drops_defaults(const Mesh& mesh, const Parameters&, Sink& sink) {
  bool any = false;
  for (const Workload& workload : mesh.workloads) {
    const Sidecar* sidecar = workload.sized_sidecar();
    if (sidecar == nullptr || sidecar->gateway || workload.owned()) {
      continue;
    }
    any = true;
    const Node annotations = workload.object->pod_template()["metadata"]["annotations"];
    if (sidecar->origin == Sidecar::Origin::annotations) {
      judge(workload, *sidecar, annotations, sink);
    } else {
      sink.judged();
    }
  }
  if (!any)
    sink.not_evaluated("no workload that is known to get a sidecar is in the input",
                       {"Namespace", "Deployment"});
}

}  // namespace meshcheck::rules
