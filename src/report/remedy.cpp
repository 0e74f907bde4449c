#include "report/remedy.h"

#include <fmt/format.h>

#include "report/place.h"
#include "report/terminal.h"

namespace meshcheck::report {
namespace {

std::string_view values_go(InstallMethod method) {
  switch (method) {
    case InstallMethod::objects: return "in the values of istiod";
    case InstallMethod::helm: return "in the Helm values of istiod";
    case InstallMethod::istiooperator: return "in the IstioOperator";
    case InstallMethod::sail: return "in the Istio resource of the Sail operator";
    case InstallMethod::flux: return "in the HelmRelease of istiod";
    case InstallMethod::argo: return "in the Argo CD Application of istiod";
    case InstallMethod::kustomize: return "in the kustomization's helmCharts entry of istiod";
  }
  return {};
}

std::string_view patch_goes(std::string_view patch) {
  if (!patch.starts_with("apiVersion:") && patch.find("\napiVersion:") == std::string_view::npos) {
    return "set this";
  }
  return patch.find("\n---") == std::string_view::npos ? "apply this object"
                                                       : "apply these objects";
}

}  // namespace

std::vector<Snippet> snippets(const Fix& fix) {
  std::vector<Snippet> out;
  if (!fix.values.empty()) out.push_back({values_go(fix.method), fix.values});
  if (!fix.patch.empty()) out.push_back({patch_goes(fix.patch), fix.patch});
  return out;
}

std::vector<std::string> related_lines(const Finding& finding) {
  std::vector<std::string> lines;
  for (const Related& related : finding.related) {
    std::string where;
    if (related.location) {
      where = " " + place(*related.location);
    } else if (related.object) {
      where = " " + name_of(*related.object);
    }
    const std::string label = related.rule.empty() ? "see" : "also " + printable(related.rule);
    lines.push_back(fmt::format("{}{}: {}", label, where, printable(related.message)));
  }
  return lines;
}

std::vector<std::string> remedy_lines(const Fix& fix) {
  std::vector<std::string> lines;
  if (!fix.description.empty()) lines.push_back("fix: " + printable(fix.description));
  for (const Snippet& part : snippets(fix)) {
    lines.push_back(fmt::format("{}:", part.label));
    for (const std::string& line : printable_lines(part.yaml)) lines.push_back("  " + line);
  }
  return lines;
}

}  // namespace meshcheck::report
