// Which bytes may stand in a document at all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "input/reading.h"

namespace meshcheck {

struct Characters {
  // The first byte that is not UTF-8 or belongs to a character that YAML forbids (NUL and most
  // other control characters), with what to say about it. JSON allows more: it judges its own
  // strings.
  std::optional<ReadError> bad;
  // Lines end in LF or CRLF only, and no byte order mark stands within: what our scanner relies on.
  // YAML 1.1 also counts a lone CR, U+0085, U+2028 and U+2029 as line breaks.
  bool common_breaks = true;
};

Characters check_characters(std::string_view text, std::uint64_t begin, std::uint64_t end,
                            Format format);

}  // namespace meshcheck
