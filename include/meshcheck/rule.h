// All that a rule sees: the mesh, its parameters, and the sink that takes its findings. A file in
// src/rules includes this header and nothing else of the project.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "meshcheck/access_log.h"
#include "meshcheck/alerts.h"
#include "meshcheck/ascii.h"
#include "meshcheck/caller_identity.h"
#include "meshcheck/client_tls.h"
#include "meshcheck/container.h"
#include "meshcheck/day.h"
#include "meshcheck/document.h"
#include "meshcheck/drift.h"
#include "meshcheck/finding.h"
#include "meshcheck/flag.h"
#include "meshcheck/investigation.h"
#include "meshcheck/known_callers.h"
#include "meshcheck/mesh.h"
#include "meshcheck/mtls.h"
#include "meshcheck/mtls_ports.h"
#include "meshcheck/mtls_rivals.h"
#include "meshcheck/outside_call.h"
#include "meshcheck/patch.h"
#include "meshcheck/pod_ports.h"
#include "meshcheck/policy_partners.h"
#include "meshcheck/policy_trial.h"
#include "meshcheck/quantity.h"
#include "meshcheck/rule_ports.h"
#include "meshcheck/selection.h"
#include "meshcheck/service.h"
#include "meshcheck/service_port.h"
#include "meshcheck/skew.h"
#include "meshcheck/support.h"
#include "meshcheck/time.h"
#include "meshcheck/variable.h"
#include "meshcheck/waypoint.h"

namespace meshcheck {

enum class RuleBy : std::uint8_t { mesh, input, engine };

struct NamedSeverity {
  std::string_view name;
  Severity severity;
};

// What a parameter takes; its default decides, unless its YAML names the type.
enum class ParameterType : std::uint8_t {
  integer,   // 2
  number,    // 0.8
  quantity,  // 500m, 2Gi
  list,      // words without blanks, apart by blanks in its text
  text,
};

std::string_view to_string(ParameterType type);  // "integer", …

struct ParameterInfo {
  std::string_view name;
  std::string_view default_value;
  std::string_view description;
  ParameterType type = ParameterType::text;
};

// A rule's metadata, compiled from rules/mcNNN-name.yaml.
struct RuleInfo {
  std::string_view id;    // "MC201"
  std::string_view name;  // "istiod-single-replica"
  std::string_view title;
  Severity severity;
  std::span<const NamedSeverity> severities;  // others it may use, by name
  int point;                                  // 1…8; 0 the tool's own, 9 beyond the baseline
  RuleBy by;
  std::span<const std::string_view> needs;  // kinds, or words such as "live"
  std::string_view precision;               // very-high, high, medium, low
  std::span<const std::string_view> tags;
  std::span<const ParameterInfo> parameters;
  std::span<const std::string_view> folds_into;  // ids
  std::string_view why;
  std::string_view fix;
  std::span<const std::string_view> references;
  std::string_view since;
};

// A rule's parameters: the defaults of its YAML under what the configuration says.
class Parameters {
 public:
  Parameters(const RuleInfo& rule, std::span<const std::pair<std::string, std::string>> overrides);

  // Asking for a name the YAML does not declare, or as a type that its value is not, is a defect of
  // the rule (or, for overrides, was refused when the configuration was read).
  std::int64_t integer(std::string_view name) const;
  Quantity quantity(std::string_view name) const;
  std::string_view text(std::string_view name) const;

 private:
  std::vector<std::pair<std::string_view, std::string>> values_;
};

// A finding under construction; an rvalue chain that ends with the statement.
class Draft {
 public:
  explicit Draft(Finding& finding) : finding_(finding) {}

  // The control plane the finding is about: its object unless object() names another, the way its
  // fix is written, and what folding compares.
  Draft& about(const ControlPlane& plane);
  Draft& object(ObjectRef object);
  // What folding compares, where that is wider than the object: "namespace/shop".
  Draft& subject(std::string subject);
  Draft& field(std::string path);  // dotted, list items by name: containers[discovery].image
  Draft& container(std::string_view name);
  Draft& related(std::string message, Node where, ObjectRef object = {});
  Draft& related(std::string message, const Location& where, ObjectRef object = {});
  Draft& compare(std::string actual, std::string expected, const Provenance& from);
  Draft& fix(std::string description);
  // Objects to apply or to merge, for control planes that are plain objects. Needs fix() first.
  Draft& patch(std::string yaml);
  // One setting of the istiod chart, without `pilot.`; written instead of the patch wherever the
  // control plane comes from a chart. Needs about() and fix() first.
  Draft& setting(std::string key, std::string value);
  // The settings by which the chart's autoscaler keeps so many replicas at rest; none where another
  // one scales the control plane.
  Draft& settings_for_replicas(const ControlPlane& plane, std::int64_t replicas);

 private:
  Finding& finding_;
};

// Takes what a rule has to say. A rule calls judged() for every subject it could decide about, also
// where nothing is wrong, and not_evaluated() for one it was not shown enough of: a rule that
// judged nothing counts as not evaluated, never as passed.
class Sink {
 public:
  explicit Sink(const RuleInfo& rule, Day today = {}) : rule_(rule), today_(today) {}

  // The date of the run. The report names it where a rule asked.
  Day today() {
    used_today_ = true;
    return today_;
  }

  void judged() { ++judged_; }
  // `reason` is a sentence fragment a user understands: "no PodDisruptionBudget in the input".
  void not_evaluated(std::string reason, std::vector<std::string> needs = {});

  // The mark goes on `where`; a finding about something absent goes on the nearest node that exists
  // (the object's name). Counts as judged.
  template <class... Args>
  Draft report(Node where, fmt::format_string<Args...> message, Args&&... args) {
    return add(rule_.severity, place(where), fmt::format(message, std::forward<Args>(args)...));
  }
  // The same for what does not come from a document: saved output of istioctl, a Dockerfile.
  template <class... Args>
  Draft report(const Location& where, fmt::format_string<Args...> message, Args&&... args) {
    return add(rule_.severity, where, fmt::format(message, std::forward<Args>(args)...));
  }
  // As report(), with the severity that the rule's YAML gives the name.
  template <class... Args>
  Draft report_as(std::string_view severity, Node where, fmt::format_string<Args...> message,
                  Args&&... args) {
    return add(named(severity), place(where), fmt::format(message, std::forward<Args>(args)...));
  }
  template <class... Args>
  Draft report_as(std::string_view severity, const Location& where,
                  fmt::format_string<Args...> message, Args&&... args) {
    return add(named(severity), where, fmt::format(message, std::forward<Args>(args)...));
  }

  struct Skipped {
    std::string reason;
    std::vector<std::string> needs;
  };
  int judged_count() const { return judged_; }
  bool used_today() const { return used_today_; }
  const std::vector<Skipped>& skipped() const { return skipped_; }
  std::vector<Finding>& findings() { return findings_; }

 private:
  static std::optional<Location> place(Node where);
  Draft add(Severity severity, std::optional<Location> where, std::string message);
  Severity named(std::string_view severity) const;

  const RuleInfo& rule_;
  Day today_;
  bool used_today_ = false;
  int judged_ = 0;
  std::vector<Skipped> skipped_;
  std::vector<Finding> findings_;
};

using RuleFunction = void (*)(const Mesh&, const Parameters&, Sink&);

struct Rule {
  RuleInfo info;
  RuleFunction check;  // null where the reader or the engine emits the findings
};

// Every rule, by id; generated from rules/*.yaml.
std::span<const Rule> all_rules();
const Rule* find_rule(std::string_view id_or_name);

}  // namespace meshcheck
