#include "docgen/page.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>

namespace meshcheck::docgen {
namespace {

bool is_heading(const std::string& line) {
  return line.starts_with(".Sh ") || line.starts_with(".Ss ");
}

}  // namespace

Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string text_of(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

Range section(const Lines& lines, std::string_view heading) {
  const auto begin = std::ranges::find(lines, heading);
  if (begin == lines.end()) throw std::runtime_error("no line `" + std::string(heading) + "`");
  const auto end = std::find_if(begin + 1, lines.end(), is_heading);
  return {static_cast<std::size_t>(begin - lines.begin()) + 1,
          static_cast<std::size_t>(end - lines.begin())};
}

Range list_in(const Lines& lines, Range part) {
  Range list;
  int depth = 0;
  for (std::size_t i = part.begin; i < part.end; ++i) {
    if (lines[i].starts_with(".Bl ") && depth++ == 0) list.begin = i + 1;
    if (lines[i] == ".El" && --depth == 0) {
      list.end = i;
      return list;
    }
  }
  throw std::runtime_error("no list below `" + lines[part.begin - 1] + "`");
}

void replace(Lines& lines, Range part, const Lines& with) {
  const auto begin = lines.begin() + static_cast<std::ptrdiff_t>(part.begin);
  const auto end = lines.begin() + static_cast<std::ptrdiff_t>(part.end);
  const auto at = lines.erase(begin, end);
  lines.insert(at, with.begin(), with.end());
}

std::vector<Item> items_of(const Lines& lines, Range list) {
  std::vector<Item> items;
  int depth = 0;
  for (std::size_t i = list.begin; i < list.end; ++i) {
    if (depth == 0 && lines[i].starts_with(".It ")) {
      items.push_back({lines[i], {}});
      continue;
    }
    if (lines[i].starts_with(".Bl ")) ++depth;
    if (lines[i] == ".El") --depth;
    if (!items.empty()) items.back().prose.push_back(lines[i]);
  }
  return items;
}

Lines merged_items(const Lines& lines, Range list, const std::vector<Item>& wanted,
                   std::string (*name_of)(const std::string& tag)) {
  const std::vector<Item> old = items_of(lines, list);
  Lines out;
  for (const Item& item : wanted) {
    const std::string name = name_of(item.tag);
    const auto found =
        std::ranges::find_if(old, [&](const Item& other) { return name_of(other.tag) == name; });
    const Lines& prose = found == old.end() || found->prose.empty() ? item.prose : found->prose;
    out.push_back(item.tag);
    out.insert(out.end(), prose.begin(), prose.end());
  }
  return out;
}

std::string sentence(std::string text) {
  if (!text.empty() && !text.starts_with("istio")) {
    text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  }
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else {
      out += c;
    }
  }
  if (!out.empty() && (out.front() == '.' || out.front() == '\'')) out.insert(0, "\\&");
  if (!out.ends_with('.')) out += '.';
  return out;
}

}  // namespace meshcheck::docgen
