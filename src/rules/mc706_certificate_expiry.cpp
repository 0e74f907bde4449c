// Severity, documentation and parameters: rules/mc706-certificate-expiry.yaml
#include <chrono>
#include <cmath>

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

void report(const Certificate& certificate, const MetricSample& sample, double days,
            const Parameters& parameters, Sink& sink) {
  const auto error = static_cast<double>(parameters.integer("error-days"));
  const auto warning = static_cast<double>(parameters.integer("warning-days"));
  if (!(days < warning)) {
    sink.judged();
    return;
  }
  const std::string when = days < 0 ? fmt::format("ended {:.0f} days ago", std::ceil(-days))
                                    : fmt::format("ends in {:.0f} days", std::floor(days));
  Draft finding = days < error
                      ? sink.report(sample.location, "the mesh's {} {}", certificate.name, when)
                      : sink.report_as("within-months", sample.location, "the mesh's {} {}",
                                       certificate.name, when);
  finding.object({"", "Metrics", {}, std::string(certificate.timestamp), {}})
      .field("expiry")
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
    report(certificate, *end, (end->value - static_cast<double>(now)) / kDay, parameters, sink);
    return;
  }
  const MetricSample* left = file.find(certificate.remaining);
  if (left == nullptr || !std::isfinite(left->value)) return;
  report(certificate, *left, left->value / kDay, parameters, sink);
}

}  // namespace

void mc706_certificate_expiry(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  if (mesh.observed->metrics.empty()) {
    sink.not_evaluated("no --metrics was given: what istiod's /metrics on port 15014 answers");
    return;
  }
  // Replicas share their CA, and a later sample of one replaces the earlier.
  for (const MetricsPair& pair : pair_metrics(mesh.observed->metrics)) {
    for (const Certificate& certificate : kCertificates) {
      judge(*pair.now, certificate, parameters, sink);
    }
  }
}

}  // namespace meshcheck::rules
