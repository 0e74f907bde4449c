#include "input/saved_text.h"

#include <algorithm>
#include <utility>

#include "document/place.h"
#include "input/unicode.h"
#include "meshcheck/utf8.h"

namespace meshcheck {
namespace {

constexpr std::size_t kExcerptLimit = 500;  // bytes; a minified line helps nobody

std::string from_utf16(std::string_view bytes, bool big_endian) {
  std::string text;
  const auto unit = [&](std::size_t at) -> std::uint32_t {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    return big_endian ? (std::uint32_t{first} << 8U) | second
                      : (std::uint32_t{second} << 8U) | first;
  };
  for (std::size_t at = 2; at + 1 < bytes.size(); at += 2) {
    std::uint32_t point = unit(at);
    const bool high = point >= 0xD800 && point < 0xDC00;
    if (high && at + 3 < bytes.size()) {
      const std::uint32_t low = unit(at + 2);
      if (low >= 0xDC00 && low < 0xE000) {
        point = 0x10000 + ((point - 0xD800) << 10U) + (low - 0xDC00);
        at += 2;
      }
    }
    append_utf8(point >= 0xD800 && point < 0xE000 ? 0xFFFD : point, text);
  }
  return text;
}

// The end of the escape sequence at `at` (ECMA-48: CSI, OSC, or two characters).
std::size_t escape_end(std::string_view text, std::size_t at) {
  if (at + 1 >= text.size()) return text.size();
  const char kind = text[at + 1];
  std::size_t end = at + 2;
  if (kind == '[') {
    while (end < text.size() && text[end] >= 0x20 && text[end] < 0x40) ++end;
    return std::min(end + 1, text.size());
  }
  if (kind == ']') {
    while (end < text.size() && text[end] != '\a' && text[end] != '\x1b' && text[end] != '\n') {
      ++end;
    }
    if (end < text.size() && text[end] == '\x1b') return std::min(end + 2, text.size());
    return end < text.size() && text[end] == '\a' ? end + 1 : end;
  }
  return kind == '\n' ? at + 1 : end;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

}  // namespace

std::string clean_saved_text(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE")) return clean_saved_text(from_utf16(bytes, false));
  if (bytes.starts_with("\xFE\xFF")) return clean_saved_text(from_utf16(bytes, true));
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  if (std::ranges::none_of(bytes, is_control)) return valid_utf8(bytes);
  std::string text;
  text.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size();) {
    if (bytes[at] == '\x1b') {
      at = escape_end(bytes, at);
    } else {
      if (!is_control(bytes[at])) text += bytes[at];
      ++at;
    }
  }
  return valid_utf8(text);
}

bool SavedLines::next(SavedLine& line) {
  if (done_) return false;
  const std::size_t end = rest_.find_first_of("\r\n");
  line.text = rest_.substr(0, end);
  line.number = ++number_;
  if (end == std::string_view::npos) {
    done_ = true;
    return true;
  }
  const bool pair = rest_[end] == '\r' && end + 1 < rest_.size() && rest_[end + 1] == '\n';
  rest_.remove_prefix(end + (pair ? 2 : 1));
  return true;
}

SavedPlaces::SavedPlaces(std::string file, std::string_view text)
    : file_(std::move(file)), text_(text), lines_{0} {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos;
       at = text.find('\n', at + 1)) {
    lines_.push_back(at + 1);
  }
}

Location SavedPlaces::at(std::size_t offset, std::size_t length) {
  offset = std::min(offset, text_.size());
  const auto next = std::ranges::upper_bound(lines_, offset);
  const auto line = static_cast<std::size_t>(next - lines_.begin()) - 1;
  if (line != line_) {
    line_ = line;
    offset_ = lines_[line];
    column_ = 1;
  }
  if (offset >= offset_) {
    column_ += count_code_points(text_.substr(offset_, offset - offset_));
  } else {
    column_ -= count_code_points(text_.substr(offset, offset_ - offset));
  }
  offset_ = offset;
  const std::size_t end = next == lines_.end() ? text_.size() : *next - 1;
  std::string_view shown = text_.substr(lines_[line], std::min(end - lines_[line], kExcerptLimit));
  if (shown.ends_with('\r')) shown.remove_suffix(1);
  Location place;
  place.file = file_;
  place.line = place.end_line = static_cast<std::uint32_t>(line) + 1;
  place.column = column_;
  place.end_column = column_ + std::max(1U, count_code_points(text_.substr(offset, length)));
  place.excerpt = valid_utf8(shown);
  return place;
}

Location place_in_line(const std::string& file, const SavedLine& line, std::size_t begin,
                       std::size_t length) {
  const std::uint32_t column = count_code_points(line.text.substr(0, begin)) + 1;
  const std::uint32_t width = std::max(1U, count_code_points(line.text.substr(begin, length)));
  return {.file = file,
          .line = line.number,
          .column = column,
          .end_line = line.number,
          .end_column = column + width,
          .document = 0,
          .source = {},
          .excerpt = valid_utf8(line.text.substr(0, kExcerptLimit)),
          .line_hash = {}};
}

}  // namespace meshcheck
