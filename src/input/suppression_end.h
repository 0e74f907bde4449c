// The day in a suppression's reason on which it ends: `waits for nodes (until 2027-01-31)`.
#pragma once

#include <string>
#include <string_view>

namespace meshcheck {

struct ReasonAndEnd {
  std::string reason;  // without the words of the end
  std::string until;   // as written, a date or not; empty where no end is written
};

// An end that somebody wrote must never be taken for prose: the suppression would hold for good. So
// it is found anywhere in the text, in any case and in any brackets. Without brackets `until` needs
// a word of the calendar behind it: "until the nodes are there" is a reason.
ReasonAndEnd take_end(std::string_view text);

}  // namespace meshcheck
