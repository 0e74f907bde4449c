#include "input/suppression_comment.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "input/suppression_end.h"
#include "meshcheck/ascii.h"

namespace meshcheck {
namespace {

constexpr std::string_view kHowTo = "write `# meshcheck: ignore[MC201] reason`";
// What other linters call it, and what a slip of the finger makes of our word.
constexpr std::array<std::string_view, 13> kMeant = {
    "ignored",  "ignores",  "ignor", "ingore", "igonre", "inore", "disable",
    "disabled", "suppress", "skip",  "noqa",   "allow",  "nolint"};

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '-'; }

// "MC201" somewhere in it.
bool names_a_rule(std::string_view text) {
  const std::string small = lower(text);
  for (std::size_t at = small.find("mc"); at != std::string::npos; at = small.find("mc", at + 1)) {
    if (at + 2 < small.size() && std::isdigit(static_cast<unsigned char>(small[at + 2])) != 0) {
      return true;
    }
  }
  return false;
}

Suppression malformed(std::string why) {
  Suppression out;
  out.malformed = std::move(why);
  return out;
}

// What stands there for the mark: itself, or the word of it in another case or without its colon.
// Its length; 0 where it is neither.
std::size_t mark_length(std::string_view text) {
  if (text.starts_with(kCommentMark)) return kCommentMark.size();
  constexpr std::string_view kName = kCommentMark.substr(0, kCommentMark.size() - 1);
  if (lower(text.substr(0, kName.size())) != kName) return 0;
  std::size_t at = kName.size();
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  if (at < text.size() && text[at] == ':') return at + 1;
  return at == kName.size() ? 0 : at;
}

// A comment may speak of meshcheck; what goes on as a suppression does was meant as one.
std::optional<Suppression> parse_misspelt(std::string_view text, std::size_t mark) {
  constexpr std::string_view kWord = "ignore";
  std::string_view rest = trimmed(text.substr(mark), kLineBlanks);
  if (lower(rest.substr(0, kWord.size())) != kWord) return std::nullopt;
  rest = trimmed(rest.substr(kWord.size()), kLineBlanks);
  if (!rest.starts_with('[') || !names_a_rule(rest.substr(0, rest.find(']')))) return std::nullopt;
  return malformed(fmt::format("it begins with `{}`, not with `{}`: {}",
                               trimmed(text.substr(0, mark), kLineBlanks), kCommentMark, kHowTo));
}

}  // namespace

CommentMark find_comment_mark(std::string_view text, std::size_t from) {
  // A part that is rare, and the same however the name is spelt.
  constexpr std::string_view kPart = "heck";
  constexpr std::size_t kBefore = kCommentMark.find(kPart);
  for (std::size_t at = from; at < text.size();) {
    const void* found = ::memmem(text.data() + at, text.size() - at, kPart.data(), kPart.size());
    if (found == nullptr) break;
    const auto part = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
    at = part + kPart.size();
    if (part < from + kBefore) continue;
    const std::size_t mark = part - kBefore;
    std::size_t hash = mark;
    while (hash > from && (text[hash - 1] == ' ' || text[hash - 1] == '\t')) --hash;
    if (hash == 0 || text[hash - 1] != '#' || mark_length(text.substr(mark)) == 0) continue;
    while (hash > from && text[hash - 1] == '#') --hash;
    return {hash, mark};
  }
  return {};
}

std::optional<Suppression> parse_suppression(std::string_view text) {
  if (!text.starts_with(kCommentMark)) return parse_misspelt(text, mark_length(text));
  std::string_view rest = trimmed(text.substr(kCommentMark.size()), kLineBlanks);
  const auto end = std::ranges::find_if_not(rest, is_letter);
  const std::string word = lower(rest.substr(0, static_cast<std::size_t>(end - rest.begin())));
  rest.remove_prefix(word.size());
  const bool ours = word == "ignore";
  const bool bracket = rest.starts_with('[');
  const bool meant = ours || std::ranges::find(kMeant, word) != kMeant.end();
  if (!meant && !bracket) return std::nullopt;
  if (!bracket && !names_a_rule(rest)) return std::nullopt;
  if (!ours) return malformed(fmt::format("`{}` is no word of meshcheck: {}", word, kHowTo));
  if (trimmed(rest, kLineBlanks).starts_with('[') && !bracket) {
    return malformed(fmt::format("no blank stands before the `[`: {}", kHowTo));
  }
  if (!bracket) {
    return malformed(fmt::format("the rules that it ignores stand in no brackets: {}", kHowTo));
  }
  const auto close = rest.find(']');
  if (close == std::string_view::npos) {
    return malformed(fmt::format("the bracket is not closed: {}", kHowTo));
  }
  Suppression out;
  out.rules = rule_words(rest.substr(1, close - 1));
  if (out.rules.empty()) return malformed(fmt::format("it names no rule: {}", kHowTo));
  std::string_view reason = trimmed(rest.substr(close + 1), kLineBlanks);
  while (!reason.empty() && (reason.front() == ':' || reason.front() == '-')) {
    reason = trimmed(reason.substr(1), kLineBlanks);
  }
  ReasonAndEnd said = take_end(reason);
  out.until = std::move(said.until);
  out.reason = std::move(said.reason);
  return out;
}

}  // namespace meshcheck
