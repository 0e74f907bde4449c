// Foreign text as it may stand in XML 1.0.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace meshcheck::report {

// `text` on one line, made printable and escaped for content and for attributes in double quotes.
std::string xml_text(std::string_view text);

// ` name="value"`, and nothing where there is no value.
std::string xml_attribute(std::string_view name, std::string_view value);
std::string xml_attribute(std::string_view name, std::uint64_t value);

}  // namespace meshcheck::report
