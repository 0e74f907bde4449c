#include "cli/live_needs.h"

#include <algorithm>
#include <array>
#include <set>

#include "live/resources.h"

namespace meshcheck::cli {
namespace {

// What a word of a rule's `needs` stands for.
struct Word {
  std::string_view word;
  std::string_view kinds;
};
constexpr std::array kWords = {
    Word{"istiod",
         "HorizontalPodAutoscaler PodDisruptionBudget ScaledObject "
         "VerticalPodAutoscaler MutatingWebhookConfiguration Service Node"},
    Word{"workload", "StatefulSet DaemonSet Job CronJob Rollout Service"},
    Word{"gateway", "DaemonSet Service HorizontalPodAutoscaler PodDisruptionBudget Gateway"},
    Word{"injector", "MutatingWebhookConfiguration"},
    Word{"ztunnel", "DaemonSet"},
};
// The picture of a mesh hangs on these, whatever is asked of it.
constexpr std::string_view kAlways = "Namespace Deployment Pod MutatingWebhookConfiguration";

void add_words(std::string_view text, std::set<std::string_view>& out) {
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    out.insert(text.substr(begin, end - begin));
    begin = end + 1;
  }
}

class Reader {
 public:
  LiveNeeds take() {
    needs_.kinds.assign(kinds_.begin(), kinds_.end());
    return std::move(needs_);
  }

  void begin() {
    needs_ = {false, {}, false, false};
    add_words(kAlways, kinds_);
  }

  void add(const RuleInfo& rule) {
    if (rule.by != RuleBy::mesh) return;
    for (const std::string_view need : rule.needs) {
      if (!understands(need)) needs_.everything = true;
    }
  }

 private:
  // "AuthorizationPolicy, PeerAuthentication or istiod" is of several words.
  bool understands(std::string_view need) {
    bool any = false;
    for (const live::LiveResource& resource : live::live_resources()) {
      if (need.find(resource.kind) == std::string_view::npos) continue;
      kinds_.insert(resource.kind);
      any = true;
    }
    for (const Word& word : kWords) {
      if (need.find(word.word) == std::string_view::npos) continue;
      add_words(word.kinds, kinds_);
      any = true;
    }
    if (need.starts_with("--proxy-status")) {
      needs_.drift = true;
      return true;
    }
    if (need.starts_with("--metrics") || need.starts_with("--versions")) {
      needs_.proxy = true;
      return true;
    }
    return any;
  }

  LiveNeeds needs_;
  std::set<std::string_view> kinds_;
};

}  // namespace

bool LiveNeeds::lists(std::string_view kind) const {
  return everything || std::ranges::binary_search(kinds, kind);
}

LiveNeeds needs_of(std::span<const Rule* const> rules) {
  Reader reader;
  reader.begin();
  for (const Rule* rule : rules) reader.add(rule->info);
  return reader.take();
}

}  // namespace meshcheck::cli
