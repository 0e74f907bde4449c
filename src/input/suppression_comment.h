// The text of a comment that accepts findings: `meshcheck: ignore[MC201] reason (until
// 2027-01-31)`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/location.h"
#include "meshcheck/suppression.h"

namespace meshcheck {

// What every such comment has behind its `#`.
inline constexpr std::string_view kCommentMark = "meshcheck:";

// `text` goes from the mark to the end of its line. Nullopt for prose that begins with the mark;
// what was meant as a suppression and is none comes back as malformed. Nothing is known yet of its
// place and of what it covers.
std::optional<Suppression> parse_suppression(std::string_view text);

// The offset of the next mark that stands behind `#` at or after `from`, and of that `#`; npos
// where there is none. What may be a slip in the mark (`# Meshcheck ignore[MC201]`) is one too.
// Whether the `#` begins a comment is for the caller to know.
struct CommentMark {
  std::size_t hash = std::string_view::npos;
  std::size_t mark = std::string_view::npos;
};
CommentMark find_comment_mark(std::string_view text, std::size_t from);

}  // namespace meshcheck
