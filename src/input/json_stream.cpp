#include "input/json_stream.h"

#include <algorithm>
#include <cstdint>
#include <set>

#include "document/place.h"
#include "input/split.h"

namespace meshcheck {
namespace {

// The byte after the value that begins at `at`.
std::size_t value_end(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  for (bool quoted = false; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      if (c == '\\') ++at;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (--depth == 0) return at + 1;
    }
  }
  return text.size();
}

// `[` alone begins many a line of a log.
bool begins_value(std::string_view text, std::size_t at) {
  if (text[at] != '{' && text[at] != '[') return false;
  const std::size_t next = text.find_first_not_of(" \t\r\n", at + 1);
  if (next == std::string_view::npos) return true;
  const std::string_view wanted = text[at] == '{' ? "\"}" : "{[]";
  return wanted.find(text[next]) != std::string_view::npos;
}

std::size_t next_line(std::string_view text, std::size_t at) {
  const std::size_t end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end + 1;
}

}  // namespace

std::vector<Chunk> find_json_values(std::string_view text) {
  std::vector<Chunk> chunks;
  std::size_t counted = 0;  // a line's begin, of number `line`
  std::uint32_t line = 1;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t value_begin = text.find_first_not_of(" \t\r\n", at);
    if (value_begin == std::string_view::npos) break;
    if (!begins_value(text, value_begin)) {
      at = next_line(text, value_begin);
      continue;
    }
    // NOLINTNEXTLINE(readability-suspicious-call-argument): a line begins at what was counted
    const std::size_t start = line_begin(text, counted, value_begin);
    line += count_lines(text.substr(counted, start - counted));
    counted = start;
    const std::size_t end = value_end(text, value_begin);
    Chunk chunk;
    // From the line's begin, so that columns count from there; what is before the value is
    // blank but where two values share a line.
    const bool blank =
        text.substr(start, value_begin - start).find_first_not_of(" \t") == std::string_view::npos;
    chunk.begin = blank ? start : value_begin;
    chunk.end = end;
    chunk.number = static_cast<std::uint32_t>(chunks.size());
    chunk.first_line = line;
    chunks.push_back(chunk);
    at = end;
    // A comma between values, as in a hand-made list.
    if (at < text.size() && text[at] == ',') ++at;
  }
  return chunks;
}

std::vector<Chunk> json_documents(std::string_view text) {
  const auto is_blank = [](std::string_view part) {
    return part.find_first_not_of(" \t\r\n") == std::string_view::npos;
  };
  if (is_blank(text)) return {};
  if (text.starts_with("---") || text.find("\n---") != std::string_view::npos) return split(text);
  std::vector<Chunk> values = find_json_values(text);
  std::size_t at = 0;
  for (const Chunk& value : values) {
    if (!is_blank(text.substr(at, value.begin - at))) return {whole(text)};
    at = value.end;
  }
  if (values.size() < 2 || !is_blank(text.substr(at))) return {whole(text)};
  return values;
}

namespace {

bool is_key(std::string_view line) {
  const char first = line.front();
  const std::size_t colon = line.find(':');
  return ((first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z')) &&
         colon != std::string_view::npos && line.find_first_of(" \t") > colon;
}

}  // namespace

std::vector<Chunk> json_lines(std::string_view text) {
  std::vector<Chunk> chunks;
  for (std::size_t begin = 0; begin < text.size();) {
    Chunk& chunk = chunks.emplace_back();
    chunk.begin = begin;
    chunk.end = std::min(text.find('\n', begin), text.size());
    chunk.number = static_cast<std::uint32_t>(chunks.size() - 1);
    chunk.first_line = chunk.number + 1;
    begin = chunk.end + 1;
  }
  return chunks;
}

std::vector<Chunk> find_yaml_documents(std::string_view text) {
  std::vector<Chunk> chunks;
  std::set<std::string_view> keys;
  Chunk chunk;
  std::uint32_t number = 1;
  const auto close = [&](std::size_t end, std::size_t next, std::uint32_t next_number) {
    chunk.end = end;
    if (text.substr(chunk.begin, end - chunk.begin).find_first_not_of(" \t\r\n") !=
        std::string_view::npos) {
      chunks.push_back(chunk);
    }
    chunk = {};
    chunk.begin = next;
    chunk.number = static_cast<std::uint32_t>(chunks.size());
    chunk.first_line = next_number;
    keys.clear();
  };
  for (std::size_t at = 0; at < text.size(); ++number) {
    const std::size_t after = next_line(text, at);
    const std::string_view line = text.substr(at, after - at);
    const bool key = is_key(line);
    const std::string_view name = line.substr(0, line.find(':'));
    if (keys.empty() && !key && line.front() != '-') {
      chunk.begin = after;  // a prompt, or a comment
      chunk.first_line = number + 1;
    } else if (line.starts_with("---")) {
      close(at, after, number + 1);
    } else if (line.front() == '-' && keys.empty()) {
      keys.insert("-");  // a list, until something else begins
    } else if (key && !keys.insert(name).second) {
      close(at, at, number);
      keys.insert(name);
    }
    at = after;
  }
  close(text.size(), text.size(), number);
  return chunks;
}

}  // namespace meshcheck
