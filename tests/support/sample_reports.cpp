#include "support/sample_reports.h"

#include <algorithm>
#include <stdexcept>

namespace meshcheck::test {
namespace {

constexpr std::array<std::string_view, 8> kTitles = {
    "Control-plane resources",   "Control-plane availability",
    "Revisions and upgrades",    "Sidecars and capacity",
    "Access logs and protocols", "Authorization",
    "Configuration drift",       "Version parity"};

RuleText rule(std::string id, std::string name, std::string title, Severity severity, int point) {
  RuleText out;
  out.id = std::move(id);
  out.name = std::move(name);
  out.title = std::move(title);
  out.severity = severity;
  out.point = point;
  out.precision = "very-high";
  out.tags = {"availability", "control-plane"};
  out.why = "While the only istiod pod is away, no pod of the mesh starts.";
  out.fix = "Keep at least two replicas.";
  out.references = {"https://istio.io/latest/docs/ops/best-practices/deployment/"};
  return out;
}

// Nothing found in one file, and six of the points passed.
Report empty() {
  Report report;
  report.tool_version = "0.1.0";
  report.inputs = {.files = 1, .documents = 4, .resources = 3, .skipped = {}};
  for (std::size_t i = 0; i < report.points.size(); ++i) {
    report.points[i].number = static_cast<int>(i) + 1;
    report.points[i].title = kTitles[i];
    report.points[i].status = PointStatus::pass;
    report.points[i].rules = report.points[i].judged = 5;
  }
  report.points[5].judged = 2;
  for (const std::size_t i : {6U, 7U}) {
    report.points[i].status = PointStatus::not_evaluated;
    report.points[i].judged = 0;
    report.points[i].reason = "no proxy status in the input";
  }
  report.rules = {rule("MC201", "istiod-single-replica", "istiod may run as a single replica",
                       Severity::error, 2),
                  rule("MC501", "mesh-wide-access-log", "The whole mesh writes access logs",
                       Severity::warning, 5),
                  rule("MC602", "policy-selects-nothing", "AuthorizationPolicy selects no workload",
                       Severity::warning, 6)};
  report.rules[2].tags = {"security", "authorization"};
  return report;
}

Location at(std::string file, std::uint32_t line, std::uint32_t column, std::uint32_t end_column,
            std::string excerpt) {
  Location out;
  out.file = std::move(file);
  out.line = line;
  out.column = column;
  out.end_line = line;
  out.end_column = end_column;
  out.excerpt = std::move(excerpt);
  return out;
}

Finding single_replica() {
  Finding finding;
  finding.rule = "MC201";
  finding.name = "istiod-single-replica";
  finding.severity = Severity::error;
  finding.message = "istiod may run as a single replica: the HPA's minimum is 1";
  finding.object = {"autoscaling/v2", "HorizontalPodAutoscaler", "istio-system", "istiod",
                    "default"};
  finding.field = "spec.minReplicas";
  finding.location = at("install/istiod.yaml", 214, 16, 17, "  minReplicas: 1");
  finding.location->document = 7;
  finding.location->source = "istiod/templates/autoscale.yaml";
  finding.location->line_hash = "a7f2ff13bc495cf2:1";
  Related deployment;
  deployment.message = "the Deployment that it scales";
  deployment.location = at("install/istiod.yaml", 31, 9, 15, "  name: istiod");
  deployment.object = ObjectRef{"apps/v1", "Deployment", "istio-system", "istiod", "default"};
  Related folded;
  folded.message = "no PodDisruptionBudget covers istiod";
  folded.location = deployment.location;
  folded.object = deployment.object;
  folded.rule = "MC207";
  finding.related = {folded, deployment};
  finding.fix = Fix{};
  finding.fix->description =
      "Keep at least two replicas: raise autoscaleMin, which is the minReplicas of the HPA; the "
      "chart then renders a PodDisruptionBudget too.";
  finding.fix->method = InstallMethod::helm;
  finding.fix->values = "autoscaleMin: 2\nautoscaleMax: 5\n";
  finding.values = Comparison{"1", "at least 2", "chart 1.30 default"};
  finding.fingerprint = "0123456789abcdef";
  return finding;
}

Finding access_log() {
  Finding finding;
  finding.rule = "MC501";
  finding.name = "mesh-wide-access-log";
  finding.severity = Severity::warning;
  finding.message = "the whole mesh writes access logs";
  finding.object = {"v1", "ConfigMap", "istio-system", "istio", ""};
  finding.field = "data.mesh.accessLogFile";
  finding.location = at("mesh.yaml", 9, 20, 33, "    accessLogFile: \"/dev/stdout\"");
  finding.fix = Fix{};
  finding.fix->description = "Log where it is wanted, by a Telemetry.";
  finding.fix->patch =
      "apiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata:\n  name: access-log\n"
      "  namespace: shop\n";
  finding.fingerprint = "1111111111111111";
  return finding;
}

Report one() {
  Report report = empty();
  report.findings = {single_replica()};
  report.points[1].status = PointStatus::fail;
  report.points[1].errors = 1;
  report.points[1].infos = 2;
  report.exit_code = Exit::findings;
  return report;
}

Report many() {
  Report report = one();
  report.findings.push_back(access_log());
  Finding whole_file = access_log();
  whole_file.rule = "MC006";
  whole_file.name = "unrendered-template";
  whole_file.severity = Severity::info;
  whole_file.message = "a Helm template was skipped";
  whole_file.location = at("charts/a b/100%/deploy:ment.yaml", 0, 0, 0, "");
  whole_file.fix.reset();
  whole_file.fingerprint = "2222222222222222";
  report.findings.push_back(whole_file);
  report.inputs.files = 12;
  report.inputs.skipped = {{"README.yaml", "not a Kubernetes object"}};
  report.points[4].status = PointStatus::warn;
  report.points[4].warnings = 1;
  report.points[5].suppressed = 2;
  report.suppressed = 2;
  report.not_evaluated = {
      {"MC701", "proxies-stale", "no proxy status in the input", {"proxy-status"}},
      {"MC407", "sidecar-budget", "the configuration names no budget", {"config"}},
      {"MC702", "proxy-rejects-config", "no proxy status in the input", {"proxy-status"}},
      {"MC107", "istiod-memory-pressure", "needs a live cluster or --metrics", {"live"}},
      {"MC319", "crds-behind", "no CustomResourceDefinition in the input", {"crds"}},
      {"MC309", "in-place-upgrade", "nothing to compare with: no --base", {"base"}}};
  report.rules.push_back(rule("MC701", "proxies-stale", "proxies do not take their configuration",
                              Severity::error, 7));
  report.rules.push_back(rule("MC702", "proxy-rejects-config", "a proxy refuses its configuration",
                              Severity::error, 7));
  return report;
}

// Objects of a cluster stand in no file.
Report no_location() {
  Report report = one();
  Finding& finding = report.findings.front();
  finding.location.reset();
  finding.logical = "HorizontalPodAutoscaler/istio-system/istiod spec.minReplicas";
  for (Related& related : finding.related) related.location.reset();
  finding.fix->method = InstallMethod::istiooperator;
  report.category = "live";
  report.now = "2026-11-22";
  return report;
}

Report unicode() {
  Report report = one();
  Finding& finding = report.findings.front();
  finding.message = "le déploiement « passerelle » — 網格 — n'a qu'une réplique";
  finding.location = at("déploiements/網格.yaml", 3, 14, 16, "  name: \"é—\" 網格 # une réplique");
  return report;
}

// What a hostile or clumsy input may put into names, paths, messages and source lines.
Report hostile() {
  Report report = one();
  Finding& finding = report.findings.front();
  finding.message =
      "says \"yes\", \\ and\nError: all is well\x1b[2J\x1b]8;;http://x\x07 \x9b\xff\u202e]";
  finding.message += '\0';
  finding.message +=
      "\r\n::error file=x::forged ##[error]forged ]]> </failure><script>alert(1)</script> "
      "| `code` ``` *b* _i_ @team #12 www.x.y {0} &amp; $1$ [a](1) 100%0A\uFFFE";
  finding.object.name = "a\nb";
  finding.location = at("a\nb\x1b[31m.yaml", 5, 9, 14, "\tname:\t\x1b[1mbad\x1b[0m\r");
  finding.related.front().message = "see [this](http://x) \x1b[2J ::error::forged";
  finding.fix->values = "a: \"\x1b[2J\"\n```\n::error::forged\n````\nb: 1";
  finding.values->actual = "1\n2";
  report.errors = {fail("x\ny.yaml", "cannot read x\ny.yaml: \x1b[2J")};
  return report;
}

// Long lines and long sentences.
Report wide() {
  Report report = one();
  Finding& finding = report.findings.front();
  const std::string pad(180, 'x');
  finding.location = at("values.json", 1, 205, 209,
                        "{\"" + pad + "\": \"\", \"minReplicas\": 1234, \"" + pad + "\": 0}");
  report.points[6].reason =
      "no proxy status in the input: give the output of istioctl proxy-status with --proxy-status";
  return report;
}

Report several_meshes() {
  Report report = one();
  report.meshes = {"overlays/prod", "overlays/staging"};
  report.findings.push_back(report.findings.front());
  report.findings[0].mesh = "overlays/prod";
  report.findings[0].state = FindingState::new_;
  report.findings[1].mesh = "overlays/staging";
  report.findings[1].state = FindingState::suppressed;
  report.suppressed = 1;
  return report;
}

// More than a step on GitHub may annotate; two findings at one place, and two of one fingerprint.
Report crowded() {
  Report report = many();
  report.inputs.skipped.clear();
  const Finding warning = report.findings[1];
  report.findings.clear();
  for (std::uint32_t i = 0; i < 14; ++i) {
    Finding finding = warning;
    finding.location = at("logs/" + std::to_string(100 + i) + ".yaml", 3 + i, 20, 33,
                          "    accessLogFile: \"/dev/stdout\"");
    finding.object.name = "istio-" + std::to_string(i);
    finding.fingerprint = "33333333333333" + std::to_string(10 + i);
    report.findings.push_back(std::move(finding));
  }
  Finding info = warning;  // of the same rule at the same place, about something else
  info.severity = Severity::info;
  info.message = "the format of the log is the default one";
  info.location = report.findings.back().location;
  info.field = "data.mesh.accessLogFormat";
  info.fingerprint = report.findings.back().fingerprint;
  report.findings.push_back(std::move(info));
  report.findings.push_back(single_replica());
  return report;
}

// What a suppression and the baseline accept, beside what stands.
Report accepted() {
  Report report = many();
  report.findings[0].state = FindingState::new_;
  report.findings[1].state = FindingState::suppressed;
  report.findings[1].justification = "incident [INC-1](http://x), until \x1b[2Jthe end of May";
  report.findings[2].state = FindingState::baselined;
  report.suppressed = 1;
  report.baselined = 1;
  return report;
}

// Files that the user named, and that no repository holds.
Report outside() {
  Report report = one();
  const Finding finding = report.findings.front();
  report.findings.clear();
  for (const char* file : {"../shared/istiod.yaml", "/srv/mesh/istiod.yaml", "<stdin>"}) {
    report.findings.push_back(finding);
    report.findings.back().location->file = file;
  }
  report.points[1].errors = 3;
  return report;
}

Report errors() {
  Report report = empty();
  Error missing = fail("prod.yaml", "cannot read prod.yaml: permission denied",
                       "run as a user who may read it");
  Error forbidden = fail("cluster prod", "cannot list poddisruptionbudgets: forbidden");
  forbidden.location = at("kubeconfig", 12, 3, 9, "");
  report.errors = {missing, forbidden};
  report.exit_code = Exit::incomplete;
  return report;
}

}  // namespace

const std::vector<std::pair<std::string_view, Report>>& sample_reports() {
  static const std::vector<std::pair<std::string_view, Report>> samples = {
      {"empty", empty()},       {"one", one()},
      {"many", many()},         {"no_location", no_location()},
      {"unicode", unicode()},   {"hostile", hostile()},
      {"wide", wide()},         {"several_meshes", several_meshes()},
      {"errors", errors()},     {"crowded", crowded()},
      {"accepted", accepted()}, {"outside", outside()},
  };
  return samples;
}

const Report& sample_report(std::string_view name) {
  const auto& samples = sample_reports();
  const auto it = std::ranges::find(samples, name, &std::pair<std::string_view, Report>::first);
  if (it == samples.end()) throw std::invalid_argument("no such sample report");
  return it->second;
}

}  // namespace meshcheck::test
