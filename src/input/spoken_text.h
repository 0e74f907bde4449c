// What a script only says: the text that `echo` prints or `cat` shows, in which commands are quoted
// for people and not run.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "input/text_lines.h"

namespace meshcheck {

class SpokenText {
 public:
  explicit SpokenText(std::span<const TextLine> lines);

  // Whether `part`, a piece of one of the lines, lies in what is said.
  bool holds(std::string_view part) const;

 private:
  // In the order of the text, which all lines share.
  std::vector<std::string_view> parts_;
};

}  // namespace meshcheck
