// Reads the header lines of an answer.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "live/transport.h"

namespace meshcheck::live {

// Takes one line, with or without its line end: a status line begins an answer anew, since interim
// ones (1xx) come before.
void read_header_line(std::string_view line, Answer& answer);

// "Sun, 06 Nov 1994 08:49:37 GMT"; nullopt for anything else.
std::optional<std::chrono::sys_seconds> read_http_date(std::string_view text);

// Server text for people: control characters gone, `most` bytes at most.
std::string shown(std::string_view text, std::size_t most = 300);

// Whether a header's value may be sent: a line break in it would begin another header.
bool fit_for_header(std::string_view text);

}  // namespace meshcheck::live
