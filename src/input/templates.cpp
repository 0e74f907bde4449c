#include "input/templates.h"

#include <algorithm>
#include <array>

#include "document/place.h"

namespace meshcheck {

namespace {

constexpr std::array<std::string_view, 2> kBrackets = {"{{", "{%"};

std::string_view opening(std::string_view at) {
  for (const auto mark : kBrackets) {
    if (at.starts_with(mark)) return mark;
  }
  return {};
}

std::size_t skip_blanks(std::string_view line, std::size_t at) {
  return std::min(line.find_first_not_of(" \t", at), line.size());
}

// The `: ` that ends an unquoted key, or npos.
std::size_t find_colon(std::string_view line, std::size_t from) {
  for (auto at = from; (at = line.find(':', at)) != std::string_view::npos; ++at) {
    if (at + 1 == line.size() || line[at + 1] == ' ' || line[at + 1] == '\t') return at;
  }
  return std::string_view::npos;
}

// True for a line whose value is the header of a block scalar: `key: |-`, `- >2`.
bool opens_block_scalar(std::string_view line) {
  const auto comment = line.find(" #");
  if (comment != std::string_view::npos) line = line.substr(0, comment);
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
  while (!line.empty() &&
         (line.back() == '-' || line.back() == '+' || (line.back() >= '1' && line.back() <= '9'))) {
    line.remove_suffix(1);
  }
  if (line.size() < 2 || (line.back() != '|' && line.back() != '>')) return false;
  return line[line.size() - 2] == ' ' || line[line.size() - 2] == '\t';
}

// Where markup shapes this line.
std::optional<std::size_t> find_in_line(std::string_view line) {
  auto at = skip_blanks(line, 0);
  while (at + 1 < line.size() && line[at] == '-' && line[at + 1] == ' ') {
    at = skip_blanks(line, at + 1);
  }
  if (at == line.size() || line[at] == '#') return std::nullopt;
  if (!opening(line.substr(at)).empty()) return at;
  if (line[at] == '"' || line[at] == '\'') {
    const auto closing = line.find(line[at], at + 1);
    if (closing == std::string_view::npos) return std::nullopt;
    at = closing + 1;
  }
  const auto colon = find_colon(line, at);
  if (colon == std::string_view::npos) return std::nullopt;
  for (const auto mark : kBrackets) {
    const auto in_key = line.substr(0, colon).find(mark, at);
    if (in_key != std::string_view::npos) return in_key;
  }
  const auto value = skip_blanks(line, colon + 1);
  if (!opening(line.substr(value)).empty()) return value;
  return std::nullopt;
}

template <class Visit>
void for_each_line(std::string_view text, std::uint64_t begin, std::uint64_t end, Visit visit) {
  while (begin < end) {
    const auto stop = std::min<std::uint64_t>(line_end(text, begin), end);
    if (!visit(begin, text.substr(begin, stop - begin))) return;
    begin = stop + 1;
  }
}

}  // namespace

std::optional<Markup> find_structural_markup(std::string_view text, std::uint64_t begin,
                                             std::uint64_t end) {
  std::optional<Markup> found;
  std::size_t block = std::string_view::npos;  // indentation of the line that opened a block scalar
  for_each_line(text, begin, end, [&](std::uint64_t at, std::string_view line) {
    const auto indentation = skip_blanks(line, 0);
    if (indentation == line.size()) return true;
    if (block != std::string_view::npos && indentation > block) return true;
    block = opens_block_scalar(line) ? indentation : std::string_view::npos;
    const auto place = find_in_line(line);
    if (place) found = Markup{at + *place, opening(line.substr(*place))};
    return !found;
  });
  return found;
}

std::optional<Markup> find_markup_on_line(std::string_view text, std::uint64_t begin,
                                          std::uint64_t end, std::uint64_t offset) {
  const auto start = line_begin(text, begin, std::min(offset, end));
  const auto stop = std::min<std::uint64_t>(line_end(text, std::min(offset, end)), end);
  const auto line = text.substr(start, stop - start);
  std::optional<Markup> found;
  for (const auto mark : kBrackets) {
    const auto at = line.find(mark);
    if (at == std::string_view::npos) continue;
    if (!found || start + at < found->offset) found = Markup{start + at, mark};
  }
  return found;
}

std::optional<Markup> find_placeholder_line(std::string_view text, std::uint64_t begin,
                                            std::uint64_t end, std::uint64_t offset) {
  const auto start = line_begin(text, begin, std::min(offset, end));
  const auto stop = std::min<std::uint64_t>(line_end(text, std::min(offset, end)), end);
  auto line = text.substr(start, stop - start);
  const auto indentation = skip_blanks(line, 0);
  line.remove_prefix(indentation);
  while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
  if (!line.starts_with("${") || line.find('}') != line.size() - 1) return std::nullopt;
  return Markup{start + indentation, "${"};
}

std::optional<Markup> find_ytt_markup(std::string_view text, std::uint64_t begin,
                                      std::uint64_t end) {
  if (text.substr(begin, end - begin).find("#@") == std::string_view::npos) return std::nullopt;
  std::optional<Markup> found;
  std::size_t block = std::string_view::npos;
  for_each_line(text, begin, end, [&](std::uint64_t at, std::string_view line) {
    const auto indentation = skip_blanks(line, 0);
    if (indentation == line.size()) return true;
    if (block != std::string_view::npos && indentation > block) return true;
    block = opens_block_scalar(line) ? indentation : std::string_view::npos;
    const auto place = line.find("#@");
    const bool whole_line = place == indentation;
    const bool value = place != std::string_view::npos && place >= 2 && line[place - 1] == ' ' &&
                       line[skip_blanks(line, 0)] != '#' &&
                       line.substr(0, place).find_first_of("\"'") == std::string_view::npos;
    if (whole_line || value) found = Markup{at + place, "#@"};
    return !found;
  });
  return found;
}

}  // namespace meshcheck
