// What people save from a terminal, as text: no colours, byte order mark or foreign bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/location.h"

namespace meshcheck {

// UTF-16 (as a redirection in PowerShell writes it) becomes UTF-8, escape sequences of terminals
// and control characters go, bytes that are no UTF-8 become U+FFFD. Lines stay lines.
std::string clean_saved_text(std::string_view bytes);

// One line of a saved text, without its end.
struct SavedLine {
  std::string_view text;
  std::uint32_t number = 0;  // counts from 1
};

// Takes the lines of a text one after the other.
class SavedLines {
 public:
  explicit SavedLines(std::string_view text) : rest_(text) {}
  bool next(SavedLine& line);

 private:
  std::string_view rest_;
  std::uint32_t number_ = 0;
  bool done_ = false;
};

// The place of `length` bytes at byte `begin` of the line.
Location place_in_line(const std::string& file, const SavedLine& line, std::size_t begin,
                       std::size_t length);

// Places in a text for offsets that mostly rise: a dump has as many as it has words, and may be one
// line, so that none may be counted from the beginning.
class SavedPlaces {
 public:
  SavedPlaces(std::string file, std::string_view text);
  Location at(std::size_t offset, std::size_t length);

 private:
  std::string file_;
  std::string_view text_;
  std::vector<std::size_t> lines_;  // where each begins
  std::size_t line_ = 0;            // the last one asked for, with …
  std::size_t offset_ = 0;          // … the last offset on it …
  std::uint32_t column_ = 1;        // … and its column
};

}  // namespace meshcheck
