#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "meshcheck/mtls.h"
#include "report/inspect.h"

namespace meshcheck {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json resource_pair(const std::optional<Quantity>& cpu, const std::optional<Quantity>& memory) {
  return {{"cpu", cpu ? Json(cpu->text()) : Json(nullptr)},
          {"cpuMillis", cpu ? Json(cpu->milli()) : Json(nullptr)},
          {"memory", memory ? Json(memory->text()) : Json(nullptr)},
          {"memoryBytes", memory ? Json(memory->value()) : Json(nullptr)}};
}

Json requests(const Resources& resources) {
  return resource_pair(resources.cpu_request.value, resources.memory_request.value);
}

Json limits(const Resources& resources) {
  if (!resources.cpu_limit.value && !resources.memory_limit.value) return nullptr;
  return resource_pair(resources.cpu_limit.value, resources.memory_limit.value);
}

Json replicas(const Traced<std::optional<std::int64_t>>& fixed,
              const std::optional<Autoscaler>& autoscaler) {
  return {{"fixed", or_null(fixed.value)},
          {"min", autoscaler ? Json(autoscaler->min.value) : Json(nullptr)},
          {"max", autoscaler ? Json(autoscaler->max.value) : Json(nullptr)}};
}

Json hpa(const std::optional<Autoscaler>& autoscaler) {
  if (!autoscaler) return nullptr;
  return {{"name", autoscaler->object.name},
          {"min", autoscaler->min.value},
          {"max", autoscaler->max.value},
          {"cpuTarget", or_null(autoscaler->cpu_target.value)}};
}

// As Kubernetes writes it: a number, or a string with `%`.
Json int_or_percent(const std::optional<IntOrPercent>& value) {
  if (!value) return nullptr;
  return value->percent ? Json(value->text()) : Json(value->value);
}

Json pdb(const std::vector<DisruptionBudget>& budgets) {
  if (budgets.empty()) return nullptr;
  const DisruptionBudget& first = budgets.front();
  return {{"name", first.object.name},
          {"minAvailable", int_or_percent(first.min_available.value)},
          {"maxUnavailable", int_or_percent(first.max_unavailable.value)}};
}

Json anti_affinity(const Spread& spread) {
  switch (spread.anti_affinity) {
    case Spread::Strength::none: return "none";
    case Spread::Strength::preferred: return "preferred";
    case Spread::Strength::required: return "required";
  }
  return nullptr;
}

Json environment(const std::vector<EnvVar>& env) {
  Json object = Json::object();
  for (const EnvVar& variable : env) object[variable.name] = or_null(variable.value);
  return object;
}

Json entry(const ControlPlane& plane) {
  return {{"name", plane.name},
          {"namespace", plane.name_space},
          {"revision", plane.revision},
          {"version", plane.version ? Json(plane.version->text()) : Json(nullptr)},
          {"source", to_string(plane.source)},
          {"requests", requests(plane.resources)},
          {"limits", limits(plane.resources)},
          {"replicas", replicas(plane.fixed_replicas, plane.autoscaler)},
          {"hpa", hpa(plane.autoscaler)},
          {"pdb", pdb(plane.budgets)},
          {"antiAffinity", anti_affinity(plane.spread)},
          {"topologySpread", plane.spread.topology_spread},
          {"env", environment(plane.env)}};
}

Json entry(const Injector& injector) {
  return {{"name", injector.name},
          {"namespace", injector.name_space},
          {"revision", injector.revision},
          {"requests", requests(injector.resources)},
          {"limits", limits(injector.resources)}};
}

Json entry(const MeshConfig& config) {
  return {{"name", config.name},
          {"namespace", config.name_space},
          {"revision", config.revision},
          {"accessLogFile", or_null(config.access_log_file.value)},
          {"rootNamespace", or_null(config.root_namespace.value)},
          {"trustDomain", or_null(config.trust_domain.value)},
          {"accessLogProviders", config.access_log_providers}};
}

Json entry(const Gateway& gateway) {
  return {{"kind", gateway.kind},
          {"namespace", gateway.name_space},
          {"name", gateway.name},
          {"class", gateway.gateway_class},
          {"revision", gateway.revision},
          {"requests", requests(gateway.resources)},
          {"limits", limits(gateway.resources)},
          {"replicas", replicas(gateway.fixed_replicas, gateway.autoscaler)},
          {"pdb", pdb(gateway.budgets)},
          {"hpa", hpa(gateway.autoscaler)}};
}

// Deployed by istiod, by whose template it is sized; the rest is up to the Deployment.
Json entry(const RequestedGateway& gateway) {
  return {{"kind", "Gateway"},
          {"namespace", gateway.object->name_space()},
          {"name", gateway.object->name()},
          {"class", gateway.gateway_class},
          {"revision", gateway.revision},
          {"requests", requests(gateway.resources)},
          {"limits", limits(gateway.resources)},
          {"replicas", nullptr},
          {"pdb", nullptr},
          {"hpa", nullptr}};
}

Json entry(const NodeAgent& agent) {
  return {{"kind", to_string(agent.kind)},
          {"namespace", agent.name_space},
          {"name", agent.name},
          {"version", agent.version ? Json(agent.version->text()) : Json(nullptr)},
          {"source", to_string(agent.source)},
          {"requests", requests(agent.resources)},
          {"limits", limits(agent.resources)},
          {"nodes", agent.pods.known ? Json(agent.pods.most) : Json(nullptr)}};
}

Json entry(const RevisionTag& tag) {
  return {{"name", tag.name}, {"revision", tag.revision}, {"namespaces", tag.namespaces}};
}

Json text_or_null(std::string_view text) { return text.empty() ? Json(nullptr) : Json(text); }

Json entry(const Namespace& name_space) {
  const InjectionDecision& decision = name_space.decision;
  return {{"name", name_space.name},
          {"injection", to_string(name_space.injection)},
          {"revision", text_or_null(decision.revision)},
          {"via", to_string(decision.reason)},
          {"label", text_or_null(decision.label)},
          {"tag", text_or_null(decision.tag)},
          {"webhooks", decision.webhooks}};
}

// Null where no proxy is injected; where that is not known, what it gets if it is. `native` is null
// too where it hangs on what is not in the input.
Json entry(const std::optional<Sidecar>& sidecar) {
  if (!sidecar) return nullptr;
  return {{"requests", requests(sidecar->resources)},
          {"limits", limits(sidecar->resources)},
          {"provenance", describe_origin(*sidecar)}};
}

Json entry(const Workload& workload) {
  const InjectionDecision& decision = workload.decision;
  const auto& sidecar = workload.sidecar ? workload.sidecar : workload.likely_sidecar;
  return {{"kind", workload.kind},
          {"namespace", workload.name_space},
          {"name", workload.name},
          {"injected", decision.known() ? Json(decision.injected) : Json(nullptr)},
          {"revision", text_or_null(decision.revision)},
          {"via", to_string(decision.reason)},
          {"label", text_or_null(decision.label)},
          {"tag", text_or_null(decision.tag)},
          {"webhooks", decision.webhooks},
          {"runningRevision", text_or_null(workload.running_revision)},
          {"native", sidecar ? or_null(sidecar->native) : Json(nullptr)},
          {"sidecar", entry(sidecar)}};
}

Json selected(const PolicyAttachment& attachment) {
  Json ids = Json::array();
  for (const PolicyTarget* target : *attachment.selects) ids.push_back(target->id());
  return ids;
}

Json entry(const AuthorizationPolicy& policy) {
  return {{"kind", "AuthorizationPolicy"}, {"namespace", policy.name_space},
          {"name", policy.name},           {"action", to_string(policy.action)},
          {"dryRun", policy.dry_run},      {"selects", selected(policy.attachment)}};
}

Json entry(const RequestAuthentication& policy) {
  return {{"kind", "RequestAuthentication"},
          {"namespace", policy.name_space},
          {"name", policy.name},
          {"action", nullptr},
          {"dryRun", false},
          {"selects", selected(policy.attachment)}};
}

Json mode(const Traced<MtlsMode>& mode) {
  return mode.known() ? Json(to_string(mode.value)) : Json(nullptr);
}

// What its callers are asked for; null where nothing asks them or the input cannot tell.
Json mutual_tls(const Mesh& mesh, const Workload& workload) {
  const WorkloadMtls& mtls = mesh.mtls->of(workload);
  if (!mtls.enforced) return nullptr;
  Json ports = Json::object();
  for (const WorkloadMtls::Port& port : mtls.ports) {
    ports[std::to_string(port.number)] = mode(port.mode);
  }
  return {{"mode", mode(mtls.mode)}, {"ports", ports}};
}

Json entry_in(const Mesh& /*mesh*/, const auto& thing) { return entry(thing); }

Json entry_in(const Mesh& mesh, const Workload& workload) {
  Json one = entry(workload);
  one["mtls"] = mutual_tls(mesh, workload);
  return one;
}

template <class T>
Json list(std::span<const Mesh> meshes, std::vector<T> Mesh::* member) {
  Json entries = Json::array();
  for (const Mesh& mesh : meshes) {
    for (const T& thing : mesh.*member) {
      Json one = entry_in(mesh, thing);
      if (meshes.size() > 1) one["mesh"] = mesh.folder;
      entries.push_back(std::move(one));
    }
  }
  return entries;
}

Json gateways(std::span<const Mesh> meshes) {
  Json all = list(meshes, &Mesh::gateways);
  for (Json& one : list(meshes, &Mesh::requested_gateways)) all.push_back(std::move(one));
  return all;
}

Json policies(std::span<const Mesh> meshes) {
  Json all = list(meshes, &Mesh::authorization_policies);
  for (Json& one : list(meshes, &Mesh::request_authentications)) all.push_back(std::move(one));
  return all;
}

}  // namespace

std::string inspect_json(std::span<const Mesh> meshes) {
  const Json document = {{"controlPlanes", list(meshes, &Mesh::control_planes)},
                         {"injectors", list(meshes, &Mesh::injectors)},
                         {"meshConfigs", list(meshes, &Mesh::mesh_configs)},
                         {"gateways", gateways(meshes)},
                         {"tags", list(meshes, &Mesh::tags)},
                         {"namespaces", list(meshes, &Mesh::namespaces)},
                         {"workloads", list(meshes, &Mesh::workloads)},
                         {"policies", policies(meshes)},
                         {"nodeAgents", list(meshes, &Mesh::node_agents)}};
  // Names come from the input, which need not be UTF-8 throughout.
  return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

}  // namespace meshcheck
