#include "cli/mend.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "cli/fix_plan.h"
#include "cli/read.h"
#include "cli/report_targets.h"
#include "meshcheck/autofix.h"

namespace meshcheck::cli {
namespace {

// A fix may show what another then mends; in practice two passes do.
constexpr int kMostPasses = 10;

// What tells a finding again after its file has changed: never a line.
struct Key {
  std::string rule;
  std::string fingerprint;
  std::string mesh;

  auto operator<=>(const Key&) const = default;
};

Key key_of(const Finding& finding) { return {finding.rule, finding.fingerprint, finding.mesh}; }

// Of findings that base and overlays have alike, this one.
using Place = std::pair<Key, std::string>;

Place place_of(const Finding& finding) {
  return {key_of(finding), finding.location ? finding.location->file : std::string()};
}

bool is_open(const Finding& finding) {
  return finding.state != FindingState::suppressed && finding.state != FindingState::baselined &&
         finding.state != FindingState::fixed;
}

using Findings = std::vector<const Finding*>;

// One look at the input: what was read and what is wrong with it.
struct Look {
  std::unique_ptr<Texts> texts;  // that `read` has views of
  ReadMeshes read;
  std::vector<Finding> findings;

  std::map<Key, std::size_t> count() const {
    std::map<Key, std::size_t> keys;
    for (const Finding& finding : findings) ++keys[key_of(finding)];
    return keys;
  }
};

// What is wrong with changes that were made.
struct Verdict {
  std::set<Place> unhelped;  // findings that are still there
  std::string harm;          // what is there that was not; empty: nothing

  bool good() const { return unhelped.empty() && harm.empty(); }
};

Verdict compare(const Look& before, const Look& after, const Findings& made) {
  Verdict verdict;
  const auto old_keys = before.count();
  const auto new_keys = after.count();
  std::map<Key, std::size_t> mended;
  for (const Finding* finding : made) ++mended[key_of(*finding)];
  std::set<Place> left;
  for (const Finding& finding : after.findings) left.insert(place_of(finding));
  for (const Finding* finding : made) {
    const Key key = key_of(*finding);
    const auto remaining = new_keys.find(key);
    if (remaining == new_keys.end() || remaining->second + mended[key] <= old_keys.at(key))
      continue;
    const Place place = place_of(*finding);
    // With one of several left it is the one in its file; one that moved is of any.
    if (left.contains(place) || mended[key] == 1) verdict.unhelped.insert(place);
  }
  for (const Finding& finding : after.findings) {
    const Key key = key_of(finding);
    const auto was = old_keys.find(key);
    if (was != old_keys.end() && was->second >= new_keys.at(key)) continue;
    verdict.harm = fmt::format("it would bring {}: {}", finding.rule, finding.message);
    break;
  }
  return verdict;
}

class Mending {
 public:
  Mending(MendOptions options, const Config& config, const Surroundings& surroundings)
      : options_(std::move(options)), config_(config), surroundings_(surroundings) {
    options_.run.fold = false;
  }

  Result<Mended> run();

 private:
  // What a round has come to.
  struct Round {
    Texts texts;
    Findings accepted;
    std::vector<std::pair<const Finding*, std::string>> postponed;  // and why
  };

  Result<Look> look(const Texts& texts) const;
  Result<Verdict> judge(const Look& before, const Texts& texts, const Findings& made) const;
  bool allows(const Finding& finding) const;
  Findings candidates(const Look& look) const;
  std::optional<std::string> obstacle(const Finding& finding, const Look& look,
                                      const std::vector<Change>& changes);
  bool make(const Finding& finding, const Look& look, Texts& texts);
  std::set<std::string> changed_for(const Finding& finding, const Texts& texts) const;
  std::optional<Error> attempt(const Look& now, const Findings& batch, Round& round);
  Result<bool> pass(const Look& now, Texts& texts);
  void give_up(const Finding& finding, std::string reason) {
    given_up_.emplace(place_of(finding), std::move(reason));
  }
  void keep_originals(const Look& look, const Texts& texts);
  void count(const Look& first, const Look& last, const Texts& texts);

