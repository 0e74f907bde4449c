#include "cli/overrides.h"

#include <algorithm>
#include <filesystem>
#include <optional>
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
  IgnorePattern pattern;
  std::set<std::string, std::less<>> rules;
  Selection words;
};

// As git has it, a pattern that names a folder holds for all that is in it.
bool covers(const IgnorePattern& pattern, const std::string& path) {
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    if (pattern.matches(path.substr(0, slash), true)) return true;
  }
  return pattern.matches(path, false);
}

std::vector<Compiled> compile(const std::vector<Override>& overrides) {
  std::vector<Compiled> out;
  for (const Override& one : overrides) {
    auto pattern = IgnorePattern::parse(one.path);
    Selection words;
    words.select = one.ignore;
    const auto rules = select_rules(words);
    if (!pattern || !rules || one.ignore.empty()) continue;  // refused when it was read
    std::set<std::string, std::less<>> ids;
    for (const Rule* rule : *rules) ids.emplace(rule->info.id);
    out.push_back({std::move(*pattern), std::move(ids), std::move(words)});
  }
  return out;
}

}  // namespace

std::function<bool(const Finding&)> ignored_by(const Config& config) {
  std::vector<Compiled> overrides = compile(config.overrides);
  if (overrides.empty()) return {};
  const fs::path here = fs::current_path();
  std::error_code failure;
  const fs::path folder = fs::weakly_canonical(here / config.path, failure).parent_path();
  return [overrides = std::move(overrides), here, folder](const Finding& finding) {
    if (!finding.location) return false;
    const std::string path =
        (here / finding.location->file).lexically_relative(folder).generic_string();
    if (path.starts_with("..")) return false;
    return std::ranges::any_of(overrides, [&](const Compiled& one) {
      const bool named = is_analyzer_code(finding.rule) ? selects_code(one.words, finding.rule)
                                                        : one.rules.contains(finding.rule);
      return named && covers(one.pattern, path);
    });
  };
}

}  // namespace meshcheck::cli
