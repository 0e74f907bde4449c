// Severity, documentation and parameters: rules/mc705-slow-convergence.yaml
#include <cmath>
#include <cstdlib>
#include <optional>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

constexpr std::string_view kConvergence = "pilot_proxy_convergence_time";
constexpr std::string_view kBuckets = "pilot_proxy_convergence_time_bucket";
constexpr std::string_view kCount = "pilot_proxy_convergence_time_count";

// Pushes that took at most `seconds`: the bucket of that very bound, over all series. istiod's
// bounds are .1, .5, 1, 3, 5, 10, 20 and 30 (istio: pilot/pkg/xds/monitoring.go).
std::optional<double> within(const MetricsFile& file, double seconds) {
  const auto [first, last] = file.range(kBuckets);
  std::optional<double> total;
  for (const MetricSample* sample = first; sample != last; ++sample) {
    const std::string bound(sample->label("le"));
    const double value = std::strtod(bound.c_str(), nullptr);
    if (!bound.empty() && std::abs(value - seconds) < 1e-9) {
      total = total.value_or(0) + sample->value;
    }
  }
  return total;
}

// `whole`: every istiod that was asked answered.
void judge(const MetricsPair& pair, bool whole, const Parameters& parameters, Sink& sink) {
  const auto seconds = parameters.integer("max-seconds");
  auto fast = within(*pair.now, static_cast<double>(seconds));
  auto all = pair.now->sum(kCount);
  if (!fast || !all) {
    sink.not_evaluated(fmt::format("{} holds no pilot_proxy_convergence_time with a bucket of {} s",
                                   pair.now->who(), seconds));
    return;
  }
  if (pair.before != nullptr) {
    *fast -= within(*pair.before, static_cast<double>(seconds)).value_or(0);
    *all -= pair.before->sum(kCount).value_or(0);
  }
  // Without `!`, NaN would count.
  if (!(*all >= static_cast<double>(parameters.integer("min-pushes")))) {
    sink.not_evaluated(fmt::format("too few pushes in {} for a percentile", pair.now->who()));
    return;
  }
  const double slow = (*all - *fast) / *all;
  if (!(slow > 0.01)) {
    if (whole) sink.judged();
    return;
  }
  const MetricSample& mark = *pair.now->find(kCount);
  const bool live = !pair.now->pod.empty();
  Draft finding =
      pair.before == nullptr
          ? sink.report_as("lifetime", mark.location,
                           "{:.1f} % of all pushes since {} started took more than {} s to "
                           "reach a proxy; {} tells whether they still do",
                           slow * 100, live ? pair.now->pod : "istiod", seconds,
                           live ? "a later audit" : "a second --metrics")
          : sink.report(mark.location,
                        "{:.1f} % of the pushes between the two samples took more than {} s to "
                        "reach a proxy",
                        slow * 100, seconds);
  finding.object(pair.now->object(kConvergence))
      .field(pair.now->field(kConvergence, "p99"))
      .compare(fmt::format("p99 above {} s", seconds), fmt::format("at most {} s", seconds), {})
      .fix("Give istiod more CPU or replicas, and scope what each proxy gets with a Sidecar.");
}

}  // namespace

void mc705_slow_convergence(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  if (mesh.observed->metrics.empty()) {
    sink.not_evaluated(mesh.observed->why_unanswered(
        "/metrics", "no --metrics was given: what istiod's /metrics on port 15014 answers"));
    return;
  }
  const bool live = !mesh.observed->metrics.front().pod.empty();
  const Unanswered* silent = live ? mesh.observed->find_unanswered("/metrics") : nullptr;
  if (silent != nullptr) sink.not_evaluated(silent->reason);
  for (const MetricsPair& pair : pair_metrics(mesh.observed->metrics)) {
    if (!pair.now->is_agents()) judge(pair, silent == nullptr, parameters, sink);
  }
}

}  // namespace meshcheck::rules
