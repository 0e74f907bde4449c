#include "meshcheck/access_log.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "meshcheck/mesh.h"

namespace meshcheck {
namespace {

// istio: pilot/pkg/model/telemetry.go, fetchProvider, compares by strings.EqualFold.
bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

const LogProvider* find_provider(const MeshConfig& config, std::string_view name) {
  const auto found = std::ranges::find_if(
      config.log_providers, [&](const LogProvider& p) { return same_name(p.name, name); });
  return found == config.log_providers.end() ? nullptr : &*found;
}

using Names = std::vector<std::string_view>;

Names default_names(const MeshConfig* config) {
  Names names;
  if (config == nullptr) return names;
  for (const DefaultLogProvider& provider : config->default_log_providers) {
    names.push_back(provider.name);
  }
  return names;
}

Names names_of(const LogEntry& entry) {
  Names names;
  for (const Node provider : entry.providers) names.push_back(provider.text());
  return names;
}

// istio: pilot/pkg/model/telemetry.go, mergeLogs: for one direction.
class Merge {
 public:
  Merge(const MeshConfig* config, LogDirection direction)
      : defaults_(default_names(config)), direction_(direction) {}

  void run(std::span<const Telemetry* const> levels) {
    if (levels.empty()) {
      for (const std::string_view name : defaults_) told_[name] = {};
      return;
    }
    find_scope(levels);
    Names parent = defaults_;
    for (const Telemetry* level : levels) {
      for (const LogEntry& entry : level->access_log) {
        if (!entry.providers.empty()) parent = names_of(entry);
        if (entry.applies_to(direction_)) tell(parent, *level, entry);
      }
    }
  }

  const std::map<std::string_view, LogOutput>& told() const { return told_; }

 private:
  // A level that names providers replaces its parent's list.
  void find_scope(std::span<const Telemetry* const> levels) {
    scope_ = defaults_;
    for (const Telemetry* level : levels) {
      Names named;
      for (const LogEntry& entry : level->access_log) {
        if (!entry.applies_to(direction_)) continue;
        for (const std::string_view name : names_of(entry)) {
          named.push_back(name);
          filters_[name] = entry.filter;
        }
      }
      if (!named.empty()) scope_ = named;
    }
  }

  void tell(const Names& providers, const Telemetry& level, const LogEntry& entry) {
    for (const std::string_view name : providers) {
      if (std::ranges::count(scope_, name) == 0) continue;
      LogOutput output;
      output.disabled = entry.disabled;
      if (const auto filter = filters_.find(name); filter != filters_.end() && !entry.disabled) {
        output.filter = filter->second;
      }
      output.from = &level;
      output.entry = &entry;
      told_[name] = output;
    }
  }

  Names defaults_;
  LogDirection direction_;
  Names scope_;
  std::map<std::string_view, Node> filters_;
  std::map<std::string_view, LogOutput> told_;
};

}  // namespace

AccessLogs merge_access_logs(const MeshConfig* config, std::span<const Telemetry* const> levels,
                             LogDirection direction) {
  // Only levels that say something of access logs take part.
  std::vector<const Telemetry*> saying;
  std::ranges::copy_if(levels, std::back_inserter(saying),
                       [](const Telemetry* level) { return !level->access_log.empty(); });
  Merge merge(config, direction);
  merge.run(saying);
  AccessLogs logs;
  for (const auto& [name, told] : merge.told()) {
    LogOutput output = told;
    output.provider = name;
    if (config != nullptr) output.found = find_provider(*config, name);
    const bool lost = config != nullptr &&
                      (output.found == nullptr || output.found->kind == LogProvider::Kind::no_log);
    (lost ? logs.lost : logs.outputs).push_back(std::move(output));
  }
  return logs;
}

}  // namespace meshcheck
