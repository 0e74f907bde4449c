// Recognises text that a template engine has yet to turn into YAML: Helm and other Go templates,
// Jinja, ytt.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace meshcheck {

struct Markup {
  std::uint64_t offset = 0;  // of the first mark
  std::string_view mark;     // "{{", "{%", "#@" or "${"
};

// The first markup that shapes the document: where a line, an item or a value begins with it, or
// where it is part of an unquoted key. Markup within quotes, block scalars, comments or running
// text is what many valid manifests hold (alert rules, dashboards, Argo workflows) and says
// nothing.
std::optional<Markup> find_structural_markup(std::string_view text, std::uint64_t begin,
                                             std::uint64_t end);

// The first markup anywhere on the line that holds `offset`.
std::optional<Markup> find_markup_on_line(std::string_view text, std::uint64_t begin,
                                          std::uint64_t end, std::uint64_t offset);

// The line that holds `offset`, where it is nothing but `${NAME}`: envsubst and its like put
// whatever belongs there.
std::optional<Markup> find_placeholder_line(std::string_view text, std::uint64_t begin,
                                            std::uint64_t end, std::uint64_t offset);

// ytt marks a YAML file with comments that hold code, so that the file parses and means something
// else.
std::optional<Markup> find_ytt_markup(std::string_view text, std::uint64_t begin,
                                      std::uint64_t end);

}  // namespace meshcheck
