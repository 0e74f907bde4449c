#include "mesh/injection_template.h"

#include <algorithm>
#include <array>

namespace meshcheck {

bool is_istios_template(std::string_view name) {
  constexpr std::array<std::string_view, 8> kNames = {
      "sidecar",  "gateway",      "grpc-simple",  "grpc-agent",
      "waypoint", "kube-gateway", "agentgateway", "agentgateway-waypoint"};
  return std::ranges::find(kNames, name) != kNames.end();
}

bool sets_resources(std::string_view text) {
  return text.find("resources") != std::string_view::npos;
}

std::vector<std::string> SidecarSettings::resolve(const std::vector<std::string>& names) const {
  std::vector<std::string> resolved;
  for (const std::string& name : names) {
    const auto alias = std::ranges::find(aliases, name, &TemplateAlias::name);
    if (alias == aliases.end()) {
      resolved.push_back(name);
    } else {
      resolved.insert(resolved.end(), alias->templates.begin(), alias->templates.end());
    }
  }
  return resolved;
}

std::string SidecarSettings::resizing(const std::vector<std::string>& templates) const {
  for (const std::string& name : templates) {
    if (is_istios_template(name)) continue;
    const auto own = std::ranges::find(own_templates, name, &InjectionTemplate::name);
    if (own == own_templates.end() || own->sets_resources) return name;
  }
  return {};
}

}  // namespace meshcheck
