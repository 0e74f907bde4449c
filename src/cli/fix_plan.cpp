#include "cli/fix_plan.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "cli/snippet.h"
#include "edit/edit.h"
#include "engine/fix_writer.h"
#include "mesh/declaration.h"
#include "meshcheck/patch.h"

namespace meshcheck::cli {
namespace {

using Changes = Result<std::vector<Change>>;

const Mesh* mesh_of(const Finding& finding, const ReadMeshes& read) {
  for (const Mesh& mesh : read.meshes.meshes) {
    if (mesh.folder == finding.mesh) return &mesh;
  }
  return nullptr;
}

std::string_view group_of(std::string_view api_version) {
  const std::size_t slash = api_version.find('/');
  return slash == std::string_view::npos ? "" : api_version.substr(0, slash);
}

bool stands_at(Node node, const Finding& finding) {
  return finding.location && finding.location->file == node.document()->source->name &&
         finding.location->document == node.document()->number;
}

// The one object of that name; of several, as base and overlays hold them, the one that the finding
// is marked in.
Result<const Resource*> find_object(const Mesh& mesh, const ObjectRef& wanted,
                                    const Finding& finding) {
  std::vector<const Resource*> found;
  for (const Resource* object : mesh.resources->of_kind(wanted.kind)) {
    if (object->name() == wanted.name && object->name_space() == wanted.name_space &&
        object->group() == group_of(wanted.api_version)) {
      found.push_back(object);
    }
  }
  if (found.empty()) return nullptr;
  if (found.size() == 1) return found.front();
  std::erase_if(found, [&](const Resource* one) { return !stands_at(one->root(), finding); });
  if (found.size() == 1) return found.front();
  return fail("", fmt::format("{} {} stands in several places", wanted.kind, wanted.name));
}

Change change_at(Node place, std::string yaml) {
  return {.file = place.document()->source->name,
          .adds = false,
          .document = place.document()->number,
          .path = path_to(place),
          .yaml = std::move(yaml)};
}

ObjectRef ref_of(Node root) {
  const Node metadata = root["metadata"];
  return {.api_version = std::string(root["apiVersion"].text()),
          .kind = std::string(root["kind"].text()),
          .name_space = std::string(metadata["namespace"].text()),
          .name = std::string(metadata["name"].text()),
          .revision = {}};
}

std::string text_of(Node root) {
  const Document& document = *root.document();
  return std::string(document.source->text.substr(document.begin, document.end - document.begin));
}

// The suggestion without what only says which object it is about, where the manifest leaves that to
// others: `kubectl apply -n`, or the list that holds it.
std::string without_head(Node root, Node object) {
  const Document& document = *root.document();
  std::vector<Edit> edits;
  const auto drop = [&](Node mapping, std::string_view key, Node present) {
    const Node name = mapping.key(key);
    if (!name || present[key]) return;
    const std::string_view text = document.source->text;
    const std::size_t begin = text.rfind('\n', name.offset()) + 1;
    const std::size_t end = std::min(text.find('\n', name.offset()), text.size() - 1) + 1;
    edits.push_back({begin, end - begin, {}});
  };
  drop(root, "apiVersion", object);
  drop(root, "kind", object);
  drop(root["metadata"], "namespace", object["metadata"]);
  const std::string whole =
      apply_edits(document.source->text.substr(0, document.end), std::move(edits));
  return whole.substr(document.begin);
}

// An object that can stand by itself; what else is not in the input can only be changed elsewhere.
bool can_be_added(Node root) {
  const std::string_view kind = root["kind"].text();
  const Node spec = root["spec"];
  if (kind == "HorizontalPodAutoscaler") return spec["scaleTargetRef"] && spec["maxReplicas"];
  return kind == "PodDisruptionBudget" && spec["selector"];
}

// A number of replicas that stays in the manifest of what an autoscaler scales undoes its work at
// each apply (MC206). Where it is more than 1, the API server's default of 1 stands in for it until
// the autoscaler has looked.
void free_replicas(Node autoscaler, const Mesh& mesh, const Finding& finding,
                   std::vector<Change>& changes) {
  const Node target = autoscaler["spec"]["scaleTargetRef"];
  const ObjectRef wanted{.api_version = std::string(target["apiVersion"].text()),
                         .kind = std::string(target["kind"].text()),
                         .name_space = std::string(autoscaler["metadata"]["namespace"].text()),
                         .name = std::string(target["name"].text()),
                         .revision = {}};
  const auto found = find_object(mesh, wanted, finding);
  if (!found || *found == nullptr || !(*found)->spec()["replicas"]) return;
  Change change = change_at((*found)->root(), "spec: {replicas: null}\n");
  change.unsafe = (*found)->spec()["replicas"].integer().value_or(0) > 1;
  changes.push_back(std::move(change));
}

// Why a fix that is neither a patch nor values at hand cannot be written. What a chart has rendered
// has values somewhere else; a plain object has none.
Error nothing_to_write(const Mesh& mesh, const Finding& finding) {
  const auto rendered = [&](const ControlPlane& plane) {
    const std::string& revision = finding.fix->revision;
    return (revision.empty() || plane.revision == revision) && plane.deployment != nullptr &&
           plane.method != InstallMethod::objects;
  };
  const auto& planes = mesh.control_planes;
  const bool elsewhere = planes.empty() || std::ranges::any_of(planes, rendered);
  return fail("", elsewhere ? "the values that it was installed with are not in the input"
                            : "it has no patch: see the help");
}

Changes plan_objects(const Finding& finding, const Mesh& mesh) {
  const Snippet manifest(finding.fix->patch);
  std::vector<Change> changes;
  for (const Node root : manifest.roots()) {
    const ObjectRef wanted = ref_of(root);
    if (wanted.kind.empty()) return fail("", "what to write is for a person to decide");
    const auto object = find_object(mesh, wanted, finding);
    if (!object) return object.error();
    if (*object != nullptr) {
      if (wanted.kind == "ConfigMap" && !root["data"]) {
        return nothing_to_write(mesh, finding);
      }
      // The item of a typed list leaves its version to the list.
      const std::string version = (*object)->ref().api_version;
      if (!wanted.api_version.empty() && wanted.api_version != version) {
        return fail("",
                    fmt::format("it is written in {}, the fix in {}", version, wanted.api_version));
      }
      changes.push_back(change_at((*object)->root(), without_head(root, (*object)->root())));
    } else if (can_be_added(root) && finding.location) {
      const std::string& file = finding.location->file;
      if (file.ends_with(".json")) return fail("", "no document can be added to JSON");
      changes.push_back(
          {.file = file, .adds = true, .document = 0, .path = {}, .yaml = text_of(root)});
      free_replicas(root, mesh, finding, changes);
    } else {
      return fail("", fmt::format("{} {} is not in the input", wanted.kind, wanted.name));
    }
  }
  return changes;
}

std::vector<Node> roots_in(const ReadMeshes& read, std::string_view file) {
  std::vector<Node> roots;
  for (const Document* document : read.loaded.documents) {
    if (document->source->name == file) roots.push_back(document->root());
  }
  return roots;
}

Result<Node> values_of_file(const ReadMeshes& read, const std::string& file) {
  for (const Node root : roots_in(read, file)) {
    if (root.is_mapping() && !root["kind"]) return istiod_part(root);
  }
  return fail("", fmt::format("{} holds no values", file));
}

// The only item that installs istiod, of helmCharts or of an Application's sources.
Result<Node> istiod_item(Node items, const char* key, const char* otherwise) {
  Node found;
  for (const Node item : items.items()) {
    const Node name = item[key] ? item[key] : item[otherwise];
    if (istio_chart(name.text()) != "istiod") continue;
    if (found) return fail("", "it installs istiod more than once");
    found = item;
  }
  if (!found) return fail("", "it installs no istiod");
  return found;
}

// Where values without a prefix go: into what `helm` of the source holds.
Result<Node> values_of_application(Node root) {
  const Node spec =
      root["kind"].text() == "ApplicationSet" ? root["spec"]["template"]["spec"] : root["spec"];
  Node source = spec["source"];
  if (spec["sources"].size() != 0) {
    auto item = istiod_item(spec["sources"], "chart", "path");
    if (!item) return item.error();
    source = *item;
  }
  const Node helm = source["helm"];
  if (helm["valuesObject"].size() != 0) return helm["valuesObject"];
  if (const Node values = helm["values"].embedded()) return values;
  return fail("", "its values are not written in the Application");
}

// The document, or the part of one, by which `object` installs the control plane.
Result<Node> place_of_values(const ObjectRef& object, const Finding& finding, const Mesh& mesh,
                             const ReadMeshes& read) {
  if (object.kind == "Values") return values_of_file(read, object.name);
  if (object.kind == "Kustomization") {
    for (const Node root : roots_in(read, object.name)) {
      if (root["helmCharts"]) return istiod_item(root["helmCharts"], "name", "name");
    }
    return fail("", fmt::format("{} inflates no chart", object.name));
  }
  const auto found = find_object(mesh, object, finding);
  if (!found) return found.error();
  Node root = *found == nullptr ? Node{} : (*found)->root();
  for (const Document* document : read.loaded.documents) {  // istioctl takes one without a name
    const Node other = document->root();
    if (!root && other["kind"].text() == object.kind && stands_at(other, finding)) root = other;
  }
  if (!root) return fail("", fmt::format("{} {} is not in the input", object.kind, object.name));
  if (finding.fix->method == InstallMethod::helm) return values_of_application(root);
  return root;
}

// Whether the object of the finding is one that asks for the control plane, and not a part of it.
bool installs(std::string_view kind) {
  return kind == "Values" || kind == "Kustomization" || kind == "IstioOperator" ||
         kind == "Istio" || kind == "IstioRevision" || kind == "HelmRelease" ||
         kind == "Application" || kind == "ApplicationSet";
}

// What a rule says of an object that the chart makes, such as the injector's ConfigMap, is the
// matter of the values where these are in the input and the object is not.
ObjectRef asked_for_by(const Finding& finding, const Mesh& mesh) {
  const ObjectRef& object = finding.object;
  const auto there = find_object(mesh, object, finding);
  if (installs(object.kind) || !there || *there != nullptr) return object;
  for (const ControlPlane& plane : mesh.control_planes) {
    const bool same = plane.revision == object.revision && plane.name_space == object.name_space;
    if (same && plane.deployment == nullptr && installs(plane.object.kind)) return plane.object;
  }
  return object;
}

constexpr std::string_view kMeshConfig = "meshConfig.";

// Chart settings of the mesh configuration, which the ConfigMap holds under `mesh`.
bool is_mesh_config(const Finding& finding) {
  const auto& settings = finding.fix->settings;
  return finding.object.kind == "ConfigMap" && !settings.empty() &&
         std::ranges::all_of(
             settings, [](const Setting& setting) { return setting.key.starts_with(kMeshConfig); });
}

Changes plan_mesh_config(const Finding& finding, const Mesh& mesh) {
  const auto map = find_object(mesh, finding.object, finding);
  if (!map) return map.error();
  const Node text = *map == nullptr ? Node{} : (*map)->root()["data"]["mesh"].embedded();
  if (!text) return fail("", "the mesh configuration is not in the input");
  std::vector<Setting> settings = finding.fix->settings;
  for (Setting& setting : settings) setting.key.erase(0, kMeshConfig.size());
  return std::vector<Change>{change_at(text, settings_yaml(settings))};
}

}  // namespace

Result<std::vector<Change>> plan_fix(const Finding& finding, const ReadMeshes& read) {
  const Mesh* mesh = mesh_of(finding, read);
  if (mesh == nullptr || !finding.fix) return fail("", "it is about no file of the input");
  const Fix& fix = *finding.fix;
  const ObjectRef asks = asked_for_by(finding, *mesh);
  if (installs(asks.kind)) {
    if (fix.values.empty()) return fail("", "it is no matter of values");
    auto place = place_of_values(asks, finding, *mesh, read);
    if (!place) return place.error();
    return std::vector<Change>{change_at(*place, fix.values)};
  }
  if (is_mesh_config(finding)) return plan_mesh_config(finding, *mesh);
  if (!fix.patch.empty()) return plan_objects(finding, *mesh);
  if (fix.settings.empty()) return fail("", "what to write is for a person to decide");
  return nothing_to_write(*mesh, finding);
}

}  // namespace meshcheck::cli
