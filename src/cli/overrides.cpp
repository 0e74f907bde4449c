#include "cli/overrides.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <ranges>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/select.h"
#include "input/gitignore.h"
#include "input/istioctl_analyze.h"

namespace meshcheck::cli {
namespace {

namespace fs = std::filesystem;

struct Compiled {
  std::optional<IgnorePattern> path;  // nullopt: everywhere
  std::optional<IgnorePattern> name_space;
  std::set<std::string, std::less<>> ignored;
  Selection words;  // the same, of codes of istioctl analyze
  std::map<std::string, Severity, std::less<>> severities;
};

// As git has it, a pattern that names a folder holds for all that is in it.
bool covers(const IgnorePattern& pattern, const std::string& path) {
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    if (pattern.matches(path.substr(0, slash), true)) return true;
  }
  return pattern.matches(path, false);
}

Compiled compile(const Override& one) {
  Compiled out;
  if (!one.path.empty()) out.path = IgnorePattern::parse(one.path);
  if (!one.name_space.empty()) out.name_space = IgnorePattern::parse(one.name_space);
  out.severities = one.severities;
  if (one.ignore.empty()) return out;
  out.words.select = one.ignore;
  const auto rules = select_rules(out.words);
  if (!rules) return out;  // refused when it was read
  for (const Rule* rule : *rules) out.ignored.emplace(rule->info.id);
  return out;
}

bool ignores(const Compiled& one, const std::string& rule) {
  if (!is_analyzer_code(rule)) return one.ignored.contains(rule);
  return !one.words.select.empty() && selects_code(one.words, rule);
}

// Where the findings of a run are, as overrides see it.
class Places {
 public:
  explicit Places(const Config& config) : here_(fs::current_path()) {
    std::error_code failure;
    folder_ = fs::weakly_canonical(here_ / config.path, failure).parent_path();
    for (const Override& one : config.overrides) overrides_.push_back(compile(one));
  }

  const std::vector<Compiled>& overrides() const { return overrides_; }

  bool match(const Compiled& one, const Finding& finding) const {
    return (!one.path || in_files(*one.path, finding)) &&
           (!one.name_space || in_namespace(*one.name_space, finding.object));
  }

 private:
  bool in_files(const IgnorePattern& pattern, const Finding& finding) const {
    if (!finding.location) return false;
    const fs::path named = here_ / finding.location->file;
    if (in_folder(pattern, named)) return true;
    // Reached through a link, it is the file that the link leads to as well.
    std::error_code failure;
    const fs::path real = fs::weakly_canonical(named, failure);
    return !failure && real != named && in_folder(pattern, real);
  }

  bool in_folder(const IgnorePattern& pattern, const fs::path& file) const {
    const std::string path = file.lexically_relative(folder_).generic_string();
    return !path.starts_with("..") && covers(pattern, path);
  }

  static bool in_namespace(const IgnorePattern& pattern, const ObjectRef& object) {
    const std::string& name = object.kind == "Namespace" ? object.name : object.name_space;
    return !name.empty() && pattern.matches(name, false);
  }

  fs::path here_;
  fs::path folder_;  // of the configuration
  std::vector<Compiled> overrides_;
};

}  // namespace

std::function<bool(const Finding&)> ignored_by(const Config& config) {
  const bool some = std::ranges::any_of(config.overrides,
                                        [](const Override& one) { return !one.ignore.empty(); });
  if (!some) return {};
  return [places = Places(config)](const Finding& finding) {
    return std::ranges::any_of(places.overrides(), [&](const Compiled& one) {
      return ignores(one, finding.rule) && places.match(one, finding);
    });
  };
}

std::function<std::optional<Severity>(const Finding&)> severity_by(const Config& config) {
  const bool some = std::ranges::any_of(
      config.overrides, [](const Override& one) { return !one.severities.empty(); });
  if (!some) return {};
  return [places = Places(config)](const Finding& finding) -> std::optional<Severity> {
    for (const Compiled& one : std::views::reverse(places.overrides())) {
      const auto severity = one.severities.find(finding.rule);
      if (severity != one.severities.end() && places.match(one, finding)) return severity->second;
    }
    return std::nullopt;
  };
}

bool is_namespace_pattern(std::string_view text) {
  if (text.find('/') != std::string_view::npos) return false;
  const auto pattern = IgnorePattern::parse(text);
  return pattern && !pattern->negated();
}

}  // namespace meshcheck::cli
