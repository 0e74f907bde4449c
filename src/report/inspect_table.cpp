#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/inspect.h"
#include "report/terminal.h"

namespace meshcheck {
namespace {

using Row = std::vector<std::string>;

constexpr std::string_view kNothing = "-";

std::string or_nothing(std::string text) {
  return text.empty() ? std::string(kNothing) : std::move(text);
}

std::string quantity(const Traced<std::optional<Quantity>>& traced) {
  if (traced.value) return traced.value->text();
  return traced.known() ? std::string(kNothing) : "?";
}

std::string cpu_and_memory(const Traced<std::optional<Quantity>>& cpu,
                           const Traced<std::optional<Quantity>>& memory) {
  return quantity(cpu) + " / " + quantity(memory);
}

std::string requests(const Resources& resources) {
  return cpu_and_memory(resources.cpu_request, resources.memory_request);
}

std::string limits(const Resources& resources) {
  return cpu_and_memory(resources.cpu_limit, resources.memory_limit);
}

// "2-5 at 60 %", or the number that is fixed.
template <class Owner>
std::string replicas(const Owner& owner) {
  if (!owner.autoscaler) return std::to_string(owner.min_replicas().value);
  std::string text = fmt::format("{}-{}", owner.autoscaler->min.value, owner.autoscaler->max.value);
  if (const auto target = owner.autoscaler->cpu_target.value)
    text += fmt::format(" at {} %", *target);
  return text;
}

std::string budget(const std::vector<DisruptionBudget>& budgets) {
  if (budgets.empty()) return std::string(kNothing);
  if (budgets.size() > 1) return fmt::format("{} of them", budgets.size());
  const DisruptionBudget& only = budgets.front();
  if (only.min_available.value) return "min " + only.min_available.value->text();
  if (only.max_unavailable.value) return "max " + only.max_unavailable.value->text() + " away";
  return "empty";
}

std::string strength(Spread::Strength strength) {
  switch (strength) {
    case Spread::Strength::none: return std::string(kNothing);
    case Spread::Strength::preferred: return "preferred";
    case Spread::Strength::required: return "required";
  }
  return {};
}

std::string version(const ControlPlane& plane) {
  return plane.version ? plane.version->text() : std::string(kNothing);
}

template <class T>
std::string text_of(const Traced<std::optional<T>>& traced) {
  return traced.value ? or_nothing(*traced.value) : std::string(kNothing);
}

// A title, then aligned columns; nothing where there are no rows.
void add_table(std::string& out, std::string_view title, Row header, std::vector<Row> rows) {
  if (rows.empty()) return;
  rows.insert(rows.begin(), std::move(header));
  std::vector<std::size_t> widths(rows.front().size());
  for (Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = report::printable(row[i]);
      widths[i] = std::max(widths[i], report::display_width(row[i]));
    }
  }
  if (!out.empty()) out += '\n';
  out += fmt::format("{}\n", title);
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += "  " + row[i];
      line.append(widths[i] - report::display_width(row[i]), ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += report::log_line(std::move(line)) + '\n';
  }
}

template <class T, class ToRow>
std::vector<Row> rows_of(const std::vector<T>& things, ToRow to_row) {
  std::vector<Row> rows;
  std::transform(things.begin(), things.end(), std::back_inserter(rows), to_row);
  return rows;
}

Row control_plane_row(const ControlPlane& plane) {
  return {plane.name_space,
          plane.name,
          plane.revision,
          version(plane),
          std::string(to_string(plane.source)),
          replicas(plane),
          requests(plane.resources),
          limits(plane.resources),
          budget(plane.budgets),
          strength(plane.spread.host),
          strength(plane.spread.zone)};
}

Row gateway_row(const Gateway& gateway) {
  return {gateway.name_space,        gateway.kind + '/' + gateway.name,
          gateway.gateway_class,     gateway.revision,
          replicas(gateway),         requests(gateway.resources),
          limits(gateway.resources), budget(gateway.budgets)};
}

std::vector<Row> gateway_rows(const Mesh& mesh) {
  std::vector<Row> rows = rows_of(mesh.gateways, gateway_row);
  for (const RequestedGateway& gateway : mesh.requested_gateways) {
    rows.push_back({std::string(gateway.object->name_space()),
                    fmt::format("Gateway/{}", gateway.object->name()), gateway.gateway_class,
                    gateway.revision, "?", requests(gateway.resources), limits(gateway.resources),
                    "?"});
  }
  return rows;
}

Row node_agent_row(const NodeAgent& agent) {
  return {agent.name_space,
          agent.name,
          std::string(to_string(agent.kind)),
          agent.version ? agent.version->text() : std::string(kNothing),
          std::string(to_string(agent.source)),
          agent.pods.known ? std::to_string(agent.pods.most) : "?",
          requests(agent.resources),
          limits(agent.resources)};
}

// "namespace-label istio-injection=enabled"
std::string why(const InjectionDecision& decision) {
  std::string text(to_string(decision.reason));
  if (!decision.label.empty()) text += ' ' + decision.label;
  if (!decision.tag.empty()) text += ", tag " + decision.tag;
  return text;
}

Row namespace_row(const Namespace& name_space) {
  return {name_space.name, std::string(to_string(name_space.injection)),
          or_nothing(name_space.decision.revision), why(name_space.decision)};
}

Row workload_row(const Workload& workload) {
  const InjectionDecision& decision = workload.decision;
  const char* injected = decision.injected ? "yes" : "no";
  Row row = {workload.name_space, workload.kind + '/' + workload.name,
             decision.known() ? injected : "?", or_nothing(decision.revision)};
  if (const auto& sidecar = workload.sidecar) {
    const char* native = sidecar->native.value_or(false) ? "yes" : "no";
    row.insert(row.end(), {sidecar->native ? native : "?", requests(sidecar->resources),
                           limits(sidecar->resources)});
  } else {
    row.insert(row.end(), 3, std::string(kNothing));
  }
  row.push_back(why(decision));
  return row;
}

std::vector<Row> policy_rows(const Mesh& mesh) {
  std::vector<Row> rows;
  const auto add = [&](const Resource& object, std::string action, const auto& attachment) {
    rows.push_back({std::string(object.name_space()),
                    fmt::format("{}/{}", object.kind(), object.name()), std::move(action),
                    or_nothing(name_some(*attachment.selects))});
  };
  for (const AuthorizationPolicy& policy : mesh.authorization_policies) {
    const char* dry = policy.dry_run ? ", dry run" : "";
    add(*policy.object, std::string(to_string(policy.action)) + dry, policy.attachment);
  }
  for (const RequestAuthentication& policy : mesh.request_authentications) {
    add(*policy.object, std::string(kNothing), policy.attachment);
  }
  return rows;
}

std::string tables(const Mesh& mesh) {
  std::string out;
  add_table(out, "Control planes",
            {"NAMESPACE", "NAME", "REVISION", "VERSION", "SOURCE", "REPLICAS", "REQUESTS", "LIMITS",
             "PDB", "HOSTS APART", "ZONES APART"},
            rows_of(mesh.control_planes, control_plane_row));
  add_table(out, "Gateways",
            {"NAMESPACE", "WORKLOAD", "CLASS", "REVISION", "REPLICAS", "REQUESTS", "LIMITS", "PDB"},
            gateway_rows(mesh));
  add_table(out, "On every node",
            {"NAMESPACE", "DAEMONSET", "AGENT", "VERSION", "SOURCE", "NODES", "REQUESTS", "LIMITS"},
            rows_of(mesh.node_agents, node_agent_row));
  add_table(out, "Sidecar defaults", {"NAMESPACE", "NAME", "REVISION", "REQUESTS", "LIMITS"},
            rows_of(mesh.injectors, [](const Injector& injector) {
              return Row{injector.name_space, injector.name, injector.revision,
                         requests(injector.resources), limits(injector.resources)};
            }));
  add_table(out, "Mesh configuration",
            {"NAMESPACE", "NAME", "REVISION", "ROOT NAMESPACE", "TRUST DOMAIN", "ACCESS LOG",
             "LOG PROVIDERS"},
            rows_of(mesh.mesh_configs, [](const MeshConfig& config) {
              return Row{
                  config.name_space,
                  config.name,
                  config.revision,
                  text_of(config.root_namespace),
                  text_of(config.trust_domain),
                  text_of(config.access_log_file),
                  or_nothing(fmt::format("{}", fmt::join(config.access_log_providers, ", ")))};
            }));
  add_table(out, "Revision tags", {"TAG", "REVISION", "NAMESPACES"},
            rows_of(mesh.tags, [](const RevisionTag& tag) {
              return Row{tag.name, tag.revision,
                         or_nothing(fmt::format("{}", fmt::join(tag.namespaces, ", ")))};
            }));
  add_table(out, "Namespaces", {"NAMESPACE", "INJECTION", "REVISION", "WHY"},
            rows_of(mesh.namespaces, namespace_row));
  add_table(
      out, "Workloads",
      {"NAMESPACE", "WORKLOAD", "INJECTED", "REVISION", "NATIVE", "REQUESTS", "LIMITS", "WHY"},
      rows_of(mesh.workloads, workload_row));
  add_table(out, "Policies", {"NAMESPACE", "POLICY", "ACTION", "SELECTS"}, policy_rows(mesh));
  return out;
}

}  // namespace

std::string inspect_table(std::span<const Mesh> meshes) {
  std::string out;
  for (const Mesh& mesh : meshes) {
    const std::string text = tables(mesh);
    if (text.empty()) continue;  // one folder of workloads among many
    if (!out.empty()) out += '\n';
    if (meshes.size() > 1) {
      out += fmt::format("Mesh {}\n\n", mesh.folder.empty() ? "." : report::printable(mesh.folder));
    }
    out += text;
  }
  return out.empty() ? "Neither a control plane nor a workload is in the input.\n" : out;
}

}  // namespace meshcheck
