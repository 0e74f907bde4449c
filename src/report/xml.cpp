#include "report/xml.h"

#include <fmt/format.h>

#include "report/terminal.h"

namespace meshcheck::report {

std::string xml_text(std::string_view text) {
  // The two characters of the basic plane that are printable and that XML refuses
  // (XML 1.0, production 2, "Char").
  static constexpr std::string_view kRefused[] = {"\uFFFE", "\uFFFF"};
  std::string out;
  const std::string safe = printable(text);
  for (std::size_t i = 0; i < safe.size(); ++i) {
    const std::string_view rest = std::string_view(safe).substr(i);
    if (rest.starts_with(kRefused[0]) || rest.starts_with(kRefused[1])) {
      out += "\uFFFD";
      i += kRefused[0].size() - 1;
      continue;
    }
    switch (safe[i]) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&apos;"; break;
      default: out += safe[i];
    }
  }
  return out;
}

std::string xml_attribute(std::string_view name, std::string_view value) {
  return value.empty() ? "" : fmt::format(" {}=\"{}\"", name, xml_text(value));
}

std::string xml_attribute(std::string_view name, std::uint64_t value) {
  return fmt::format(" {}=\"{}\"", name, value);
}

}  // namespace meshcheck::report
