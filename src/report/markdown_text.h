// Foreign text as it may stand in GitHub's and GitLab's Markdown.
#pragma once

#include <string>
#include <string_view>

namespace meshcheck::report {

// On one line, read as it is: no markup, no HTML, no link, nobody mentioned.
std::string markdown_text(std::string_view text);

// The same between HTML tags, where Markdown is not read.
std::string html_text(std::string_view text);

// As code, on one line; not for tables.
std::string code_span(std::string_view text);

// A block of code, whatever runs of backticks it holds.
std::string code_block(std::string_view language, std::string_view text);

}  // namespace meshcheck::report
