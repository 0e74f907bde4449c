// A run's outcome, complete and self-contained: report formats read this and nothing else.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/finding.h"
#include "meshcheck/result.h"

namespace meshcheck {

enum class PointStatus : std::uint8_t { pass, warn, fail, not_evaluated };

std::string_view to_string(PointStatus status);  // "pass", "warn", "fail", "not-evaluated"

// One of the eight points of the baseline.
struct Point {
  int number = 0;
  std::string title;
  PointStatus status = PointStatus::not_evaluated;
  std::size_t errors = 0;
  std::size_t warnings = 0;
  std::size_t infos = 0;
  std::size_t suppressed = 0;
  std::size_t baselined = 0;
  std::size_t rules = 0;   // those selected
  std::size_t judged = 0;  // of them, those that were shown something to judge
  std::string reason;      // why it was not evaluated; else empty
};

struct NotEvaluated {
  std::string rule;
  std::string name;
  std::string reason;
  std::vector<std::string> needs;
  bool partly = false;  // the rule judged something else
};

struct Inputs {
  std::size_t files = 0;
  std::size_t documents = 0;
  std::size_t resources = 0;
  struct Skipped {
    std::string file;
    std::string reason;
  };
  std::vector<Skipped> skipped;
};

// What a format tells about a rule; copied from RuleInfo so that a Report stands alone.
struct RuleText {
  std::string id;
  std::string name;
  std::string title;
  Severity severity = Severity::error;
  int point = 0;
  std::string precision;
  std::vector<std::string> tags;
  std::string why;
  std::string fix;
  std::vector<std::string> references;
};

// The process's exit status; the same in every format. Where several apply: 4 > 2 > 1 > 3 > 0.
enum class Exit : int {
  clean = 0,       // nothing at or above --fail-on
  findings = 1,    // something at or above --fail-on
  usage = 2,       // a wrong flag, configuration or rule name
  incomplete = 3,  // something we were told to read was not read
  internal = 4,    // meshcheck contradicted itself
};

// A cluster that was read, or should have been.
struct ClusterRead {
  struct List {
    std::string resource;  // "deployments.apps"
    std::string state;     // "whole", "absent", "partial", "forbidden", "failed"
    std::size_t objects = 0;
  };
  std::string name;  // of the context
  std::string server;
  std::string version;  // of Kubernetes
  std::string user;     // that was impersonated; else empty
  std::string taken;    // when it was read: "2026-11-22T10:00:00Z"
  bool insecure = false;
  bool reached = true;
  std::vector<List> lists;
};

struct Report {
  std::string tool_version;
  Inputs inputs;
  std::array<Point, 8> points;
  std::vector<Finding> findings;  // sorted; with those suppressed or baselined, by their state
  std::vector<NotEvaluated> not_evaluated;
  std::vector<Error> errors;
  std::vector<std::string> meshes;  // folders or clusters, where a run holds several meshes
  std::vector<ClusterRead> clusters;
  std::string category;         // tells apart runs over one repository: a folder, "live"; or empty
  std::vector<RuleText> rules;  // those selected, by id
  std::size_t suppressed = 0;
  std::size_t baselined = 0;   // accepted by --baseline
  std::size_t stale = 0;       // entries of the baseline whose findings are gone
  bool stale_allowed = false;  // they do not fail the run
  Exit exit_code = Exit::clean;
  std::string now;  // the date used, where a rule used one
};

// How a format is to be written, and what the surroundings say that a report cannot know.
struct ReportStyle {
  bool colour = false;
  bool links = false;  // OSC 8 hyperlinks
  bool verbose = false;
  bool quiet = false;  // findings only: no scoreboard, no summary
  bool statistics = false;
  bool suppressed = false;  // machine formats tell suppressed and baselined findings too
  int width = 100;          // columns of the terminal

  // Dashboards name files from the root of the repository, reports from the current folder.
  std::string repository = {};  // the root, as an absolute path; empty where there is none
  std::string folder = {};      // the current folder below it, as "deploy/prod"; empty at the root
  std::string file_url = {};    // what a file's path is appended to for a link; empty: no links

  std::size_t most_bytes = 65'536;  // of a Markdown report: GitHub's limit for a comment
};

struct ReportFormat {
  std::string_view name;
  void (*write)(const Report&, const ReportStyle&, std::ostream&);
};

std::span<const ReportFormat> report_formats();

}  // namespace meshcheck
