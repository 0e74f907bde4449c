#include "engine/analyzer_fold.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

#include "engine/fold.h"

namespace meshcheck {
namespace {

struct SameCause {
  std::string_view code;
  std::string_view rule;
  bool by_name = false;  // only where both speak of the same annotation
};

// (istio: pkg/config/analysis/msg/messages.yaml)
constexpr auto kSameCauses = std::to_array<SameCause>({
    {"IST0107", "MC405", true},
    {"IST0118", "MC506"},
    {"IST0123", "MC306"},
    {"IST0125", "MC404", true},
    {"IST0127", "MC602"},
    {"IST0139", "MC308"},
    {"IST0139", "MC304"},
    {"IST0144", "MC906"},
    {"IST0151", "MC912"},
    {"IST0155", "MC912"},
    {"IST0157", "MC503"},
    {"IST0160", "MC503"},
    {"IST0167", "MC602"},
});

// What a manifest leaves out istioctl fills in.
bool same_object(const ObjectRef& a, const ObjectRef& b) {
  return a.kind == b.kind && a.name == b.name &&
         (a.name_space == b.name_space || a.name_space.empty() || b.name_space.empty());
}

// Of two that conflict we mark one and name the other; istioctl reports both.
bool concerns(const Finding& finding, const ObjectRef& object) {
  return same_object(finding.object, object) ||
         std::ranges::any_of(finding.related, [&](const Related& related) {
           return related.object && same_object(*related.object, object);
         });
}

// The first annotation that a text names: "sidecar.istio.io/proxyCPU".
std::string_view annotation_in(std::string_view text) {
  const std::size_t slash = text.find("istio.io/");
  if (slash == std::string_view::npos) return {};
  const std::size_t before = text.substr(0, slash).find_last_of(" \"'[(");
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const std::size_t end = text.find_first_of(" :,\"'])", slash);
  return text.substr(begin, end == std::string_view::npos ? end : end - begin);
}

bool same_annotation(const Finding& ours, const Finding& message) {
  const std::string_view name = annotation_in(message.message);
  return !name.empty() && (ours.message.find(name) != std::string::npos ||
                           ours.field.find(name) != std::string::npos);
}

Finding* find_cause(std::vector<Finding>& findings, const Finding& message) {
  for (const SameCause& cause : kSameCauses) {
    if (cause.code != message.rule) continue;
    for (Finding& ours : findings) {
      if (ours.rule != cause.rule || !concerns(ours, message.object)) continue;
      if (!cause.by_name || same_annotation(ours, message)) return &ours;
    }
  }
  return nullptr;
}

}  // namespace

void fold_analyzer_messages(std::vector<Finding>& findings,
                            const std::function<bool(const Finding&)>& chosen) {
  const auto first = std::ranges::stable_partition(
      findings, [](const Finding& finding) { return !finding.rule.starts_with("IST"); });
  std::vector<Finding> messages(std::make_move_iterator(first.begin()),
                                std::make_move_iterator(first.end()));
  findings.erase(first.begin(), first.end());
  std::vector<Finding> alone;
  for (Finding& message : messages) {
    Finding* ours = find_cause(findings, message);
    const bool hides =
        ours != nullptr && chosen && chosen(*ours) && ours->severity < message.severity;
    if (ours != nullptr && !hides) {
      absorb(*ours, message);
    } else {
      alone.push_back(std::move(message));
    }
  }
  std::ranges::move(alone, std::back_inserter(findings));
}

}  // namespace meshcheck
