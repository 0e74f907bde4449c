#include "report/markdown_text.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "report/terminal.h"

namespace meshcheck::report {
namespace {

// Invisible, and enough that @name mentions nobody and #12 links no issue: the platforms look for
// these after Markdown and its escapes are gone.
constexpr std::string_view kBreak = "&#8203;";

bool refers(std::string_view text, std::size_t at) {
  const char next = at + 1 < text.size() ? text[at + 1] : ' ';
  return (text[at] == '@' || text[at] == '#') && next != ' ';
}

// The run of `text` that begins a link without any markup: "http://", "www.".
bool links_itself(std::string_view text, std::size_t at) {
  return text.substr(at).starts_with("://") ||
         (text[at] == '.' && at >= 3 && text.substr(at - 3, 3) == "www");
}

std::size_t longest_run(std::string_view text, char of) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == of ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

std::string markdown_text(std::string_view text) {
  static constexpr std::string_view kMarkup = "\\`*_[]<>|~$&{}";
  const std::string safe = printable(text);
  std::string out;
  for (std::size_t i = 0; i < safe.size(); ++i) {
    if (kMarkup.find(safe[i]) != std::string_view::npos || links_itself(safe, i)) out += '\\';
    out += safe[i];
    if (refers(safe, i)) out += kBreak;
  }
  return out;
}

std::string html_text(std::string_view text) {
  const std::string safe = printable(text);
  std::string out;
  for (std::size_t i = 0; i < safe.size(); ++i) {
    switch (safe[i]) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += safe[i];
    }
    if (refers(safe, i)) out += kBreak;
  }
  return out;
}

std::string code_span(std::string_view text) {
  const std::string safe = printable(text);
  const std::string fence(longest_run(safe, '`') + 1, '`');
  const bool pad = safe.empty() || safe.front() == '`' || safe.back() == '`';
  return fmt::format("{0}{1}{2}{1}{0}", fence, pad ? " " : "", safe);
}

std::string code_block(std::string_view language, std::string_view text) {
  std::string body;
  for (const std::string& line : printable_lines(text)) body += line + '\n';
  const std::string fence(std::max<std::size_t>(3, longest_run(body, '`') + 1), '`');
  return fmt::format("{0}{1}\n{2}{0}\n", fence, language, body);
}

}  // namespace meshcheck::report
