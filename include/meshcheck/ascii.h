// Words of text in which only ASCII letters and blanks matter, whatever the locale.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace meshcheck {

inline constexpr std::string_view kBlanks = " \t";
inline constexpr std::string_view kLineBlanks = " \t\r";  // lines may end in \r\n
inline constexpr std::string_view kWhiteSpace = " \t\r\n\v\f";

// Without what of `blanks` stands at either end.
constexpr std::string_view trimmed(std::string_view text, std::string_view blanks = kBlanks) {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

}  // namespace meshcheck
