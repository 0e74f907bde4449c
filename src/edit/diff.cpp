#include "edit/diff.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace meshcheck {
namespace {

using Lines = std::vector<std::string_view>;  // each with its line break

constexpr std::size_t kContext = 3;

Lines split_lines(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

// One line of the edit script: ' ', '-' or '+'.
struct Step {
  char kind;
  std::string_view line;
};

// The shortest edit script. (E. W. Myers, An O(ND) Difference Algorithm, 1986)
class Myers {
 public:
  Myers(const Lines& before, const Lines& after) : before_(before), after_(after) {}

  std::vector<Step> steps() {
    while (!advance()) {
    }
    return trace();
  }

 private:
  // How far each diagonal -d…d got with d edits; one wider at both ends.
  using Reach = std::vector<std::ptrdiff_t>;
  static std::ptrdiff_t at(const Reach& reach, std::ptrdiff_t diagonal) {
    return reach[static_cast<std::size_t>(diagonal +
                                          static_cast<std::ptrdiff_t>(reach.size() / 2))];
  }
  // Down (an insertion) rather than right (a deletion), from what one edit less reached.
  static bool goes_down(const Reach& last, std::ptrdiff_t diagonal, std::ptrdiff_t edits) {
    return diagonal == -edits ||
           (diagonal != edits && at(last, diagonal - 1) < at(last, diagonal + 1));
  }

  bool advance() {
    const auto edits = static_cast<std::ptrdiff_t>(history_.size());
    const auto rows = static_cast<std::ptrdiff_t>(before_.size());
    const auto columns = static_cast<std::ptrdiff_t>(after_.size());
    Reach reach(static_cast<std::size_t>(2 * edits + 5), -1);
    bool done = false;
    for (std::ptrdiff_t k = -edits; k <= edits && !done; k += 2) {
      std::ptrdiff_t x = 0;
      if (edits != 0) {
        const Reach& last = history_.back();
        x = goes_down(last, k, edits) ? at(last, k + 1) : at(last, k - 1) + 1;
      }
      while (x < rows && x - k < columns &&
             before_[static_cast<std::size_t>(x)] == after_[static_cast<std::size_t>(x - k)]) {
        ++x;
      }
      reach[static_cast<std::size_t>(k + edits + 2)] = x;
      done = x >= rows && x - k >= columns;
    }
    history_.push_back(std::move(reach));
    return done;
  }

  std::vector<Step> trace() const {
    std::vector<Step> steps;
    std::size_t x = before_.size();
    std::size_t y = after_.size();
    const auto keep = [&] {
      --y;
      steps.push_back({' ', before_[--x]});
    };
    for (auto edits = static_cast<std::ptrdiff_t>(history_.size()) - 1; edits > 0; --edits) {
      const Reach& last = history_[static_cast<std::size_t>(edits - 1)];
      const auto k = static_cast<std::ptrdiff_t>(x) - static_cast<std::ptrdiff_t>(y);
      const bool down = goes_down(last, k, edits);
      const auto from = static_cast<std::size_t>(down ? at(last, k + 1) : at(last, k - 1) + 1);
      while (x > from) keep();
      steps.push_back(down ? Step{'+', after_[--y]} : Step{'-', before_[--x]});
    }
    while (x > 0) keep();
    std::ranges::reverse(steps);
    return steps;
  }

  const Lines& before_;
  const Lines& after_;
  std::vector<Reach> history_;  // by number of edits
};

// What both ends have in common needs no search, and files are large where edits are few.
std::vector<Step> script(const Lines& before, const Lines& after) {
  std::size_t head = 0;
  const std::size_t shorter = std::min(before.size(), after.size());
  while (head < shorter && before[head] == after[head]) ++head;
  std::size_t tail = 0;
  while (tail < shorter - head && before.end()[-1 - static_cast<std::ptrdiff_t>(tail)] ==
                                      after.end()[-1 - static_cast<std::ptrdiff_t>(tail)]) {
    ++tail;
  }
  const auto middle = [&](const Lines& lines) {
    return Lines(lines.begin() + static_cast<std::ptrdiff_t>(head),
                 lines.end() - static_cast<std::ptrdiff_t>(tail));
  };
  std::vector<Step> steps;
  for (std::size_t i = 0; i < head; ++i) steps.push_back({' ', before[i]});
  const Lines old_middle = middle(before);
  const Lines new_middle = middle(after);
  for (const Step& step : Myers(old_middle, new_middle).steps()) steps.push_back(step);
  for (std::size_t i = before.size() - tail; i < before.size(); ++i)
    steps.push_back({' ', before[i]});
  return steps;
}

// "12,7", "12" for one line, "11,0" for none behind line 11.
std::string range(std::size_t first, std::size_t count) {
  if (count == 1) return fmt::format("{}", first);
  return fmt::format("{},{}", count == 0 ? first - 1 : first, count);
}

struct Hunk {
  std::size_t begin;  // of the script
  std::size_t end;
};

std::vector<Hunk> hunks_of(const std::vector<Step>& steps) {
  std::vector<Hunk> hunks;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].kind == ' ') continue;
    const std::size_t begin = i < kContext ? 0 : i - kContext;
    const std::size_t end = std::min(i + kContext + 1, steps.size());
    if (!hunks.empty() && begin <= hunks.back().end) {
      hunks.back().end = end;
    } else {
      hunks.push_back({begin, end});
    }
  }
  return hunks;
}

