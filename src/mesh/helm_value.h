// A tree of Helm values in which every leaf knows where it came from, and how layers of them merge.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/mesh.h"

namespace meshcheck {

struct HelmMember;

// One value. A missing one is of kind null and not `present`; an explicit null is present: since
// 1.21 charts keep it as a value, which is how `limits: null` takes a default away.
struct HelmValue {
  NodeKind kind = NodeKind::null;
  bool present = false;
  ScalarType type = ScalarType::null;
  std::string text;                 // of a scalar
  std::vector<HelmMember> members;  // of a mapping, in order of first appearance
  std::vector<HelmValue> items;     // of a sequence
  Provenance from;

  // Walks down `path` ("global.proxy.resources"); a missing step ends in a missing value. A step
  // into a scalar whose text is not known to us ends there.
  const HelmValue& find(std::string_view path) const;
  const HelmValue& operator[](std::string_view key) const;
  // The member `key`, made if it is not there; this becomes a mapping.
  HelmValue& make(std::string_view key);
  // The item at `index`, made if it is not there; this becomes a sequence.
  HelmValue& make_item(std::size_t index);
  // A path of `helm --set`, whose steps may name items: "revisionTags[0]", "a[0].b[1]".
  HelmValue& make_path(std::string_view path);

  bool is_mapping() const { return kind == NodeKind::mapping; }
  // True where the text holds `${VAR}` or `{{var}}`, or a layer that we cannot see decides.
  bool unknown() const { return from.kind == Provenance::Kind::unknown; }
  // As `if` in a chart's template takes it: empty, 0, false and null are false.
  bool truth() const;
};

struct HelmMember {
  std::string key;
  HelmValue value;
};

// The user's values at `node`; a missing node gives a missing value. Duplicate keys: the last.
HelmValue user_values(Node node);
// What has no node of its own, as `--set` and Argo CD's parameters read it: null, true, false and
// integers have their types, "{a,b}" is a list, anything else is a string.
HelmValue set_value(std::string_view text, Node node);

// Lays `over` on `under`: mappings merge key by key, anything else replaces. An explicit null
// replaces too.
void merge(HelmValue& under, const HelmValue& over);
// Lays what the user wrote at `node` over `values`; a node that is no mapping adds nothing.
void add_user_values(HelmValue& values, Node node);
// Lays values that a chart was rendered with over what we hold for its defaults. Where both are the
// same, the default's provenance stays.
void correct(HelmValue& defaults, const HelmValue& rendered);
// What Helm itself does for keys that stand in a chart's values.yaml: an explicit null deletes.
void delete_nulls(HelmValue& value);
// Marks every leaf as not known, because of `reason`.
void obscure(HelmValue& value, const std::string& reason);

// "values.yaml:14": where a node stands, as provenance tells it.
std::string place(Node node);
// Provenance of what the user wrote at `node`; unknown where it is a `${VAR}`.
Provenance written(Node node);

}  // namespace meshcheck
