#include "cli/mend.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "cli/fix_plan.h"
#include "cli/read.h"
#include "meshcheck/autofix.h"

namespace meshcheck::cli {
namespace {

// A fix may show what another then mends; in practice two passes do.
constexpr int kMostPasses = 10;

// What tells a finding again after its file has changed: never a line.
using Key = std::tuple<std::string, std::string, std::string, std::string>;

Key key_of(const Finding& finding) {
  return {finding.rule, finding.fingerprint, finding.mesh,
          finding.location ? finding.location->file : std::string()};
}

bool is_open(const Finding& finding) {
  return finding.state != FindingState::suppressed && finding.state != FindingState::baselined &&
         finding.state != FindingState::fixed;
}

// One look at the input: what was read and what is wrong with it.
struct Look {
  std::unique_ptr<Texts> texts;  // that `read` has views of
  ReadMeshes read;
  std::vector<Finding> findings;
  std::vector<Error> errors;

  std::map<Key, std::size_t> count() const {
    std::map<Key, std::size_t> keys;
    for (const Finding& finding : findings) ++keys[key_of(finding)];
    return keys;
  }
};

class Mending {
 public:
  Mending(const MendOptions& options, const Config& config, const Surroundings& surroundings)
      : options_(options), config_(config), surroundings_(surroundings) {
    options_.run.raw = true;
  }

  Result<Mended> run();

 private:
  Result<Look> look(const Texts& texts) const;
  bool allows(const Finding& finding) const;
  std::vector<const Finding*> candidates(const Look& look) const;
  std::vector<const Finding*> make(const Look& look, std::vector<const Finding*> findings,
                                   Texts& texts);
  Result<bool> pass(const Look& now, Texts& texts);
  Result<std::optional<std::string>> harm(const Look& before, const Texts& texts,
                                          const std::vector<const Finding*>& made,
                                          std::set<Key>& unhelped) const;
  Result<bool> separate(const Look& now, const Texts& texts, std::vector<const Finding*>& batch);
  void give_up(const Finding& finding, std::string reason) {
    given_up_.emplace(key_of(finding), std::move(reason));
  }
  void keep_originals(const Look& look, const Texts& texts);
  void count(const Look& first, const Look& last);

