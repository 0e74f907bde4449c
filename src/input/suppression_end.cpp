#include "input/suppression_end.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <optional>

#include "meshcheck/ascii.h"

namespace meshcheck {
namespace {

constexpr auto kNone = std::string_view::npos;
// Longer ones first, as one begins another.
constexpr std::array<std::string_view, 5> kWords = {"expires on", "expires", "expiry", "until",
                                                    "till"};
// What is written for them, and what slips of the finger make of them: an end only before a date.
constexpr std::array<std::string_view, 10> kNearWords = {
    "ends on",  "ends", "ending", "expire on", "expire",
    "expiring", "exp",  "untill", "unitl",     "til"};
constexpr std::array<std::string_view, 15> kCalendar = {"jan", "feb", "mar", "apr", "may",
                                                        "jun", "jul", "aug", "sep", "oct",
                                                        "nov", "dec", "end", "of",  "the"};

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool is_year(std::string_view word) {
  return word.size() == 4 && word.starts_with("20") && std::ranges::all_of(word, is_digit);
}

// "2027-01-31", "31.1.2027", "2027-01-31T00:00:00Z", "01/31/27": three numbers, and no version as
// "1.30.2" is one.
bool is_date_like(std::string_view word) {
  constexpr std::string_view kBetween = "-/.";
  std::size_t numbers = 0;
  bool year = false;
  char between = '\0';
  for (;;) {
    const auto end = std::ranges::find_if_not(word, is_digit);
    const auto length = static_cast<std::size_t>(end - word.begin());
    if (length == 0) return false;
    year = year || is_year(word.substr(0, length));
    if (++numbers == 3) {
      const bool more = end != word.end() && kBetween.find(*end) != kNone;
      return !more && (year || between != '.');
    }
    if (end == word.end() || kBetween.find(*end) == kNone) return false;
    between = *end;
    word.remove_prefix(length + 1);
  }
}

bool is_calendar_word(std::string_view word) {
  if (is_digit(word.front())) return word.size() <= 4;  // "31", "31st"
  if (word.size() == 2 && word[0] == 'q' && is_digit(word[1])) return true;
  return std::ranges::any_of(kCalendar, [&](std::string_view known) {
    const bool month = known.size() == 3 && known != "end" && known != "the";
    return month ? word.starts_with(known) : word == known;
  });
}

struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// The date at the begin of `text`, in one word or, as "end of March 2027", in several.
std::optional<Range> find_date(std::string_view text) {
  std::optional<Range> date;
  std::size_t at = text.find_first_not_of(" \t\r:=");
  for (int words = 0; at != kNone && words < 5; ++words) {
    const std::size_t end = std::min(text.find_first_of(" \t\r,;()[]", at), text.size());
    const std::string word = lower(trimmed(text.substr(at, end - at), ".:"));
    if (word.empty()) return std::nullopt;
    if (!date) date = Range{at, 0};
    date->end = at + text.substr(at, end - at).find_last_not_of(".:") + 1;
    if (is_year(word) || (words == 0 && is_date_like(word))) return date;
    if (!is_calendar_word(word)) return std::nullopt;
    at = text.find_first_not_of(" \t\r,", end);
  }
  return std::nullopt;
}

struct EndWord {
  std::size_t length = 0;  // 0: none is there
  bool needs_date = false;
};

// Which of the words stands at `at`.
EndWord end_word_at(std::string_view small, std::size_t at) {
  if (at > 0 && (is_word(small[at - 1]) || small[at - 1] == '-')) return {};
  const auto stands = [&](std::string_view word) {
    const std::size_t end = at + word.size();
    return small.substr(at).starts_with(word) && (end == small.size() || !is_word(small[end]));
  };
  const auto sure = std::ranges::find_if(kWords, stands);
  if (sure != kWords.end()) return {sure->size(), false};
  const auto near = std::ranges::find_if(kNearWords, stands);
  return near == kNearWords.end() ? EndWord{} : EndWord{near->size(), true};
}

bool opens(char c) { return c == '(' || c == '['; }
bool closes(char c) { return c == ')' || c == ']'; }

std::string joined(std::string_view before, std::string_view after) {
  before = trimmed(before, kLineBlanks);
  after = trimmed(after, " \t\r,;:");
  if (after == ".") after = {};
  std::string out(before);
  if (!before.empty() && !after.empty() && !opens(before.back()) && !closes(after.front())) {
    out += ' ';
  }
  return out.append(after);
}

// The end that begins with a word at `at`; its bracket goes with it.
std::optional<ReasonAndEnd> end_at(std::string_view text, std::size_t at, EndWord word) {
  const std::size_t before = at == 0 ? kNone : text.find_last_not_of(kLineBlanks, at - 1);
  const bool bracket = before != kNone && opens(text[before]);
  const std::size_t behind = at + word.length;
  const std::size_t close = bracket ? text.find_first_of(")]", behind) : kNone;
  const std::string_view inner =
      text.substr(behind, (close == kNone ? text.size() : close) - behind);
  const auto date = find_date(inner);
  const bool dated =
      date && is_date_like(trimmed(inner.substr(date->begin, date->end - date->begin), ".:"));
  if (word.needs_date && !dated) return std::nullopt;
  if (!date && (close == kNone || !trimmed(text.substr(close + 1), ". \t\r").empty())) {
    return std::nullopt;
  }
  const Range found = date.value_or(Range{0, inner.size()});
  std::size_t end = behind + found.end;
  const bool whole = bracket && trimmed(inner.substr(found.end), kLineBlanks).empty();
  if (whole) end = close == kNone ? text.size() : close + 1;
  const std::string_view until = inner.substr(found.begin, found.end - found.begin);
  return ReasonAndEnd{joined(text.substr(0, whole ? before : at), text.substr(end)),
                      std::string(trimmed(until, " \t\r:="))};
}

}  // namespace

ReasonAndEnd take_end(std::string_view text) {
  const std::string small = lower(text);
  // The last one: what was written behind another was meant to replace it. Nobody writes sixteen.
  // A word that may be meant as the end gives way to one that is.
  for (const bool near : {false, true}) {
    std::size_t tries = 16;
    for (std::size_t at = small.size(); at-- > 0 && tries != 0;) {
      const EndWord word = end_word_at(small, at);
      if (word.length == 0 || word.needs_date != near) continue;
      --tries;
      if (auto found = end_at(text, at, word)) return *std::move(found);
    }
  }
  return {std::string(trimmed(text, kLineBlanks)), ""};
}

}  // namespace meshcheck
