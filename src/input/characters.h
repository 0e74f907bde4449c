// Which bytes may stand in a document at all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "input/reading.h"

namespace meshcheck {

// The first byte that is not UTF-8 or belongs to a character that YAML forbids (NUL and most other
// control characters), with what to say about it. JSON allows more: it judges its own strings.
std::optional<ReadError> find_bad_character(std::string_view text, std::uint64_t begin,
                                            std::uint64_t end, Format format);

}  // namespace meshcheck
