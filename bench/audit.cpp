#include "bench/audit.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <sstream>
#include <string_view>

#include <fmt/format.h>

#include "bench/mesh.h"
#include "engine/run.h"
#include "input/load.h"
#include "mesh/partition.h"
#include "meshcheck/report.h"

namespace meshcheck::bench {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

struct Stages {
  double read = 1e9;
  double mesh = 1e9;
  double rules = 1e9;
  double report = 1e9;
  std::size_t findings = 0;

  double all() const { return read + mesh + rules + report; }
};

RunOptions everything() {
  RunOptions how;
  for (const Rule& rule : all_rules()) how.rules.push_back(&rule);
  return how;
}

const ReportFormat& format(std::string_view name) {
  return *std::ranges::find(report_formats(), name, &ReportFormat::name);
}

// What the flags of an audit of nothing but files say to the mesh.
struct Plain {
  Settings settings = {};
  Observations observed = {};
  PartitionOptions how = {};

  Plain() {
    how.build.settings = &settings;
    how.build.observed = &observed;
  }
};

// What `audit -o json` does, one stage after the other.
void audit_once(const AuditInput& input, Stages& best) {
  LoadOptions options;
  options.stdin_text = input.text;
  const std::vector<std::string> paths{input.file.empty() ? "-" : input.file};
  const Plain plain;
  auto begin = Clock::now();
  const auto lap = [&](double& stage) {
    stage = std::min(stage, milliseconds_since(begin));
    begin = Clock::now();
  };
  Loaded loaded = load(paths, options);
  lap(best.read);
  const Meshes meshes = partition(loaded.documents, plain.how);
  lap(best.mesh);
  const Report report = run(meshes.meshes,
                            {std::move(loaded.findings), std::move(loaded.errors),
                             std::move(loaded.inputs), std::move(loaded.suppressions)},
                            everything());
  lap(best.rules);
  std::ostringstream out;
  format("json").write(report, {}, out);
  lap(best.report);
  best.findings = report.findings.size();
}

// Milliseconds of each rule on a mesh of that many namespaces; the best of three.
std::map<std::string, double> rule_times(std::size_t namespaces) {
  const std::string text = mesh_of(namespaces);
  LoadOptions options;
  options.stdin_text = text;
  const Loaded loaded = load(std::vector<std::string>{"-"}, options);
  const Plain plain;
  auto begin = Clock::now();
  const Meshes meshes = partition(loaded.documents, plain.how);
  std::map<std::string, double> times{{"the mesh", milliseconds_since(begin)}};
  for (const Rule& rule : all_rules()) {
    if (rule.check == nullptr) continue;
    RunOptions one;
    one.rules = {&rule};
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
      begin = Clock::now();
      run(meshes.meshes, {}, one);
      best = std::min(best, milliseconds_since(begin));
    }
    times[std::string(rule.info.id)] = best;
  }
  return times;
}

}  // namespace

void measure_audit(const std::vector<AuditInput>& inputs) {
  fmt::print("{:<24}{:>9}{:>9}{:>9}{:>9}{:>9}{:>11}\n", "audit -o json", "read", "mesh", "rules",
             "report", "all, ms", "findings");
  for (const AuditInput& input : inputs) {
    Stages best;
    for (int i = 0; i < 3; ++i) audit_once(input, best);
    fmt::print("{:<24}{:>9.1f}{:>9.1f}{:>9.1f}{:>9.1f}{:>9.1f}{:>11}\n", input.name, best.read,
               best.mesh, best.rules, best.report, best.all(), best.findings);
  }
  fmt::print("\n");
}

bool measure_growth() {
  constexpr std::array<std::size_t, 4> kNamespaces = {250, 500, 1000, 2000};
  constexpr double kClear = 3;     // milliseconds: below, the clock shows the machine
  constexpr double kSquare = 3.4;  // the square would give 4 for each doubling
  std::array<std::map<std::string, double>, kNamespaces.size()> series;
  for (std::size_t i = 0; i < kNamespaces.size(); ++i) series[i] = rule_times(kNamespaces[i]);
  std::vector<std::pair<double, std::string>> slowest;
  bool linear = true;
  for (const auto& [rule, last] : series.back()) {
    slowest.emplace_back(-last, rule);
    const double before = series[kNamespaces.size() - 2][rule];
    if (before < kClear || last < kSquare * before) continue;
    fmt::print("{} grows with the square of the mesh: {:.1f} ms, then {:.1f} ms\n", rule, before,
               last);
    linear = false;
  }
  std::ranges::sort(slowest);
  fmt::print("{:<24}", "namespaces");
  for (const std::size_t count : kNamespaces) fmt::print("{:>9}", count);
  fmt::print("\n");
  for (std::size_t i = 0; i < std::min<std::size_t>(12, slowest.size()); ++i) {
    const std::string& rule = slowest[i].second;
    fmt::print("{:<24}", rule + ", ms");
    for (auto& times : series) fmt::print("{:>9.1f}", times[rule]);
    fmt::print("\n");
  }
  fmt::print("\n");
  return linear;
}

}  // namespace meshcheck::bench
