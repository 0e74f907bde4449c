// The rule's side of the engine: parameters, drafts and the sink.
#include <algorithm>
#include <stdexcept>

#include "meshcheck/rule.h"

namespace meshcheck {

std::string_view to_string(ParameterType type) {
  switch (type) {
    case ParameterType::integer: return "integer";
    case ParameterType::number: return "number";
    case ParameterType::quantity: return "quantity";
    case ParameterType::list: return "list";
    case ParameterType::text: return "text";
  }
  return "";
}

Parameters::Parameters(const RuleInfo& rule,
                       std::span<const std::pair<std::string, std::string>> overrides) {
  for (const ParameterInfo& parameter : rule.parameters) {
    values_.emplace_back(parameter.name, std::string(parameter.default_value));
  }
  for (const auto& [name, value] : overrides) {
    for (auto& [known, current] : values_) {
      if (known == name) current = value;
    }
  }
}

std::string_view Parameters::text(std::string_view name) const {
  for (const auto& [known, value] : values_) {
    if (known == name) return value;
  }
  throw std::logic_error(fmt::format("the rule's YAML declares no parameter `{}`", name));
}

std::int64_t Parameters::integer(std::string_view name) const {
  return std::stoll(std::string(text(name)));
}

Quantity Parameters::quantity(std::string_view name) const {
  return Quantity::parse(text(name)).value();
}

Draft& Draft::about(const ControlPlane& plane) {
  if (finding_.object.kind.empty()) finding_.object = plane.object;
  finding_.object.revision = plane.revision;
  finding_.subject = plane.subject();
  Fix fix;
  fix.method = plane.method;
  // A profile of charts from 1.24 on writes below `pilot`, which beats the same key at the top.
  fix.pilot_prefix = plane.pilot_prefix || !plane.profile.empty();
  fix.revision = plane.revision;
  finding_.fix = std::move(fix);
  return *this;
}

Draft& Draft::object(ObjectRef object) {
  if (object.revision.empty()) object.revision = finding_.object.revision;
  finding_.object = std::move(object);
  return *this;
}

Draft& Draft::subject(std::string subject) {
  finding_.subject = std::move(subject);
  return *this;
}

Draft& Draft::field(std::string path) {
  finding_.field = std::move(path);
  return *this;
}

Draft& Draft::container(std::string_view name) {
  finding_.container = name;
  return *this;
}

Draft& Draft::related(std::string message, const Location& where, ObjectRef object) {
  Related related;
  related.message = std::move(message);
  related.location = where;
  if (!object.kind.empty()) related.object = std::move(object);
  finding_.related.push_back(std::move(related));
  return *this;
}

Draft& Draft::related(std::string message, Node where, ObjectRef object) {
  Related related;
  related.message = std::move(message);
  if (where) related.location = where.location();
  if (!object.kind.empty()) related.object = std::move(object);
  finding_.related.push_back(std::move(related));
  return *this;
}

Draft& Draft::compare(std::string actual, std::string expected, const Provenance& from) {
  finding_.values = Comparison{std::move(actual), std::move(expected), describe(from)};
  return *this;
}

Draft& Draft::fix(std::string description) {
  if (!finding_.fix) finding_.fix.emplace();
  finding_.fix->description = std::move(description);
  return *this;
}

Draft& Draft::patch(std::string yaml) {
  finding_.fix.value().patch = std::move(yaml);
  return *this;
}

Draft& Draft::setting(std::string key, std::string value) {
  finding_.fix.value().settings.push_back({std::move(key), std::move(value)});
  return *this;
}

Draft& Draft::settings_for_replicas(const ControlPlane& plane, std::int64_t replicas) {
  const auto& autoscaler = plane.autoscaler;
  if (autoscaler && autoscaler->beside_chart) return *this;
  if (!autoscaler) setting("autoscaleEnabled", "true");
  const ReplicaBounds bounds = replica_bounds(autoscaler, plane.asked, replicas);
  setting("autoscaleMin", std::to_string(bounds.min));
  if (bounds.max) setting("autoscaleMax", std::to_string(*bounds.max));
  return *this;
}

void Sink::not_evaluated(std::string reason, std::vector<std::string> needs) {
  skipped_.push_back({std::move(reason), std::move(needs)});
}

std::optional<Location> Sink::place(Node where) {
  return where ? std::optional(where.location()) : std::nullopt;
}

Draft Sink::add(Severity severity, std::optional<Location> where, std::string message) {
  ++judged_;
  Finding& finding = findings_.emplace_back();
  finding.rule = rule_.id;
  finding.name = rule_.name;
  finding.severity = severity;
  finding.message = std::move(message);
  finding.location = std::move(where);
  return Draft(finding);
}

Severity Sink::named(std::string_view severity) const {
  for (const NamedSeverity& candidate : rule_.severities) {
    if (candidate.name == severity) return candidate.severity;
  }
  throw std::logic_error(fmt::format("{}'s YAML declares no severity `{}`", rule_.id, severity));
}

const Rule* find_rule(std::string_view id_or_name) {
  for (const Rule& rule : all_rules()) {
    if (rule.info.id == id_or_name || rule.info.name == id_or_name) return &rule;
  }
  return nullptr;
}

}  // namespace meshcheck
