// Severity, documentation and parameters: rules/mc108-istiod-sizing.yaml
#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

struct Sample {
  double value = 0;
  Location location;
};
using Samples = std::vector<Sample>;

// What one control plane was seen to use.
struct Seen {
  Samples memory;  // in bytes
  Samples cpu;     // in cores
};

// By nearest rank.
const Sample& percentile(Samples& samples, int percent) {
  std::ranges::sort(samples, {}, &Sample::value);
  const double rank = std::ceil(static_cast<double>(samples.size()) * percent / 100);
  return samples[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

// One for each pod where the file holds several, as cAdvisor's do.
void add_memory(const MetricsFile& file, Samples& memory) {
  for (const char* name : {"container_memory_working_set_bytes", "process_resident_memory_bytes"}) {
    const auto [first, last] = file.range(name);
    for (const MetricSample* sample = first; sample != last; ++sample) {
      const std::string_view container = sample->label("container");
      const bool own = container.empty() || container == kIstiodContainer;
      if (own && std::isfinite(sample->value)) memory.push_back({sample->value, sample->location});
    }
    if (first != last) return;
  }
}

// When the file was saved; only differences of it are used.
std::optional<double> moment(const MetricsFile& file, const MetricSample& counter) {
  if (counter.time) return counter.time;
  const MetricSample* uptime = file.find("istiod_uptime_seconds");
  if (uptime == nullptr || !std::isfinite(uptime->value)) return std::nullopt;
  return uptime->value;
}

void add_cpu(const MetricsFile& before, const MetricsFile& now, Samples& cpu) {
  constexpr const char* kCounter = "process_cpu_seconds_total";
  const MetricSample* first = before.find(kCounter);
  const MetricSample* second = now.find(kCounter);
  if (first == nullptr || second == nullptr ||
      first->time.has_value() != second->time.has_value()) {
    return;
  }
  const auto begin = moment(before, *first);
  const auto end = moment(now, *second);
  if (!begin || !end || !(*end > *begin)) return;
  const double cores = (second->value - first->value) / (*end - *begin);
  if (std::isfinite(cores) && cores >= 0) cpu.push_back({cores, second->location});
}

std::map<const ControlPlane*, Seen> samples_of(const Mesh& mesh, Sink& sink) {
  std::map<const ControlPlane*, Seen> seen;
  std::vector<const MetricsFile*> latest;  // of each process
  for (const MetricsFile& file : mesh.observed->metrics) {
    if (file.is_agents()) continue;
    const ControlPlane* plane = mesh.find_answering(file);
    if (plane == nullptr) {
      sink.not_evaluated(
          fmt::format("which istiod in the input answered with {} is not known", file.who()),
          {"istiod"});
      continue;
    }
    add_memory(file, seen[plane].memory);
    const auto same = std::ranges::find_if(
        latest, [&](const MetricsFile* other) { return may_follow(*other, file); });
    if (same == latest.end()) {
      latest.push_back(&file);
    } else {
      add_cpu(**same, file, seen[plane].cpu);
      *same = &file;
    }
  }
  return seen;
}

using Amount = Traced<std::optional<Quantity>>;

// One value of the container, and what the samples say it should be.
struct Sizing {
  std::string_view word;      // "memory request"
  std::string_view kind;      // "requests"
  std::string_view resource;  // "memory"
  const Amount& have;
  double have_number = 0;   // in bytes, or thousandths of a core
  double wanted = 0;        // the same
  std::string wanted_text;  // "1430Mi"
  std::string observed;     // "p95 of 12 samples is 1408Mi"
  const Sample& at;
  std::string beside = {};  // of the limit or request, where the two would not go together
};

std::string mebibytes(double bytes) { return fmt::format("{:.0f}Mi", std::ceil(bytes / 1048576)); }
std::string millicores(double milli) { return fmt::format("{:.0f}m", std::ceil(milli)); }

void judge(const ControlPlane& plane, const Sizing& sizing, const Parameters& parameters,
           Sink& sink) {
  // Where nothing is set, MC101 to MC103 speak.
  if (!sizing.have.known() || !sizing.have.value) return;
  sink.judged();
  const auto tolerance = static_cast<double>(parameters.integer("tolerance-percent")) / 100;
  if (std::abs(sizing.have_number - sizing.wanted) <= sizing.wanted * tolerance) return;
  const bool low = sizing.have_number < sizing.wanted;
  Draft finding = sink.report(
      plane.place(sizing.have.from), "{}'s {} of {}{} is {} than it was seen to need: {}",
      plane.name, sizing.word, sizing.have.value->text(), in_parentheses(sizing.have.from),
      low ? "less" : "more", sizing.observed);
  finding.about(plane)
      .field(container_field(plane, fmt::format("resources.{}.{}", sizing.kind, sizing.resource)))
      .container(kIstiodContainer)
      .compare(sizing.have.value->text(), sizing.wanted_text, sizing.have.from)
      .related("the sample", sizing.at.location)
      .fix(fmt::format("Set it to {}, if the samples hold a usual day and its peak.",
                       sizing.wanted_text));
  std::string yaml;
  const auto set = [&](std::string_view kind, const std::string& text) {
    finding.setting(fmt::format("resources.{}.{}", kind, sizing.resource), text);
    yaml += fmt::format("  {}:\n    {}: {}\n", kind, sizing.resource, text);
  };
  set(sizing.kind, sizing.wanted_text);
  // A request above its limit is refused.
  if (!sizing.beside.empty()) set(sizing.kind == "requests" ? "limits" : "requests", sizing.beside);
  finding.patch(container_patch(plane, "resources:\n" + yaml));
}

bool enough(const ControlPlane& plane, const Samples& samples, std::string_view what,
            const Parameters& parameters, Sink& sink) {
  const auto least = parameters.integer("min-samples");
  if (static_cast<std::int64_t>(samples.size()) >= least) return true;
  sink.not_evaluated(fmt::format("{} sample{} of the {} of {} in --metrics; {} are wanted",
                                 samples.size(), samples.size() == 1 ? "" : "s", what, plane.name,
                                 least));
  return false;
}

void judge_memory(const ControlPlane& plane, Samples& samples, const Parameters& parameters,
                  Sink& sink) {
  if (!enough(plane, samples, "memory", parameters, sink)) return;
  if (plane.vertical && plane.vertical->controls_memory) {
    sink.not_evaluated(fmt::format("VerticalPodAutoscaler {} sets the memory of {}",
                                   plane.vertical->object.name, plane.name));
    return;
  }
  const auto floor = static_cast<double>(parameters.quantity("min-memory").value());
  const auto number = [](const Amount& amount) {
    return amount.value ? static_cast<double>(amount.value->value()) : 0.0;
  };
  const Resources& resources = plane.resources;
  const std::size_t count = samples.size();
  const Sample& p95 = percentile(samples, 95);
  const Sample& p99 = percentile(samples, 99);
  const double request = std::max(p95.value, floor);
  const double limit = std::max({p99.value * 1.3, request, floor});
  const bool too_low = resources.memory_limit.value && number(resources.memory_limit) < request;
  const bool too_high = number(resources.memory_request) > limit;
  judge(plane,
        {.word = "memory request",
         .kind = "requests",
         .resource = "memory",
         .have = resources.memory_request,
         .have_number = number(resources.memory_request),
         .wanted = request,
         .wanted_text = mebibytes(request),
         .observed = fmt::format("p95 of {} samples is {}", count, mebibytes(p95.value)),
         .at = p95,
         .beside = too_low ? mebibytes(limit) : ""},
        parameters, sink);
  judge(plane,
        {.word = "memory limit",
         .kind = "limits",
         .resource = "memory",
         .have = resources.memory_limit,
         .have_number = number(resources.memory_limit),
         .wanted = limit,
         .wanted_text = mebibytes(limit),
         .observed =
             fmt::format("p99 of {} samples plus 30 % is {}", count, mebibytes(p99.value * 1.3)),
         .at = p99,
         .beside = too_high ? mebibytes(request) : ""},
        parameters, sink);
}

void judge_cpu(const ControlPlane& plane, Samples& samples, const Parameters& parameters,
               Sink& sink) {
  if (!enough(plane, samples, "CPU", parameters, sink)) return;
  if (plane.vertical && plane.vertical->controls_cpu) {
    sink.not_evaluated(fmt::format("VerticalPodAutoscaler {} sets the CPU of {}",
                                   plane.vertical->object.name, plane.name));
    return;
  }
  const auto floor = static_cast<double>(parameters.quantity("min-cpu").milli());
  const Amount& have = plane.resources.cpu_request;
  const std::size_t count = samples.size();
  const Sample& p95 = percentile(samples, 95);
  const double request = std::max(p95.value * 1000, floor);
  const auto& limit = plane.resources.cpu_limit.value;
  judge(plane,
        {.word = "CPU request",
         .kind = "requests",
         .resource = "cpu",
         .have = have,
         .have_number = have.value ? static_cast<double>(have.value->milli()) : 0.0,
         .wanted = request,
         .wanted_text = millicores(request),
         .observed = fmt::format("p95 of {} samples is {}", count, millicores(p95.value * 1000)),
         .at = p95,
         .beside = limit && static_cast<double>(limit->milli()) < request
                       ? millicores(std::max(request, 2000.0))
                       : ""},
        parameters, sink);
}

}  // namespace

void mc108_istiod_sizing(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  if (mesh.observed->metrics.empty()) {
    sink.not_evaluated(mesh.observed->why_unanswered(
        "/metrics", "no --metrics was given: several, saved over a day, tell what istiod uses"));
    return;
  }
  for (auto& [plane, seen] : samples_of(mesh, sink)) {
    judge_memory(*plane, seen.memory, parameters, sink);
    judge_cpu(*plane, seen.cpu, parameters, sink);
  }
}

}  // namespace meshcheck::rules
