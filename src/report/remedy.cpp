#include "report/remedy.h"

#include <algorithm>
#include <cctype>
#include <cstddef>

#include <fmt/format.h>

#include "meshcheck/patch_part.h"
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

// Names that Kubernetes takes, and so a shell.
bool is_plain_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

// Only what makes pods is merged as its API merges lists, by name. Lists of all else are given
// whole, as custom resources want them, which know no such merge (k8s:
// docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch).
bool makes_pods(const ObjectRef& object) {
  return object.api_version.starts_with("apps/") || object.api_version.starts_with("batch/");
}

// How a patch gets over an object that is there: applied, it would take away what it leaves out.
std::string change_goes(const ObjectRef& object) {
  std::string label = fmt::format("lay this over {} {}", object.kind, object.name);
  std::string kind = object.kind;
  std::ranges::transform(kind, kind.begin(), [](unsigned char c) { return std::tolower(c); });
  const bool placed = object.name_space.empty() || is_plain_name(object.name_space);
  if (!is_plain_name(object.name) || !is_plain_name(kind) || !placed) return label;
  const std::string where =
      object.name_space.empty() ? "" : fmt::format("-n {} ", object.name_space);
  return label + fmt::format(" (kubectl {}patch {} {}{} --patch-file FILE)", where, kind,
                             object.name, makes_pods(object) ? "" : " --type merge");
}

// What is changed stands apart from what is made; objects that are made are applied together.
void add_patch(const Fix& fix, std::vector<Snippet>& out) {
  std::size_t made = 0;
  for (const PatchPart& part : patch_parts(fix.patch)) {
    const bool changed = std::ranges::find(fix.changes, part.object) != fix.changes.end();
    if (changed || part.object.kind.empty()) {
      out.push_back({changed ? change_goes(part.object) : "set this", part.yaml});
      made = 0;
    } else if (made++ == 0) {
      out.push_back({"apply this object", part.yaml});
    } else {
      Snippet& open = out.back();
      const char* begin = open.yaml.data();
      const char* end = part.yaml.data() + part.yaml.size();
      open = {"apply these objects", {begin, static_cast<std::size_t>(end - begin)}};
    }
  }
}

}  // namespace

std::vector<Snippet> snippets(const Fix& fix) {
  std::vector<Snippet> out;
  if (!fix.values.empty()) out.push_back({std::string(values_go(fix.method)), fix.values});
  add_patch(fix, out);
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
