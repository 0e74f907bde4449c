#include "engine/annotations.h"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "engine/select.h"
#include "meshcheck/investigation.h"

namespace meshcheck {
namespace {

constexpr std::string_view kPrefix = "meshcheck/";

constexpr std::array kKeys = {kIgnore, kIgnoreReason, kIgnoreUntil, kLogUntil, kLogReason};

class Reader {
 public:
  Reader(const Mesh& mesh, std::vector<Suppression>& out) : mesh_(mesh), out_(out) {}

  void read(const Resource& resource, Node annotations) {
    Node reason;
    Node until;
    Node ignore;
    for (const Entry entry : annotations.entries()) {
      const std::string_view key = entry.key.text();
      if (!key.starts_with(kPrefix)) continue;
      if (key == kIgnore) ignore = entry.value;
      if (key == kIgnoreReason) reason = entry.value;
      if (key == kIgnoreUntil) until = entry.value;
      if (std::ranges::find(kKeys, key) == kKeys.end()) unknown(resource, entry.key);
    }
    if (!ignore && !reason && !until) return;
    const Node first = reason ? reason : until;
    Suppression& added = add(resource, ignore ? ignore : first);
    added.rules = rule_words(ignore.text());
    added.reason = reason.text();
    added.until = until.text();
    if (!ignore) {
      added.malformed = fmt::format("`{}` beside it would say what is ignored", kIgnore);
    } else if (added.rules.empty()) {
      added.malformed = fmt::format("`{}` names no rule", kIgnore);
    }
  }

 private:
  Suppression& add(const Resource& resource, Node where) {
    Suppression& added = out_.emplace_back();
    added.where = where.location();
    added.object = resource.ref();
    added.covers = CoveredObject{mesh_.folder};
    return added;
  }

  // A key that is nothing like one of ours is somebody else's.
  void unknown(const Resource& resource, Node key) {
    std::vector<std::string> known;
    for (const std::string_view other : kKeys) known.emplace_back(other.substr(kPrefix.size()));
    const std::string near = nearest(key.text().substr(kPrefix.size()), known);
    if (near.empty()) return;
    add(resource, key).malformed = fmt::format("no annotation is called `{}`; did you mean `{}{}`?",
                                               key.text(), kPrefix, near);
  }

  const Mesh& mesh_;
  std::vector<Suppression>& out_;
};

}  // namespace

std::vector<Suppression> read_annotations(const Mesh& mesh) {
  std::vector<Suppression> out;
  Reader reader(mesh, out);
  for (const Resource* resource : mesh.resources->all()) {
    reader.read(*resource, resource->annotations());
    const Node pods = resource->pod_template();
    if (pods && pods != resource->root()) reader.read(*resource, pods["metadata"]["annotations"]);
  }
  return out;
}

}  // namespace meshcheck
