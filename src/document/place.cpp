#include "document/place.h"

#include <algorithm>

namespace meshcheck {

namespace {

std::uint32_t narrow(std::ptrdiff_t count) { return static_cast<std::uint32_t>(count); }

}  // namespace

std::uint32_t count_lines(std::string_view text) {
  const auto feeds = std::count(text.begin(), text.end(), '\n');
  if (text.find('\r') == std::string_view::npos) return narrow(feeds);
  std::uint32_t lone = 0;
  for (std::size_t at = 0; (at = text.find('\r', at)) != std::string_view::npos; ++at) {
    if (at + 1 == text.size() || text[at + 1] != '\n') ++lone;
  }
  return narrow(feeds) + lone;
}

std::uint32_t count_code_points(std::string_view text) {
  return narrow(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::uint64_t line_begin(std::string_view text, std::uint64_t begin, std::uint64_t offset) {
  while (offset > begin && text[offset - 1] != '\n' && text[offset - 1] != '\r') --offset;
  return offset;
}

std::uint64_t line_end(std::string_view text, std::uint64_t offset) {
  const auto end = text.find_first_of("\r\n", offset);
  return end == std::string_view::npos ? text.size() : end;
}

Place locate(std::string_view text, std::uint64_t begin, std::uint32_t first_line,
             std::uint64_t offset) {
  offset = std::min<std::uint64_t>(offset, text.size());
  const auto start = line_begin(text, begin, offset);
  auto before = text.substr(start, offset - start);
  if (before.starts_with(kByteOrderMark)) before.remove_prefix(kByteOrderMark.size());
  return {first_line + count_lines(text.substr(begin, start - begin)),
          1 + count_code_points(before)};
}

}  // namespace meshcheck
