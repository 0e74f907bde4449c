#include "engine/suppress.h"

#include <cctype>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "engine/select.h"
#include "meshcheck/ascii.h"

namespace meshcheck {
namespace {

std::string_view group_of(std::string_view api_version) {
  const auto slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string_view{} : api_version.substr(0, slash);
}

bool covers(const CoveredText& text, const Suppression& said, const Finding& finding) {
  if (!finding.location || finding.location->line == 0) return false;
  const Location& at = *finding.location;
  const auto place = std::tie(at.line, at.column);
  return at.file == said.where.file && place >= std::tie(text.line, text.column) &&
         place < std::tie(text.end_line, text.end_column);
}

bool covers(const CoveredObject& covered, const Suppression& said, const Finding& finding) {
  const ObjectRef& ours = said.object;
  const ObjectRef& theirs = finding.object;
  if (!finding.mesh.empty() && finding.mesh != covered.mesh) return false;
  if (ours.kind == "Namespace" && theirs.name_space == ours.name) return true;
  if (theirs.kind != ours.kind || theirs.name != ours.name) return false;
  if (group_of(theirs.api_version) != group_of(ours.api_version)) return false;
  if (theirs.name_space == ours.name_space) return true;
  // What the reader finds does not know the namespace that a flag gives to those without.
  return theirs.name_space.empty() && finding.location &&
         finding.location->file == said.where.file &&
         finding.location->document == said.where.document;
}

bool covers(const CoveredNames& names, const Suppression& /*said*/, const Finding& finding) {
  return is_kind(names.kind, finding.object.kind) &&
         matches_glob(names.name_space, finding.object.name_space) &&
         matches_glob(names.name, finding.object.name);
}

// The rule that a word names, if it can be suppressed.
std::string suppressible(const std::string& word) {
  if (const Rule* rule = find_rule_by_word(word)) {
    return rule->info.by == RuleBy::engine ? std::string() : std::string(rule->info.id);
  }
  constexpr std::size_t kCode = 7;  // IST0101
  if (word.size() != kCode || !names_codes(word)) return {};
  std::string code = word;
  for (char& c : code) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return code;
}

bool covers(const Suppression& said, const Finding& finding) {
  return std::visit([&](const auto& covered) { return covers(covered, said, finding); },
                    said.covers);
}

}  // namespace

Suppressor::Suppressor(std::vector<Suppression> honoured, std::vector<Suppression> not_honoured,
                       Day today) {
  for (Suppression& said : honoured) add(std::move(said), true, today);
  for (Suppression& said : not_honoured) add(std::move(said), false, today);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    if (!entry.said.malformed.empty()) continue;
    for (std::size_t word = 0; word < entry.words.size(); ++word) {
      const std::string& rule = entry.words[word].rule;
      if (!rule.empty()) by_rule_[rule].push_back({i, word});
    }
  }
}

void Suppressor::add(Suppression said, bool honoured, Day today) {
  // Of nothing but blanks nobody learns why.
  said.reason = std::string(trimmed(said.reason, kWhiteSpace));
  Entry entry;
  entry.honoured = honoured;
  for (const std::string& word : said.rules) {
    entry.words.push_back({suppressible(word), false});
  }
  if (!said.until.empty()) {
    used_today_ = true;
    const auto until = parse_day(said.until);
    entry.unreadable = !until;
    entry.expired = until && *until < today;
  }
  entry.said = std::move(said);
  entries_.push_back(std::move(entry));
}

void Suppressor::mark(std::vector<Finding>& findings) {
  for (Finding& finding : findings) {
    const auto mentions = by_rule_.find(finding.rule);
    if (mentions != by_rule_.end()) mark(finding, mentions->second);
  }
}

void Suppressor::mark(Finding& finding, const std::vector<Mention>& mentions) {
  const Entry* without_effect = nullptr;
  for (const Mention& mention : mentions) {
    Entry& entry = entries_[mention.entry];
    if (!covers(entry.said, finding)) continue;
    entry.words[mention.word].used = true;
    if (!entry.holds()) {
      without_effect = &entry;
      continue;
    }
    finding.state = FindingState::suppressed;
    if (finding.justification.empty()) finding.justification = entry.said.reason;
  }
  if (finding.state == FindingState::suppressed || without_effect == nullptr) return;
  // Whoever wrote it must not wonder why it does nothing.
  Related why;
  why.message = !without_effect->honoured
                    ? "suppressed here, which this run does not honour"
                    : fmt::format("suppressed here until {}", without_effect->said.until);
  why.location = without_effect->said.where;
  finding.related.push_back(std::move(why));
}

}  // namespace meshcheck
