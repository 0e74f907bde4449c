// Severity, documentation and parameters: rules/mc321-validation-webhook-broken.yaml
#include <algorithm>
#include <map>
#include <span>
#include <vector>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// istio:
// manifests/charts/istio-control/istio-discovery/templates/validatingwebhookconfiguration.yaml and
// manifests/charts/base/templates/defaultrevision-validatingwebhookconfiguration.yaml
bool is_validator(const Resource& object) {
  return object.name() == "istiod-default-validator" ||
         object.name().starts_with("istio-validator");
}

bool leads_elsewhere(const Mesh& mesh, Node service) {
  const Resource* object =
      mesh.resources->find("Service", service["namespace"].text(), service["name"].text());
  return object != nullptr && object->spec()["selector"].size() == 0;
}

// istiod sets Fail and its certificate once it answers; before that the chart's Ignore is right.
bool is_settled(const Resource& object, const ControlPlane& plane) {
  if (!object.is_live() || plane.deployment == nullptr || !plane.deployment->is_live())
    return false;
  return plane.deployment->root()["status"]["availableReplicas"].integer().value_or(0) > 0;
}

// Those of one istiod that it has left open, which has one reason.
using LeftOpen = std::map<const ControlPlane*, std::vector<const Resource*>>;

Node policy_of(const Resource& object) { return object.root()["webhooks"].at(0)["failurePolicy"]; }

void report_left_open(const std::vector<const Resource*>& objects, Sink& sink) {
  const Resource& first = *objects.front();
  Draft finding = sink.report(
      policy_of(first),
      "{} lets every configuration pass: istiod has not set failurePolicy to Fail", first.name());
  finding.object(first.ref())
      .field("webhooks.failurePolicy")
      .compare("Ignore", "Fail", {})
      .fix("Look for the reason in istiod's log (`validationController`).");
  for (const Resource* other : std::span(objects).subspan(1)) {
    finding.related(fmt::format("so does {}", other->name()), policy_of(*other), other->ref());
  }
}

void judge_certificate(const Resource& object, Node webhook, Sink& sink) {
  const Node config = webhook["clientConfig"];
  if (!config["caBundle"].text().empty()) return;
  sink.report(config["caBundle"] ? config["caBundle"] : object.anchor(),
              "{} has no caBundle: the API server cannot call istiod", object.name())
      .object(object.ref())
      .field("webhooks.clientConfig.caBundle")
      .fix(
          "istiod writes it: see that it runs and that nothing reverts it, such as GitOps without "
          "an exception for the field.");
}

void report_nobody(const Resource& object, Node webhook, const ControlPlane* plane, Sink& sink) {
  const Node name = webhook["clientConfig"]["service"]["name"];
  const std::string missing =
      plane == nullptr ? "no istiod is behind it" : fmt::format("{} is scaled to 0", plane->name);
  const bool open = webhook["failurePolicy"].text() == "Ignore";
  Draft finding =
      open ? sink.report_as("fails-open", name,
                            "{} calls Service {}, and {}: Istio configuration is not checked",
                            object.name(), name.text(), missing)
           : sink.report(name,
                         "{} calls Service {}, and {}: every write of Istio configuration is "
                         "refused",
                         object.name(), name.text(), missing);
  finding.object(object.ref())
      .field("webhooks.clientConfig.service.name")
      .fix(fmt::format("Point it to a revision that runs, or `kubectl delete "
                       "validatingwebhookconfiguration {}`.",
                       object.name()));
}

void judge(const Mesh& mesh, const Resource& object, LeftOpen& left_open, Sink& sink) {
  const Node webhook = object.root()["webhooks"].at(0);
  const Node service = webhook["clientConfig"]["service"];
  if (!service) return;
  const std::string_view name_space = service["namespace"].text();
  const ControlPlane* plane = mesh.find_istiod_behind(service["name"].text(), name_space);
  const bool shown = mesh.covers_all("Deployment") ||
                     std::ranges::any_of(mesh.control_planes, [&](const auto& one) {
                       return one.name_space == name_space;
                     });
  const bool known = std::ranges::all_of(mesh.control_planes, &ControlPlane::revision_known);
  if ((plane != nullptr && !plane->retired()) || leads_elsewhere(mesh, service)) {
    sink.judged();
    if (plane == nullptr || !is_settled(object, *plane)) return;
    if (policy_of(object).text() == "Ignore") {
      left_open[plane].push_back(&object);
    } else {
      judge_certificate(object, webhook, sink);
    }
  } else if (plane == nullptr && (!shown || !known)) {
    sink.not_evaluated(
        fmt::format("the istiod behind Service {} is not in the input", service["name"].text()),
        {"Deployment istiod"});
  } else {
    report_nobody(object, webhook, plane, sink);
  }
}

}  // namespace

void mc321_validation_webhook_broken(const Mesh& mesh, const Parameters& /*parameters*/,
                                     Sink& sink) {
  const auto all = mesh.resources->of_kind("ValidatingWebhookConfiguration");
  LeftOpen left_open;
  for (const Resource* object : all) {
    if (is_validator(*object)) judge(mesh, *object, left_open, sink);
  }
  for (const auto& [plane, objects] : left_open) report_left_open(objects, sink);
  if (std::ranges::none_of(all, [](const Resource* object) { return is_validator(*object); })) {
    sink.not_evaluated("no validation webhook is in the input", {"ValidatingWebhookConfiguration"});
  }
}

}  // namespace meshcheck::rules
