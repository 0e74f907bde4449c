#include "input/suppression_comment.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>

#include <fmt/format.h>

namespace meshcheck {
namespace {

constexpr std::string_view kHowTo = "write `# meshcheck: ignore[MC201] reason`";
// What other linters call it, and what a slip of the finger makes of our word.
constexpr std::array<std::string_view, 13> kMeant = {
    "ignored",  "ignores",  "ignor", "ingore", "igonre", "inore", "disable",
    "disabled", "suppress", "skip",  "noqa",   "allow",  "nolint"};

std::string_view trim(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

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

bool is_date(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00";
  return std::ranges::equal(text, kForm, [](char c, char form) {
    return form == '-' ? c == '-' : std::isdigit(static_cast<unsigned char>(c)) != 0;
  });
}

// Takes `(until 2027-01-31)` off the end; a date needs no parentheses to be meant.
std::string take_until(std::string_view& reason) {
  constexpr std::string_view kWord = "until ";
  const bool enclosed = reason.ends_with(')');
  const auto at = reason.rfind(enclosed ? '(' : ' ', reason.size());
  if (at == std::string_view::npos && enclosed) return {};
  if (enclosed) {
    const auto inner = reason.substr(at + 1, reason.size() - at - 2);
    if (!inner.starts_with(kWord)) return {};
    reason = trim(reason.substr(0, at));
    return std::string(trim(inner.substr(kWord.size())));
  }
  const auto date = reason.substr(at == std::string_view::npos ? 0 : at + 1);
  const auto before = reason.substr(0, reason.size() - date.size());
  const bool word = before == kWord || before.ends_with(" until ");
  if (!is_date(date) || !word) return {};
  reason = trim(before.substr(0, before.size() - kWord.size()));
  return std::string(date);
}

}  // namespace

CommentMark find_comment_mark(std::string_view text, std::size_t from) {
  while (from < text.size()) {
    const void* found =
        ::memmem(text.data() + from, text.size() - from, kCommentMark.data(), kCommentMark.size());
    if (found == nullptr) break;
    const auto mark = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
    std::size_t hash = mark;
    while (hash > from && (text[hash - 1] == ' ' || text[hash - 1] == '\t')) --hash;
    if (hash > 0 && text[hash - 1] == '#') {
      while (hash > from && text[hash - 1] == '#') --hash;
      return {hash, mark};
    }
    from = mark + kCommentMark.size();
  }
  return {};
}

std::optional<Suppression> parse_suppression(std::string_view text) {
  std::string_view rest = trim(text.substr(kCommentMark.size()));
  const auto end = std::ranges::find_if_not(rest, is_letter);
  const std::string word = lower(rest.substr(0, static_cast<std::size_t>(end - rest.begin())));
  rest.remove_prefix(word.size());
  const bool ours = word == "ignore";
  const bool bracket = rest.starts_with('[');
  const bool meant = ours || std::ranges::find(kMeant, word) != kMeant.end();
  if (!meant && !bracket) return std::nullopt;
  if (!bracket && !names_a_rule(rest)) return std::nullopt;
  if (!ours) return malformed(fmt::format("`{}` is no word of meshcheck: {}", word, kHowTo));
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
  std::string_view reason = trim(rest.substr(close + 1));
  while (!reason.empty() && (reason.front() == ':' || reason.front() == '-')) {
    reason = trim(reason.substr(1));
  }
  out.until = take_until(reason);
  out.reason = reason;
  return out;
}

}  // namespace meshcheck
