#include "input/split.h"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "document/place.h"
#include "input/line_starts.h"
#include "meshcheck/ascii.h"

namespace meshcheck {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The value of `key: value` on one line, without quotes and comment.
std::string_view line_value(std::string_view line) {
  line = trimmed(line, kLineBlanks);
  for (std::size_t at = 0; (at = line.find('#', at)) != std::string_view::npos; ++at) {
    if (at > 0 && is_blank(line[at - 1])) {
      line = trimmed(line.substr(0, at), kLineBlanks);
      break;
    }
  }
  if (line.size() >= 2 && (line.front() == '"' || line.front() == '\'') &&
      line.back() == line.front()) {
    line = line.substr(1, line.size() - 2);
  }
  return line;
}

// `line` may go on after its line.
bool is_separator(std::string_view line) {
  if (!line.starts_with("---")) return false;
  return line.size() == 3 || is_blank(line[3]) || line[3] == '#' || line[3] == '\r' ||
         line[3] == '\n';
}

bool has_content(std::string_view separator) {
  const auto rest = trimmed(separator.substr(3), kLineBlanks);
  return !rest.empty() && rest.front() != '#';
}

// metadata.name of a block-style document.
std::string_view find_name(std::string_view text) {
  auto at = text.starts_with("metadata:") ? 0 : text.find("\nmetadata:");
  if (at == std::string_view::npos) return {};
  at = text.find('\n', at + 1);
  std::size_t indentation = 0;
  while (at != std::string_view::npos) {
    const auto line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    const auto spaces = line.find_first_not_of(' ');
    if (spaces != std::string_view::npos && line[spaces] != '#' && line[spaces] != '\r') {
      if (spaces == 0) break;
      if (indentation == 0) indentation = spaces;
      if (spaces == indentation && line.substr(spaces).starts_with("name:")) {
        return line_value(line.substr(spaces + 5));
      }
    }
    at = text.find('\n', at + 1);
  }
  return {};
}

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::vector<Chunk> run() {
    if (!visit_line_starts()) {
      *this = Splitter(text_);
      visit_every_line();
    }
    // Blank lines after the last separator are no document.
    const auto rest = text_.substr(chunk_.begin);
    if (rest.find_first_not_of(" \t\r\n") != std::string_view::npos) close(text_.size());
    return std::move(chunks_);
  }

 private:
  // Lines that begin with a blank or are empty hold nothing for us. False for a text in which a
  // lone CR ends a line.
  bool visit_line_starts() {
    if (!text_.empty()) visit(0, 1);
    const FindLineStarts find = line_starts_finder();
    std::uint32_t line = 1;
    std::uint64_t at = 0;
    for (; at + kLineStartsReach <= text_.size(); at += 64) {
      const LineStarts found = find(text_.data() + at);
      if (found.lone_return) return false;
      for (std::uint64_t left = found.starts; left != 0; left &= left - 1) {
        const auto bit = static_cast<unsigned>(std::countr_zero(left));
        const std::uint64_t up_to_bit = found.breaks & (~std::uint64_t{0} >> (63 - bit));
        visit(at + bit + 1, line + static_cast<std::uint32_t>(std::popcount(up_to_bit)));
      }
      line += static_cast<std::uint32_t>(std::popcount(found.breaks));
    }
    for (; at < text_.size(); ++at) {
      const char next = at + 1 < text_.size() ? text_[at + 1] : '\0';
      if (text_[at] == '\r' && next != '\n') return false;
      if (text_[at] == '\n' && at + 1 < text_.size()) visit(at + 1, ++line);
    }
    return true;
  }

  void visit_every_line() {
    std::uint64_t at = 0;
    for (std::uint32_t line = 1; at < text_.size(); ++line) {
      visit(at, line);
      at = after_line(at);
    }
  }

  std::uint64_t after_line(std::uint64_t at) const {
    at = line_end(text_, at);
    if (text_.substr(at).starts_with("\r\n")) ++at;
    return std::min<std::uint64_t>(at + 1, text_.size());
  }

  std::string_view line_at(std::uint64_t at) const {
    return text_.substr(at, line_end(text_, at) - at);
  }

  // A line that begins at `at` with something.
  void visit(std::uint64_t at, std::uint32_t number) {
    switch (text_[at]) {
      case '-':
        if (is_separator(text_.substr(at))) return separate(at, number);
        break;
      case 'k': note_field(at, "kind:", chunk_.kind, seen_kind_); break;
      case 'a': note_field(at, "apiVersion:", chunk_.api_version, seen_version_); break;
      case '#': return note_comment(at);
      case '\xEF':
        if (text_.substr(at).starts_with(kByteOrderMark)) {
          at += kByteOrderMark.size();
          // Dashes behind it separate nothing for kubectl, but begin this document.
          const bool more = at < text_.size() && text_[at] != '\xEF' && text_[at] != '-';
          if (more) visit(at, number);
          return;
        }
        break;
      case ' ':
      case '\r':
      case '\n': return;
      default: uncertain_ = uncertain_ || !is_letter(text_[at]);
    }
    seen_key_ = true;
  }

  // A separator with nothing before it is the first line of its document, as in kubectl.
  void separate(std::uint64_t at, std::uint32_t number) {
    if (at == chunk_.begin) return;
    close(at);
    chunk_ = {};
    chunk_.begin = at;
    chunk_.first_line = number;
    if (!has_content(line_at(at))) begin_after(at, number);
    seen_kind_ = seen_version_ = seen_key_ = uncertain_ = false;
  }

  void begin_after(std::uint64_t at, std::uint32_t number) {
    chunk_.begin = after_line(at);
    chunk_.first_line = number + 1;
  }

  void note_comment(std::uint64_t at) {
    constexpr std::string_view kMark = "# Source: ";
    if (seen_key_ || !text_.substr(at).starts_with(kMark)) return;
    chunk_.chart_source = trimmed(line_at(at).substr(kMark.size()), kLineBlanks);
  }

  void note_field(std::uint64_t at, std::string_view field, std::string_view& value, bool& seen) {
    if (!text_.substr(at).starts_with(field)) {
      // `kind : x` is the same key, `kinds:` another.
      const std::string_view name = field.substr(0, field.size() - 1);
      uncertain_ = uncertain_ || text_.substr(at).starts_with(std::string(name) + ' ');
      return;
    }
    value = seen ? std::string_view{} : line_value(line_at(at).substr(field.size()));
    seen = true;
  }

  void close(std::uint64_t end) {
    chunk_.end = end;
    if (uncertain_) chunk_.kind = chunk_.api_version = {};
    chunk_.number = static_cast<std::uint32_t>(chunks_.size());
    if (chunk_.kind == "ConfigMap") {
      chunk_.name = find_name(text_.substr(chunk_.begin, end - chunk_.begin));
    }
    chunks_.push_back(chunk_);
  }

  std::string_view text_;
  std::vector<Chunk> chunks_;
  Chunk chunk_;  // being read
  bool seen_kind_ = false;
  bool seen_version_ = false;
  bool seen_key_ = false;
  // Something stands at column 0 that may be a key in another guise: quoted, `? kind`, an anchor.
  bool uncertain_ = false;
};

}  // namespace

std::vector<Chunk> split(std::string_view text) { return Splitter(text).run(); }

Chunk whole(std::string_view text) {
  Chunk chunk;
  chunk.end = text.size();
  return chunk;
}

}  // namespace meshcheck
