#include "cli/template_markup.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "meshcheck/ascii.h"

namespace meshcheck::cli {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";

std::string_view without_blanks(std::string_view text) { return trimmed(text, kLineBlanks); }

// The text of each `{{ … }}`, without its dashes.
std::vector<std::string_view> actions(std::string_view line) {
  std::vector<std::string_view> out;
  for (std::size_t at = line.find(kOpen); at != std::string_view::npos; at = line.find(kOpen, at)) {
    at += kOpen.size();
    const std::size_t end = std::min(line.find(kClose, at), line.size());
    std::string_view text = line.substr(at, end - at);
    if (text.starts_with('-')) text.remove_prefix(1);
    if (text.ends_with('-')) text.remove_suffix(1);
    out.push_back(without_blanks(text));
    at = end;
  }
  return out;
}

// What an action's text is in: the action itself, a comment, or a string in these quotes.
enum class Inside : char { nothing = 0, action = 'a', comment = '*', raw = '`', quoted = '"' };

// Where the markup of a line ends behind `at`, or the line's end; `inside` is what is open there.
// (go: text/template/parse/lex.go)
std::size_t leave(std::string_view line, std::size_t at, Inside& inside) {
  while (at < line.size() && inside != Inside::nothing) {
    const std::string_view rest = line.substr(at);
    if (inside == Inside::comment) {
      if (rest.starts_with("*/")) inside = Inside::action;
    } else if (inside != Inside::action) {
      const bool escaped = inside == Inside::quoted && rest.front() == '\\';
      if (escaped) ++at;
      if (!escaped && rest.front() == static_cast<char>(inside)) inside = Inside::action;
    } else if (rest.starts_with(kClose)) {
      inside = Inside::nothing;
      ++at;
    } else if (rest.front() == '`' || rest.front() == '"') {
      inside = static_cast<Inside>(rest.front());
    }
    ++at;
  }
  if (inside == Inside::quoted) inside = Inside::action;  // such a string ends with its line
  return std::min(at, line.size());
}

bool opens_with(std::string_view action, std::string_view word) {
  return action.starts_with(word) && (action.size() == word.size() || action[word.size()] == ' ' ||
                                      action[word.size()] == '(' || action[word.size()] == '"');
}

// What prints nothing itself: conditions, loops, comments, variables that are set.
bool is_silent(std::string_view action) {
  constexpr std::array<std::string_view, 9> kWords = {
      "if", "else", "end", "with", "range", "define", "block", "continue", "break"};
  if (action.starts_with("/*")) return true;
  if (std::ranges::any_of(kWords, [&](auto word) { return opens_with(action, word); })) return true;
  const std::size_t equals = action.find('=');
  return action.starts_with('$') && equals != std::string_view::npos &&
         action.substr(0, equals).find_first_of("|(\"") == std::string_view::npos;
}

// The number of `nindent 8` or `indent 8`.
std::optional<std::size_t> indent_of(std::string_view action) {
  constexpr std::string_view kWord = "indent ";
  const std::size_t at = action.rfind(kWord);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view number = without_blanks(action.substr(at + kWord.size()));
  std::size_t depth = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), depth);
  return read.ec == std::errc() ? depth : 0;
}

}  // namespace

std::size_t depth_of(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

bool holds_no_key(std::string_view line) {
  std::string_view text = without_blanks(line);
  if (text.starts_with('#')) return true;
  while (text.starts_with(kOpen)) {
    const std::size_t close = text.find(kClose);
    if (close == std::string_view::npos) return true;  // markup of several lines
    text = without_blanks(text.substr(close + kClose.size()));
  }
  return text.empty();
}

std::vector<std::size_t> markup_from_above(std::span<const TextLine> lines) {
  std::vector<std::size_t> out;
  out.reserve(lines.size());
  Inside inside = Inside::nothing;
  for (const TextLine& line : lines) {
    std::size_t at = leave(line.text, 0, inside);
    out.push_back(at);
    while (inside == Inside::nothing &&
           (at = line.text.find(kOpen, at)) != std::string_view::npos) {
      at += kOpen.size();
      std::string_view text = line.text.substr(at);
      if (text.starts_with("- ")) text = without_blanks(text.substr(1));
      inside = text.starts_with("/*") ? Inside::comment : Inside::action;
      if (inside == Inside::comment) at = line.text.find("/*", at) + 2;
      at = leave(line.text, at, inside);
    }
  }
  return out;
}

bool can_become(std::string_view text, std::string_view made) {
  if (text == made) return true;
  const std::size_t open = text.find(kOpen);
  const std::size_t close = text.rfind(kClose);
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return false;
  }
  const std::string_view before = without_blanks(text.substr(0, open));
  const std::string_view behind = without_blanks(text.substr(close + kClose.size()));
  return made.size() >= before.size() + behind.size() && made.starts_with(before) &&
         made.ends_with(behind);
}

std::optional<std::size_t> insertion_depth(std::string_view line) {
  const bool alone = holds_no_key(line);
  std::optional<std::size_t> least;
  for (const std::string_view action : actions(line)) {
    if (is_silent(action)) continue;
    std::optional<std::size_t> depth = indent_of(action);
    if (!depth && alone) {
      // What another template prints brings its own blanks.
      const bool foreign = opens_with(action, "include") || opens_with(action, "template") ||
                           opens_with(action, "tpl");
      depth = foreign ? 0 : depth_of(line);
    }
    if (depth) least = std::min(least.value_or(*depth), *depth);
  }
  return least;
}

std::vector<BlockMark> block_marks(std::string_view line) {
  constexpr std::array<std::string_view, 5> kOpeners = {"if", "with", "range", "define", "block"};
  std::vector<BlockMark> marks;
  for (const std::string_view action : actions(line)) {
    if (opens_with(action, "end")) {
      marks.push_back(BlockMark::close);
    } else if (opens_with(action, "else")) {
      marks.push_back(BlockMark::other);
    } else if (std::ranges::any_of(kOpeners, [&](auto w) { return opens_with(action, w); })) {
      marks.push_back(BlockMark::open);
    }
  }
  return marks;
}

}  // namespace meshcheck::cli