// Lines of both texts among steps.
struct Count {
  std::size_t before = 0;
  std::size_t after = 0;

  void add(const Step& step) {
    if (step.kind != '+') ++before;
    if (step.kind != '-') ++after;
  }
};

void write(const std::vector<Step>& steps, const Hunk& hunk, std::string& out) {
  Count above;
  for (std::size_t i = 0; i < hunk.begin; ++i) above.add(steps[i]);
  Count count;
  std::string body;
  for (std::size_t i = hunk.begin; i < hunk.end; ++i) {
    count.add(steps[i]);
    body.append(1, steps[i].kind).append(steps[i].line);
    if (!steps[i].line.ends_with('\n')) body += "\n\\ No newline at end of file\n";
  }
  out += fmt::format("@@ -{} +{} @@\n{}", range(above.before + 1, count.before),
                     range(above.after + 1, count.after), body);
}

// As git writes a name (git: quote.c, quote_c_style), which patch and git apply read: between
// quotes where it holds what could not be told apart, or would be a terminal's to obey; else with a
// tab behind it where it holds a blank, for behind that patch looks for a date.
std::string header_name(std::string_view name) {
  constexpr std::string_view kEscaped = "\"\\\a\b\f\n\r\t\v";
  constexpr std::string_view kLetters = "\"\\abfnrtv";
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
  // U+0080 to U+009F, of which some terminals obey U+009B as they do ESC [.
  const auto is_c1 = [&](std::size_t at) {
    return name[at] == '\xC2' && at + 1 < name.size() &&
           static_cast<unsigned char>(name[at + 1]) < 0xA0;
  };
  bool quoted = false;
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<unsigned char>(name[i]);
    const std::size_t letter = kEscaped.find(name[i]);
    quoted = quoted || letter != std::string_view::npos || is_control(byte) || is_c1(i);
    if (letter != std::string_view::npos) {
      out += {'\\', kLetters[letter]};
    } else if (is_control(byte) || byte >= 0x80) {
      out += fmt::format("\\{:03o}", byte);
    } else {
      out += name[i];
    }
  }
  if (quoted) return '"' + out + '"';
  return std::string(name) + (name.find(' ') == std::string_view::npos ? "" : "\t");
}

}  // namespace

std::string unified_diff(std::string_view name, std::string_view before, std::string_view after) {
  if (before == after) return {};
  const Lines old_lines = split_lines(before);
  const Lines new_lines = split_lines(after);
  const std::vector<Step> steps = script(old_lines, new_lines);
  std::string out = fmt::format("--- {0}\n+++ {0}\n", header_name(name));
  for (const Hunk& hunk : hunks_of(steps)) write(steps, hunk, out);
  return out;
}

}  // namespace meshcheck
