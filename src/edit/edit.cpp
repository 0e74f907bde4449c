#include "edit/edit.h"

#include <algorithm>

namespace meshcheck {

std::string apply_edits(std::string_view text, std::vector<Edit> edits) {
  std::ranges::stable_sort(edits, {}, &Edit::offset);
  std::string out;
  std::uint64_t at = 0;
  for (const Edit& edit : edits) {
    out.append(text.substr(at, edit.offset - at)).append(edit.text);
    at = edit.offset + edit.length;
  }
  return out.append(text.substr(at));
}

std::string_view line_break(std::string_view text, std::uint64_t offset) {
  std::size_t feed = text.substr(0, offset).rfind('\n');
  if (feed == std::string_view::npos) feed = text.find('\n', offset);
  const bool pair = feed != std::string_view::npos && feed > 0 && text[feed - 1] == '\r';
  return pair ? "\r\n" : "\n";
}

}  // namespace meshcheck
