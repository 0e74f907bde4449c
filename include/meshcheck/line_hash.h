// The line hashes by which GitHub code scanning follows an alert when lines move.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meshcheck {

// The `primaryLocationLineHash` of each of `lines` (ascending, from 1) in the file whose whole text
// this is, as github/codeql-action's src/fingerprints.ts computes it. An empty string for a line
// that the text has not got.
std::vector<std::string> line_hashes(std::string_view text, std::span<const std::uint32_t> lines);

}  // namespace meshcheck
