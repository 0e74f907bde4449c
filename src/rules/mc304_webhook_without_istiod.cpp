// Severity, documentation and parameters: rules/mc304-webhook-without-istiod.yaml
#include <algorithm>
#include <map>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

using Place = std::pair<std::string_view, std::string_view>;  // namespace, Service

// What answers may run elsewhere: a Service without selector has its endpoints set by hand.
bool leads_elsewhere(const Mesh& mesh, const Place& place) {
  const Resource* service = mesh.resources->find("Service", place.first, place.second);
  return service != nullptr && service->spec()["selector"].size() == 0;
}

bool shows_istiods_of(const Mesh& mesh, std::string_view name_space) {
  return mesh.covers_all("Deployment") ||
         std::ranges::any_of(mesh.control_planes, [&](const ControlPlane& plane) {
           return plane.name_space == name_space;
         });
}

void report(const Mesh& mesh, const Place& place,
            const std::vector<const InjectorWebhooks*>& callers, Sink& sink) {
  const InjectorWebhooks& first = *callers.front();
  const bool closed = std::ranges::any_of(callers, &InjectorWebhooks::fails_closed);
  const ControlPlane* plane = mesh.find_istiod_behind(place.second, place.first);
  const std::string missing = plane == nullptr ? fmt::format("no istiod is behind it")
                                               : fmt::format("{} is scaled to 0", plane->name);
  Draft finding =
      closed ? sink.report(first.anchor,
                           "injector webhook {} calls Service {}, and {}: new pods are refused",
                           first.name, place.second, missing)
             : sink.report_as("fails-open", first.anchor,
                              "injector webhook {} calls Service {}, and {}: new pods start "
                              "without a sidecar",
                              first.name, place.second, missing);
  finding.object(first.object->ref())
      .subject(fmt::format("istiod/{}/{}", place.first, place.second))
      .field("webhooks.clientConfig.service.name")
      .fix(first.tag.empty()
               ? fmt::format("Remove what is left of the revision: `istioctl uninstall --revision "
                             "{}`; or run its istiod again.",
                             first.revision)
               : fmt::format("Move the tag to a revision that runs: `istioctl tag set {} "
                             "--revision … --overwrite`.",
                             first.tag));
  for (const InjectorWebhooks* caller : callers) {
    if (caller == &first) continue;
    finding.related(fmt::format("{} calls it too", caller->name), caller->anchor,
                    caller->object->ref());
  }
}

}  // namespace

void mc304_webhook_without_istiod(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  std::map<Place, std::vector<const InjectorWebhooks*>> callers;
  for (const InjectorWebhooks& webhooks : mesh.injector_webhooks) {
    if (webhooks.object == nullptr || webhooks.service.empty() || webhooks.deactivated()) continue;
    callers[{webhooks.service_namespace, webhooks.service}].push_back(&webhooks);
  }
  const bool revisions_known =
      std::ranges::all_of(mesh.control_planes, &ControlPlane::revision_known);
  for (const auto& [place, all] : callers) {
    const ControlPlane* plane = mesh.find_istiod_behind(place.second, place.first);
    if ((plane != nullptr && !plane->retired()) || leads_elsewhere(mesh, place)) {
      sink.judged();
    } else if (plane == nullptr && (!shows_istiods_of(mesh, place.first) || !revisions_known)) {
      sink.not_evaluated(
          fmt::format("the istiod behind Service {} is not in the input", place.second),
          {"Deployment istiod"});
    } else {
      report(mesh, place, all, sink);
    }
  }
  if (callers.empty()) {
    sink.not_evaluated("no injector webhook is in the input", {"MutatingWebhookConfiguration"});
  }
}

}  // namespace meshcheck::rules
