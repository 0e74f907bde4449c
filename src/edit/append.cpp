#include "edit/append.h"

#include "edit/edit.h"

namespace meshcheck {

std::string append_document(std::string_view file, std::string_view document) {
  const std::string_view line_end = line_break(file, file.size());
  std::string out(file);
  if (!out.empty() && !out.ends_with('\n')) out += line_end;
  const std::size_t end = out.find_last_not_of("\r\n \t");
  const std::string_view text =
      std::string_view(out).substr(0, end == std::string::npos ? 0 : end + 1);
  const bool separated = text == "---" || text.ends_with("\n---");
  if (!separated && !text.empty()) out.append("---").append(line_end);
  for (const char c : document) {
    if (c == '\n') {
      out += line_end;
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace meshcheck
