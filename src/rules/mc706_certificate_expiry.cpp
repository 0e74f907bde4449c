// Severity, documentation and parameters: rules/mc706-certificate-expiry.yaml
#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <vector>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

struct Certificate {
  std::string_view name;
  std::string_view timestamp;  // its end, in seconds since 1970
  std::string_view remaining;  // seconds left when the metrics were saved; since 1.24
};

// (istio: security/pkg/server/ca/monitoring.go)
constexpr Certificate kCertificates[] = {
    {"root certificate", "citadel_server_root_cert_expiry_timestamp",
     "citadel_server_root_cert_expiry_seconds"},
    {"CA certificate", "citadel_server_cert_chain_expiry_timestamp",
     "citadel_server_cert_chain_expiry_seconds"},
};

// Today is a day, and so is what is told.
std::string when_it_ends(double days) {
  if (days > -1 && days < 0) return "ended less than a day ago";
  if (days >= 0 && days < 1) return "ends within a day";
  const double whole = days < 0 ? std::ceil(-days) : std::floor(days);
  const std::string text = fmt::format("{:.0f} day{}", whole, whole == 1 ? "" : "s");
  return days < 0 ? fmt::format("ended {} ago", text) : fmt::format("ends in {}", text);
}

void report(const MetricsFile& file, const Certificate& certificate, const MetricSample& sample,
            double days, const Parameters& parameters, Sink& sink) {
  const auto error = static_cast<double>(parameters.integer("error-days"));
  const auto warning = static_cast<double>(parameters.integer("warning-days"));
  if (!(days < warning)) {
    sink.judged();
    return;
  }
  const std::string when = when_it_ends(days);
  Draft finding = days < error
                      ? sink.report(sample.location, "the mesh's {} {}", certificate.name, when)
                      : sink.report_as("within-months", sample.location, "the mesh's {} {}",
                                       certificate.name, when);
  finding.object(file.object(certificate.timestamp))
      .field(file.field(certificate.timestamp, "expiry"))
      .compare(when, fmt::format("at least {:.0f} days", warning), {})
      .fix(
          "Begin the rotation now: add the new root beside the old one, restart the workloads, "
          "then sign with the new one.");
}

void judge(const MetricsFile& file, const Certificate& certificate, const Parameters& parameters,
           Sink& sink) {
  constexpr double kDay = 86400;
  const MetricSample* end = file.find(certificate.timestamp);
  // istiod says 0 or less where it could not read the certificate.
  if (end != nullptr && end->value > 0 && std::isfinite(end->value)) {
    const auto today = sink.today().time_since_epoch();
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(today).count();
    report(file, certificate, *end, (end->value - static_cast<double>(now)) / kDay, parameters,
           sink);
    return;
  }
  const MetricSample* left = file.find(certificate.remaining);
  if (left == nullptr || !std::isfinite(left->value)) return;
  report(file, certificate, *left, left->value / kDay, parameters, sink);
}

// Another replica of the same revision said so already.
bool is_replicas(const MetricsFile& one, const MetricsFile& other, const Certificate& certificate) {
  if (one.pod.empty() || one.name_space != other.name_space || one.revision != other.revision) {
    return false;
  }
  const MetricSample* first = one.find(certificate.timestamp);
  const MetricSample* second = other.find(certificate.timestamp);
  return first != nullptr && second != nullptr && first->value == second->value;
}

// What an agent says of its proxy's own certificate: the seconds that are left.
const MetricSample* workload_certificate(const MetricsFile& file) {
  for (const char* name : {"cert_expiry_seconds", "istio_agent_cert_expiry_seconds"}) {
    const auto [first, last] = file.range(name);
    for (const MetricSample* sample = first; sample != last; ++sample) {
      if (sample->label("resource_name") == "ROOTCA" || !std::isfinite(sample->value)) continue;
      return sample;
    }
  }
  return nullptr;
}

// One agent's certificate over all the files that it answered with, the last one now.
struct WorkloadCertificate {
  const MetricsFile* file = nullptr;
  const MetricSample* now = nullptr;
  double most_left = 0;  // ever seen: its lifetime is that or more
};

std::vector<WorkloadCertificate> workload_certificates(const Mesh& mesh) {
  std::vector<WorkloadCertificate> all;
  for (const MetricsFile& file : mesh.observed->metrics) {
    const MetricSample* sample = workload_certificate(file);
    if (sample == nullptr) continue;
    // Without its start nothing says that two files are of one process.
    const auto same = std::ranges::find_if(all, [&](const WorkloadCertificate& other) {
      return file.process_start() && other.file->process_start() == file.process_start();
    });
    WorkloadCertificate& certificate =
        same == all.end() ? all.emplace_back(WorkloadCertificate{}) : *same;
    certificate = {&file, sample, std::max(certificate.most_left, sample->value)};
  }
  return all;
}

std::string hours(double seconds) { return fmt::format("{:.1f} h", seconds / 3600); }

// istio: security/pkg/nodeagent/cache renews at half of the lifetime.
void judge_workload(const WorkloadCertificate& certificate, const Parameters& parameters,
                    Sink& sink) {
  const double left = certificate.now->value;
  const auto known = static_cast<double>(parameters.integer("workload-certificate-hours")) * 3600;
  const double lifetime = known > 0 ? known : certificate.most_left;
  const auto share = static_cast<double>(parameters.integer("min-lifetime-percent")) / 100;
  if (left > 0 && known <= 0 && left >= lifetime) {
    sink.not_evaluated(fmt::format(
        "how long the certificate of {} was made for is not known: a second --metrics of its "
        "agent, or the parameter workload-certificate-hours, tells",
        certificate.file->who()));
    return;
  }
  if (left > 0 && left >= lifetime * share) return sink.judged();
  const std::string state = left <= 0 ? fmt::format("ended {} ago", hours(-left))
                                      : fmt::format("has {} of {}{} left", hours(left),
                                                    known > 0 ? "" : "at least ", hours(lifetime));
  sink.report(certificate.now->location, "the proxy's certificate {}: its renewal has failed",
              state)
      .object({"", "File", "", certificate.file->file, ""})
      .field("certificate")
      .compare(hours(left), fmt::format("at least {:.0f} % of its lifetime", share * 100), {})
      .fix(
          "See why in the agent's log (kubectl logs POD -c istio-proxy | grep -i cert) and in "
          "istiod's (citadel_server_csr_sign_err_count); then restart the pod.");
}

}  // namespace

void mc706_certificate_expiry(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  if (mesh.observed->metrics.empty()) {
    sink.not_evaluated(mesh.observed->why_unanswered(
        "/metrics", "no --metrics was given: what istiod's /metrics on port 15014 answers"));
    return;
  }
  // Replicas share their CA, and a later sample of one replaces the earlier.
  const auto pairs = pair_metrics(mesh.observed->metrics);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (pairs[i].now->is_agents()) continue;
    for (const Certificate& certificate : kCertificates) {
      const bool told = std::any_of(pairs.begin(), pairs.begin() + static_cast<std::ptrdiff_t>(i),
                                    [&](const MetricsPair& other) {
                                      return is_replicas(*other.now, *pairs[i].now, certificate);
                                    });
      if (!told) judge(*pairs[i].now, certificate, parameters, sink);
    }
  }
  for (const WorkloadCertificate& certificate : workload_certificates(mesh)) {
    judge_workload(certificate, parameters, sink);
  }
  if (sink.judged_count() == 0 && sink.skipped().empty()) {
    sink.not_evaluated(
        fmt::format("{} tells of no certificate's end", mesh.observed->metrics.front().who()));
  }
}

}  // namespace meshcheck::rules
