#include "edit/embedded.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "document/json_string.h"
#include "document/place.h"
#include "edit/extent.h"
#include "edit/render.h"

namespace meshcheck {
namespace {

// Where each line of a literal block scalar's value begins in the file, behind its indentation.
struct Lines {
  std::uint64_t indentation = 0;
  std::vector<std::uint64_t> inner;  // offsets in the value
  std::vector<std::uint64_t> outer;  // offsets in the file
};

// Nothing where the lines of the file are not those of the value.
std::optional<Lines> lines_of(Node scalar) {
  const std::string_view file = scalar.document()->source->text;
  const std::string_view value = scalar.text();
  const auto end = end_of(scalar);
  if (!end) return std::nullopt;
  Lines lines;
  bool known = false;
  std::uint64_t at = line_end(file, scalar.offset());
  for (std::uint64_t inner = 0; inner <= value.size();) {
    if (at < file.size() && file[at] == '\r') ++at;
    at = std::min<std::uint64_t>(at + 1, file.size());
    const std::string_view text = value.substr(inner, line_end(value, inner) - inner);
    const std::string_view line = file.substr(at, line_end(file, at) - at);
    if (!known && !text.empty()) {
      if (!line.ends_with(text)) return std::nullopt;
      lines.indentation = line.size() - text.size();
      known = true;
    }
    const std::uint64_t margin = std::min<std::uint64_t>(lines.indentation, line.size());
    const bool last = inner == value.size();  // behind the final line break
    if (!last && line.substr(margin) != text) return std::nullopt;
    lines.inner.push_back(inner);
    lines.outer.push_back(last ? std::min<std::uint64_t>(at, file.size()) : at + margin);
    at = line_end(file, at);
    inner += text.size() + 1;
  }
  if (!known) return std::nullopt;
  return lines;
}

std::uint64_t map(const Lines& lines, std::uint64_t offset) {
  const auto above = std::ranges::upper_bound(lines.inner, offset);
  const auto index = static_cast<std::size_t>(above - lines.inner.begin()) - 1;
  return lines.outer[index] + (offset - lines.inner[index]);
}

// Removes whole lines with their indentation, and gives new lines theirs.
Edit map(const Lines& lines, const Edit& edit, std::string_view line_break) {
  const std::uint64_t begin = map(lines, edit.offset);
  const std::uint64_t end = map(lines, edit.offset + edit.length);
  std::string text;
  for (const char c : edit.text) {
    if (c == '\n') {
      text.append(line_break).append(lines.indentation, ' ');
    } else {
      text += c;
    }
  }
  return {begin, end - begin, std::move(text)};
}

}  // namespace

Result<std::vector<Edit>> outer_edits(const Document& embedded, std::vector<Edit> edits) {
  if (edits.empty()) return edits;
  const Document& host = *embedded.host;
  const Node scalar(&host, embedded.host_node);
  if (host.host != nullptr) return fail("", "it is a text within a text");
  if (is_shared(scalar)) return fail("", "an alias repeats the text that holds it");
  const std::string_view file = host.source->text;
  if (scalar.style() == ScalarStyle::double_quoted) {
    const auto end = end_of(scalar);
    if (!end) return fail("", "the text that holds it has an anchor or a tag");
    return std::vector<Edit>{{scalar.offset(), *end - scalar.offset(),
                              json_string(apply_edits(scalar.text(), std::move(edits)))}};
  }
  if (scalar.style() != ScalarStyle::literal) {
    return fail("", fmt::format("the text that holds it (line {}) is no block of lines (`|`)",
                                scalar.line()));
  }
  const auto lines = lines_of(scalar);
  if (!lines) return fail("", "the lines of the text that holds it cannot be told apart");
  const std::string_view break_of_file = line_break(file, scalar.offset());
  std::vector<Edit> outer;
  for (const Edit& edit : edits) outer.push_back(map(*lines, edit, break_of_file));
  return outer;
}

}  // namespace meshcheck
