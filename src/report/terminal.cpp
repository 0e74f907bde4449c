#include "report/terminal.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "meshcheck/utf8.h"

namespace meshcheck::report {
namespace {

constexpr std::string_view kTab = "  ";
constexpr std::string_view kCut = "...";

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t N>
bool in(const std::array<Range, N>& ranges, char32_t point) {
  return std::ranges::any_of(
      ranges, [point](Range range) { return point >= range.first && point <= range.last; });
}

// Blocks whose characters take no column, and those whose characters take two (Unicode's East Asian
// Width, by block: enough to keep a caret under its word).
constexpr std::array<Range, 7> kNarrowest = {{{0x300, 0x36F},
                                              {0x1AB0, 0x1AFF},
                                              {0x1DC0, 0x1DFF},
                                              {0x200B, 0x200D},
                                              {0x20D0, 0x20FF},
                                              {0xFE00, 0xFE0F},
                                              {0xFE20, 0xFE2F}}};
constexpr std::array<Range, 9> kWide = {{{0x1100, 0x115F},
                                         {0x2E80, 0x303E},
                                         {0x3041, 0xA4CF},
                                         {0xAC00, 0xD7A3},
                                         {0xF900, 0xFAFF},
                                         {0xFE30, 0xFE6F},
                                         {0xFF00, 0xFF60},
                                         {0x1F300, 0x1FAFF},
                                         {0x20000, 0x3FFFD}}};

// Separators and marks that reorder or hide text: a name must read as it is
// (https://trojansource.codes).
constexpr std::array<Range, 7> kMisleading = {{{0x80, 0x9F},
                                               {0x61C, 0x61C},
                                               {0x200E, 0x200F},
                                               {0x2028, 0x202E},
                                               {0x2060, 0x206F},
                                               {0xFEFF, 0xFEFF},
                                               {0xE0000, 0xE007F}}};

std::size_t columns(char32_t point) {
  if (in(kNarrowest, point)) return 0;
  return in(kWide, point) ? 2 : 1;
}

// The runners of GitHub and Azure take these for commands, wherever in a line they stand
// (actions/runner: src/Runner.Common/ActionCommand.cs).
bool commands_runner(std::string_view text) {
  return text.starts_with("##[") || text.starts_with("##vso[");
}

// How the code point at the begin of `text` is shown.
std::string shown(CodePoint point, std::string_view text) {
  if (commands_runner(text)) return "\\x23";
  if (!point.valid || misleads(point.value)) return "\uFFFD";
  switch (point.value) {
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: break;
  }
  if (point.value < 0x20 || point.value == 0x7F) {
    return fmt::format("\\x{:02x}", static_cast<unsigned>(point.value));
  }
  return std::string(text.substr(0, point.length));
}

// One character of a source line as it is shown.
struct Cell {
  std::string text;
  std::size_t width;
};

std::vector<Cell> cells(std::string_view line) {
  std::vector<Cell> out;
  while (!line.empty()) {
    const CodePoint point = decode_utf8(line);
    std::string text = point.value == '\t' ? std::string(kTab) : shown(point, line);
    const std::size_t width = display_width(text);
    out.push_back({std::move(text), width});
    line.remove_prefix(point.length);
  }
  return out;
}

std::size_t width_of(const std::vector<Cell>& line, std::size_t begin, std::size_t end) {
  std::size_t width = 0;
  for (std::size_t i = begin; i < end; ++i) width += line[i].width;
  return width;
}

struct Window {
  std::size_t begin;
  std::size_t end;
};

// What of the line to show: all of it, else its begin if the mark lies there, else what surrounds
// the mark's begin, a third of the width before it.
Window window(const std::vector<Cell>& line, std::size_t mark, std::size_t mark_end,
              std::size_t width) {
  if (width_of(line, 0, line.size()) <= width) return {0, line.size()};
  const std::size_t room = width > 4 * kCut.size() ? width - 2 * kCut.size() : 2 * kCut.size();
  std::size_t begin = 0;
  if (width_of(line, 0, mark_end) > room) {
    begin = std::min(mark, line.size());
    for (std::size_t before = 0; begin > 0 && before + line[begin - 1].width <= room / 3; --begin) {
      before += line[begin - 1].width;
    }
  }
  std::size_t end = begin;
  for (std::size_t used = 0; end < line.size() && used + line[end].width <= room; ++end) {
    used += line[end].width;
  }
  return {begin, end};
}

}  // namespace

bool misleads(char32_t point) { return in(kMisleading, point); }

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = decode_utf8(text);
    out += shown(point, text);
    text.remove_prefix(point.length);
  }
  return out;
}

std::string log_line(std::string line) {
  const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
  const bool command =
      line.substr(begin, 2) == "::" && line.find("::", begin + 2) != std::string_view::npos;
  if (command) line.replace(begin, 1, "\\x3a");
  return line;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const CodePoint point = decode_utf8(text);
    width += columns(point.value);
    text.remove_prefix(point.length);
  }
  return width;
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  std::string line;
  std::size_t used = 0;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find_first_of(" \n"), text.size());
    const std::string word = printable(text.substr(0, length));
    text.remove_prefix(std::min(length + 1, text.size()));
    if (word.empty()) continue;
    const std::size_t columns_of_word = display_width(word);
    if (!line.empty() && used + 1 + columns_of_word > width) {
      lines.push_back(log_line(std::move(line)));
      line.clear();
    }
    if (!line.empty()) line += ' ';
    used = line.empty() ? columns_of_word : used + 1 + columns_of_word;
    line += word;
  }
  if (!line.empty()) lines.push_back(log_line(std::move(line)));
  return lines;
}

std::vector<std::string> printable_lines(std::string_view block) {
  std::vector<std::string> lines;
  while (!block.empty()) {
    const std::size_t length = std::min(block.find('\n'), block.size());
    lines.push_back(log_line(printable(block.substr(0, length))));
    block.remove_prefix(std::min(length + 1, block.size()));
  }
  return lines;
}

Excerpt mark_excerpt(std::string_view line, std::uint32_t column, std::uint32_t end_column,
                     std::size_t width) {
  std::vector<Cell> all = cells(line);
  while (!all.empty() && (all.back().text == " " || all.back().text == kTab)) all.pop_back();

  const std::size_t mark = std::min<std::size_t>(column == 0 ? 0 : column - 1, all.size());
  const std::size_t last = end_column > column ? end_column - 1 : mark + 1;
  const std::size_t mark_end = std::clamp(last, mark, all.size());
  const Window shown_part = window(all, mark, mark_end, width);

  Excerpt out;
  if (shown_part.begin > 0) out.text = kCut;
  for (std::size_t i = shown_part.begin; i < shown_part.end; ++i) out.text += all[i].text;
  if (shown_part.end < all.size()) out.text += kCut;

  const std::size_t marked = width_of(all, mark, std::min(mark_end, shown_part.end));
  out.marks.assign((shown_part.begin > 0 ? kCut.size() : 0) +
                       width_of(all, shown_part.begin, std::min(mark, shown_part.end)),
                   ' ');
  out.marks.append(std::max<std::size_t>(marked, 1), '^');
  return out;
}

}  // namespace meshcheck::report
