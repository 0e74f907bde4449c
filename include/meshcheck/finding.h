// What a rule says about the user's mesh; plain values that outlive the mesh they are about.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/location.h"

namespace meshcheck {

enum class Severity : std::uint8_t { info, warning, error };

std::string_view to_string(Severity severity);  // "info", "warning", "error"

// Another place that belongs to a finding: the HPA beside the Deployment, the finding folded in.
struct Related {
  std::string message;
  std::optional<Location> location;
  std::optional<ObjectRef> object;
  std::string rule;  // of a folded finding, else empty
};

// How a control plane came to be, and so where its settings are changed.
enum class InstallMethod : std::uint8_t {
  objects,        // plain or live objects of unknown origin: change the objects
  helm,           // Helm values of the istiod chart
  istiooperator,  // an IstioOperator, by istioctl
  sail,           // the Sail operator's Istio resource
  flux,           // a HelmRelease
  argo,           // an Argo CD Application
  kustomize,      // helmCharts of a kustomization
};

// One setting of the istiod chart: its key without the `pilot.` prefix that old charts want, and
// its value as YAML (several lines for lists and maps).
struct Setting {
  std::string key;    // "autoscaleMin", "resources.requests.memory"; `global.…` is never prefixed
  std::string value;  // "2", "2Gi", "- maxSkew: 1\n  topologyKey: …"

  auto operator<=>(const Setting&) const = default;
};

// The remedy. Rules give a sentence and either settings or a patch; folding joins the settings of
// several findings, and only then are `values` written in the way the control plane was installed.
struct Fix {
  std::string description;         // one or two sentences
  std::string patch;               // YAML of objects to apply or change, paste-ready; may be empty
  std::vector<ObjectRef> changes;  // those that are there: of them the patch has only what changes
  std::vector<Setting> settings;   // what `values` is written from
  InstallMethod method = InstallMethod::objects;
  bool pilot_prefix = false;  // charts up to 1.23 read istiod's keys below `pilot` only
  std::string revision;       // written as `revision` beside the settings where it is not "default"
  std::string values;         // YAML to merge into values, IstioOperator, …; paste-ready
};

// What was found against what should be, and where the value came from.
struct Comparison {
  std::string actual;
  std::string expected;
  std::string provenance;  // "chart 1.30 default", "values.yaml:14"
};

enum class FindingState : std::uint8_t { none, new_, unchanged, fixed, baselined, suppressed };

struct Finding {
  std::string rule;  // "MC201"
  std::string name;  // "istiod-single-replica"
  Severity severity = Severity::error;
  std::string message;
  ObjectRef object;
  std::string field;                 // "spec.minReplicas"; list items by name where they have one
  std::string container;             // or data key; part of the fingerprint
  std::optional<Location> location;  // none for live objects
  std::string subject;               // what folding compares: "control-plane/istio-system/default"
  std::string logical;               // "Deployment/istio-system/istiod spec.replicas"
  std::string mesh;                  // the mesh's folder where a run holds several, else empty
  std::vector<Related> related;
  std::optional<Fix> fix;
  std::optional<Comparison> values;
  std::string fingerprint;  // 16 hex digits, the same whatever the file, line, value or version
  FindingState state = FindingState::none;
  std::string justification;  // of one suppressed: the reason that was given; may be empty
};

}  // namespace meshcheck