  MendOptions options_;
  const Config& config_;
  const Surroundings& surroundings_;
  std::map<Place, std::string> given_up_;
  std::set<Place> unsafe_;                          // though their rules are not
  std::map<Place, std::set<std::string>> made_in_;  // files
  Mended out_;
};

Result<Look> Mending::look(const Texts& texts) const {
  auto own = std::make_unique<Texts>(texts);
  std::istringstream in(options_.stdin_text);
  const Surroundings quiet{in, surroundings_.out,         surroundings_.err,    false,
                           0,  surroundings_.environment, surroundings_.program};
  auto read = read_meshes(options_.input, config_, quiet, own.get());
  if (!read) return read.error();
  Look look{.texts = std::move(own), .read = *std::move(read), .findings = {}};
  ReadOutcome outcome{look.read.loaded.findings, {}, {}, look.read.loaded.suppressions};
  Report report = meshcheck::run(look.read.meshes.meshes, std::move(outcome), options_.run);
  look.findings = std::move(report.findings);
  // What is said of suppressions and of the baseline is nothing that a change to the mesh mends.
  std::erase_if(look.findings, [](const Finding& finding) {
    return !is_open(finding) || (finding.rule >= "MC002" && finding.rule <= "MC005");
  });
  return look;
}

bool Mending::allows(const Finding& finding) const {
  const Applicability applicability = applicability_of(finding);
  return applicability == Applicability::safe ||
         (options_.unsafe_too && applicability == Applicability::unsafe);
}

Findings Mending::candidates(const Look& look) const {
  Findings found;
  for (const Finding& finding : look.findings) {
    const Place place = place_of(finding);
    if (allows(finding) && !given_up_.contains(place) && !unsafe_.contains(place)) {
      found.push_back(&finding);
    }
  }
  return found;
}

// Why the changes are not to be made, though they could be.
std::optional<std::string> Mending::obstacle(const Finding& finding, const Look& look,
                                             const std::vector<Change>& changes) {
  if (!options_.unsafe_too && std::ranges::any_of(changes, &Change::unsafe)) {
    unsafe_.insert(place_of(finding));
    return "it is unsafe";
  }
  const bool rendered = std::ranges::any_of(look.read.trees, [&](const RenderedTree& tree) {
    return std::ranges::count(changes, tree.name, &Change::file) != 0;
  });
  if (rendered) return "a tool has rendered it: what it is made from must say so";
  const std::string name = stdin_name(options_.input);
  const bool piped =
      std::ranges::any_of(changes, [&](const Change& change) { return change.file == name; });
  if (options_.leave_stdin && piped) {
    return "what came through the standard input cannot be written back";
  }
  return std::nullopt;
}

// Makes one fix in the text that those before it left; false where it is given up.
bool Mending::make(const Finding& finding, const Look& look, Texts& texts) {
  const auto changes = plan_fix(finding, look.read);
  const auto why_not =
      changes ? obstacle(finding, look, *changes) : std::optional(changes.error().message);
  if (why_not) {
    give_up(finding, *why_not);
    return false;
  }
  auto made = make_changes(*changes, look.read, texts);
  if (made && !*made) {
    // Another fix of this round may have said the same already.
    Texts alone = *look.texts;
    made = make_changes(*changes, look.read, alone);
    if (made && !*made) made = fail("", "the input says so already, and something else decides");
  }
  if (!made) {
    give_up(finding, made.error().message);
    return false;
  }
  auto& files = made_in_[place_of(finding)];
  for (const Change& change : *changes) files.insert(change.file);
  return true;
}

// The files by whose change a finding went: its own fix's, else its own, else whichever it was.
std::set<std::string> Mending::changed_for(const Finding& finding, const Texts& texts) const {
  const auto made = made_in_.find(place_of(finding));
  if (made != made_in_.end()) return made->second;
  if (finding.location && texts.contains(finding.location->file)) return {finding.location->file};
  std::set<std::string> all;
  for (const auto& [file, text] : texts) all.insert(file);
  return all;
}

Result<Verdict> Mending::judge(const Look& before, const Texts& texts, const Findings& made) const {
  const auto after = look(texts);
  if (!after) return after.error();
  return compare(before, *after, made);
}

// Adds the fixes of `batch` to the round, all of them if that does no harm, else by halves.
std::optional<Error> Mending::attempt(const Look& now, const Findings& batch, Round& round) {
  Texts trial = round.texts;
  Findings made;
  for (const Finding* finding : batch) {
    if (make(*finding, now, trial)) made.push_back(finding);
  }
  if (made.empty()) return std::nullopt;
  Findings all = round.accepted;
  all.insert(all.end(), made.begin(), made.end());
  const auto verdict = judge(now, trial, all);
  if (!verdict) return verdict.error();
  if (verdict->good()) {
    round.texts = std::move(trial);
    round.accepted = std::move(all);
    return std::nullopt;
  }
  if (made.size() == 1) {
    round.postponed.emplace_back(
        made.front(), verdict->harm.empty()
                          ? "the change does not mend it: something else decides the value"
                          : verdict->harm);
    return std::nullopt;
  }
  const auto middle = made.begin() + static_cast<std::ptrdiff_t>(made.size() / 2);
  if (auto error = attempt(now, {made.begin(), middle}, round)) return error;
  return attempt(now, {middle, made.end()}, round);
}

// One round of fixes; false where there was nothing to do. What would do harm may do none after
// others: it is given up only once no other is left.
Result<bool> Mending::pass(const Look& now, Texts& texts) {
  Round round{.texts = texts, .accepted = {}, .postponed = {}};
  if (auto error = attempt(now, candidates(now), round)) return *std::move(error);
  if (round.accepted.empty()) {
    for (auto& [finding, reason] : round.postponed) give_up(*finding, std::move(reason));
    return false;
  }
  texts = std::move(round.texts);
  keep_originals(now, texts);
  return true;
}

void Mending::keep_originals(const Look& look, const Texts& texts) {
  for (const Document* document : look.read.loaded.documents) {
    const Source& source = *document->source;
    if (texts.contains(source.name)) out_.before.emplace(source.name, source.text);
  }
}

void Mending::count(const Look& first, const Look& last, const Texts& texts) {
  out_.findings = first.findings.size();
  // Of several with one key, those that are left are rather those of places that are left.
  auto remaining = last.count();
  std::set<Place> places;
  for (const Finding& finding : last.findings) places.insert(place_of(finding));
  Findings gone;
  for (const Finding& finding : first.findings) {
    const auto left = remaining.find(key_of(finding));
    const bool some = left != remaining.end() && left->second > 0;
    if (some && places.contains(place_of(finding))) {
      --left->second;
    } else {
      gone.push_back(&finding);
    }
  }
  for (const Finding* finding : gone) {
    const auto left = remaining.find(key_of(*finding));
    if (left != remaining.end() && left->second > 0) {
      --left->second;
    } else {
      out_.fixed.push_back(changed_for(*finding, texts));
    }
  }
  for (const Finding& finding : last.findings) {
    const Place place = place_of(finding);
    const auto reason = given_up_.find(place);
    const bool unsafe =
        applicability_of(finding) == Applicability::unsafe || unsafe_.contains(place);
    if (unsafe && !options_.unsafe_too) {
      ++out_.unsafe;
    } else if (reason != given_up_.end()) {
      out_.unmended.push_back({finding, reason->second});
    }
  }
}

Result<Mended> Mending::run() {
  auto first = look({});
  if (!first) return first.error();
  out_.errors = first->read.loaded.errors;
  out_.files = files_judged(options_.input, config_, first->read);
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
  count(*first, now ? *now : *first, texts);
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
