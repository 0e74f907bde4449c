// Severity, documentation and parameters: rules/mc611-dry-run-forgotten.yaml
#include <algorithm>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

std::optional<Day> day_of(Node timestamp) { return parse_day(timestamp.text().substr(0, 10)); }

// When it was last written, as far as it says; an edit may have been the start of the dry run.
std::optional<Day> last_written(const Resource& object) {
  auto day = day_of(object.metadata()["creationTimestamp"]);
  for (const Node manager : object.metadata()["managedFields"].items()) {
    const auto written = day_of(manager["time"]);
    if (manager["subresource"].text() != "status" && written) day = std::max(day, written);
  }
  return day;
}

void judge(const AuthorizationPolicy& policy, std::int64_t window, Sink& sink) {
  const auto written = last_written(*policy.object);
  if (!written) {
    return sink.not_evaluated(fmt::format("since when AuthorizationPolicy {}/{} runs dry",
                                          policy.name_space, policy.name),
                              {"live"});
  }
  sink.judged();
  const auto age = (sink.today() - *written).count();
  if (age <= window) return;
  sink.report(policy.dry_run_node,
              "AuthorizationPolicy {} has run dry for {} days: it enforces nothing", policy.name,
              age)
      .object(policy.object->ref())
      .field("metadata.annotations[istio.io/dry-run]")
      .compare(fmt::format("{} days", age), fmt::format("at most {} days", window), {})
      .fix(fmt::format("Enforce it with `kubectl annotate authorizationpolicy {} -n {} "
                       "istio.io/dry-run-`, or delete it.",
                       policy.name, policy.name_space));
}

}  // namespace

void mc611_dry_run_forgotten(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  if (mesh.authorization_policies.empty()) {
    sink.not_evaluated("no AuthorizationPolicy is in the input", {"AuthorizationPolicy"});
  }
  for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
    if (policy.dry_run) {
      judge(policy, parameters.integer("window-days"), sink);
    } else {
      sink.judged();
    }
  }
}

}  // namespace meshcheck::rules