  MendOptions options_;
  const Config& config_;
  const Surroundings& surroundings_;
  std::map<Key, std::string> given_up_;
  std::set<Key> unsafe_;  // though their rules are not
  Mended out_;
};

Result<Look> Mending::look(const Texts& texts) const {
  auto own = std::make_unique<Texts>(texts);
  std::istringstream in(options_.stdin_text);
  const Surroundings quiet{in, surroundings_.out,        surroundings_.err, false,
                           0,  surroundings_.environment};
  auto read = read_meshes(options_.input, config_, quiet, own.get());
  if (!read) return read.error();
  Look look{.texts = std::move(own), .read = *std::move(read), .findings = {}, .errors = {}};
  look.errors = look.read.loaded.errors;
  ReadOutcome outcome{look.read.loaded.findings, {}, {}};
  Report report = meshcheck::run(look.read.meshes.meshes, std::move(outcome), options_.run);
  look.findings = std::move(report.findings);
  std::erase_if(look.findings, [](const Finding& finding) { return !is_open(finding); });
  return look;
}

bool Mending::allows(const Finding& finding) const {
  const Applicability applicability = applicability_of(finding);
  return applicability == Applicability::safe ||
         (options_.unsafe_too && applicability == Applicability::unsafe);
}

std::vector<const Finding*> Mending::candidates(const Look& look) const {
  std::vector<const Finding*> found;
  for (const Finding& finding : look.findings) {
    if (allows(finding) && !given_up_.contains(key_of(finding)) &&
        !unsafe_.contains(key_of(finding))) {
      found.push_back(&finding);
    }
  }
  return found;
}

// Makes the fixes one after the other, each in the text that the one before left. Gives those that
// changed something.
std::vector<const Finding*> Mending::make(const Look& look, std::vector<const Finding*> findings,
                                          Texts& texts) {
  std::erase_if(findings, [&](const Finding* finding) {
    const auto changes = plan_fix(*finding, look.read);
    if (!changes) {
      give_up(*finding, changes.error().message);
      return true;
    }
    if (!options_.unsafe_too && std::ranges::any_of(*changes, &Change::unsafe)) {
      unsafe_.insert(key_of(*finding));
      return true;
    }
    const bool foreign =
        options_.leave_stdin && std::ranges::any_of(*changes, [&](const Change& one) {
          return one.file == stdin_name(options_.input);
        });
    if (foreign) {
      give_up(*finding, "what came through the standard input cannot be written back");
      return true;
    }
    const auto made = make_changes(*changes, look.read, texts);
    if (made && *made) return false;
    give_up(*finding, made ? "the input says so already" : made.error().message);
    return true;
  });
  return findings;
}

// What the changes brought that was not there before, or nothing; `unhelped` takes the findings
// that are still there.
Result<std::optional<std::string>> Mending::harm(const Look& before, const Texts& texts,
                                                 const std::vector<const Finding*>& made,
                                                 std::set<Key>& unhelped) const {
  const auto after = look(texts);
  if (!after) return after.error();
  const auto old_keys = before.count();
  const auto new_keys = after->count();
  for (const Finding* finding : made) {
    const Key key = key_of(*finding);
    const auto left = new_keys.find(key);
    if (left != new_keys.end() && left->second >= old_keys.at(key)) unhelped.insert(key);
  }
  for (const Finding& finding : after->findings) {
    const Key key = key_of(finding);
    const auto was = old_keys.find(key);
    if (was != old_keys.end() && was->second >= new_keys.at(key)) continue;
    return std::optional(fmt::format("it would bring {}: {}", finding.rule, finding.message));
  }
  return std::optional<std::string>{};
}

// Where several changes together do harm: leaves in `batch` those that do none alone.
Result<bool> Mending::separate(const Look& now, const Texts& texts,
                               std::vector<const Finding*>& batch) {
  const std::size_t before = batch.size();
  std::string last;
  std::vector<const Finding*> good;
  for (const Finding* finding : batch) {
    Texts trial = texts;
    std::set<Key> unhelped;
    if (make(now, {finding}, trial).empty()) continue;
    const auto harmed = harm(now, trial, {finding}, unhelped);
    if (!harmed) return harmed.error();
    if (*harmed) {
      give_up(*finding, **harmed);
    } else {
      good.push_back(finding);
    }
  }
  // Each is good, all are not: one fewer.
  if (good.size() == before) {
    give_up(*good.back(), "it contradicts another change");
    good.pop_back();
  }
  batch = std::move(good);
  return true;
}

// One round of fixes; false where there was nothing to do.
Result<bool> Mending::pass(const Look& now, Texts& texts) {
  std::vector<const Finding*> batch = candidates(now);
  while (!batch.empty()) {
    Texts trial = texts;
    batch = make(now, batch, trial);
    if (batch.empty()) return false;
    std::set<Key> unhelped;
    const auto harmed = harm(now, trial, batch, unhelped);
    if (!harmed) return harmed.error();
    if (unhelped.empty() && !*harmed) {
      texts = std::move(trial);
      keep_originals(now, texts);
      return true;
    }
    for (const Finding* finding : batch) {
      if (unhelped.contains(key_of(*finding))) {
        give_up(*finding, "the change does not mend it: something else decides the value");
      }
    }
    std::erase_if(batch, [&](const Finding* one) { return unhelped.contains(key_of(*one)); });
    if (unhelped.empty()) {
      const auto separated = separate(now, texts, batch);
      if (!separated) return separated.error();
    }
  }
  return false;
}

void Mending::keep_originals(const Look& look, const Texts& texts) {
  for (const Document* document : look.read.loaded.documents) {
    const Source& source = *document->source;
    if (texts.contains(source.name)) out_.before.emplace(source.name, source.text);
  }
}

void Mending::count(const Look& first, const Look& last) {
  const auto remaining = last.count();
  out_.findings = first.findings.size();
  for (const auto& [key, number] : first.count()) {
    const auto left = remaining.find(key);
    const std::size_t still = left == remaining.end() ? 0 : std::min(left->second, number);
    out_.fixed += number - still;
  }
  for (const Finding& finding : last.findings) {
    const auto reason = given_up_.find(key_of(finding));
    if (reason != given_up_.end()) out_.unmended.push_back({finding, reason->second});
    const bool unsafe =
        applicability_of(finding) == Applicability::unsafe || unsafe_.contains(key_of(finding));
    if (unsafe && !options_.unsafe_too) ++out_.unsafe;
  }
}

Result<Mended> Mending::run() {
  auto first = look({});
  if (!first) return first.error();
  out_.errors = first->errors;
  std::optional<Look> now;
  Texts texts;
  for (int i = 0; i < kMostPasses; ++i) {
    const auto changed = pass(now ? *now : *first, texts);
    if (!changed) return changed.error();
    if (!*changed) break;
    auto next = look(texts);
    if (!next) return next.error();
    now = *std::move(next);
  }
  count(*first, now ? *now : *first);
  out_.after = std::move(texts);
  return std::move(out_);
}

}  // namespace

std::string stdin_name(const InputOptions& options) {
  return options.stdin_filename.empty() ? LoadOptions{}.stdin_name : options.stdin_filename;
}

Result<Mended> mend(const MendOptions& options, const Config& config,
                    const Surroundings& surroundings) {
  return Mending(options, config, surroundings).run();
}

}  // namespace meshcheck::cli
