// Columns that count code points, turned into bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace meshcheck::report {

// The offset, from 0, of the byte at which a column begins that counts code points from 1; the
// line's size for the column after its last. Nothing where the line is shorter.
std::optional<std::size_t> byte_offset(std::string_view line, std::uint32_t column);

}  // namespace meshcheck::report
