#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "meshcheck/utf8.h"
#include "report/json_parts.h"
#include "report/terminal.h"

namespace meshcheck::report {
namespace {

std::string escaped(char32_t point) {
  const auto unit = static_cast<std::uint32_t>(point);
  if (unit < 0x10000) return fmt::format("\\u{:04x}", unit);
  return fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + ((unit - 0x10000) >> 10U),
                     0xDC00 + ((unit - 0x10000) & 0x3FFU));
}

}  // namespace

std::string json_text(const Json& json, int indent) {
  const std::string text = json.dump(indent, ' ', false, Json::error_handler_t::replace);
  // Below 0x7F the library escaped what must be; runners of CI jobs take `##[` for a command.
  const auto harmless = [](char c) { return static_cast<unsigned char>(c) < 0x7F && c != '#'; };
  std::string out;
  out.reserve(text.size());
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = std::ranges::find_if_not(rest, harmless);
    out.append(rest.begin(), end);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.begin()));
    if (rest.empty()) break;
    const CodePoint point = decode_utf8(rest);
    const bool command = rest.starts_with("##[") || rest.starts_with("##vso[");
    if (command || point.value == 0x7F || misleads(point.value)) {
      out += escaped(point.value);
    } else {
      out += rest.substr(0, point.length);
    }
    rest.remove_prefix(point.length);
  }
  return out;
}

}  // namespace meshcheck::report
