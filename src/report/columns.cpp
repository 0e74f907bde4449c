#include "report/columns.h"

#include "meshcheck/utf8.h"

namespace meshcheck::report {

std::optional<std::size_t> byte_offset(std::string_view line, std::uint32_t column) {
  if (column == 0) return std::nullopt;
  std::size_t offset = 0;
  for (std::uint32_t at = 1; at < column; ++at) {
    if (offset >= line.size()) return std::nullopt;
    offset += decode_utf8(line.substr(offset)).length;
  }
  return offset;
}

}  // namespace meshcheck::report
