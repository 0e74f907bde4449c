#include "input/split.h"

#include "document/place.h"

namespace meshcheck {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && (is_blank(text.back()) || text.back() == '\r')) text.remove_suffix(1);
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

// The value of `key: value` on one line, without quotes and comment.
std::string_view line_value(std::string_view line) {
  line = trim(line);
  for (std::size_t at = 0; (at = line.find('#', at)) != std::string_view::npos; ++at) {
    if (at > 0 && is_blank(line[at - 1])) {
      line = trim(line.substr(0, at));
      break;
    }
  }
  if (line.size() >= 2 && (line.front() == '"' || line.front() == '\'') &&
      line.back() == line.front()) {
    line = line.substr(1, line.size() - 2);
  }
  return line;
}

bool is_separator(std::string_view line) {
  return line.starts_with("---") && (line.size() == 3 || is_blank(line[3]) || line[3] == '\r');
}

bool has_content(std::string_view separator) {
  const auto rest = trim(separator.substr(3));
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
    std::uint64_t at = 0;
    for (std::uint32_t line = 1; at < text_.size(); ++line) {
      const auto feed = text_.find_first_of("\r\n", at);
      auto end = feed == std::string_view::npos ? text_.size() : feed + 1;
      const auto content_end = feed == std::string_view::npos ? text_.size() : feed;
      if (end < text_.size() && text_[end - 1] == '\r' && text_[end] == '\n') ++end;
      take_line(at, text_.substr(at, content_end - at), line);
      at = end;
    }
    // Blank lines after the last separator are no document.
    if (text_.find_first_not_of(" \t\r\n", chunk_.begin) == std::string_view::npos) open_ = false;
    close(text_.size());
    return std::move(chunks_);
  }

 private:
  void take_line(std::uint64_t at, std::string_view line, std::uint32_t number) {
    if (is_separator(line)) {
      if (has_content(line)) {
        close(at);
      } else if (open_) {
        close(at);
        return;
      } else if (at + line.size() == text_.size()) {
        return;  // dashes that end the text open nothing
      }
    }
    if (!open_) {
      open_ = true;
      chunk_ = {};
      chunk_.begin = at;
      chunk_.first_line = number;
      seen_kind_ = seen_version_ = seen_key_ = false;
    }
    note(line);
  }

  void note(std::string_view line) {
    if (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    if (line.empty() || line.front() == ' ') return;
    if (line.front() == '#') {
      constexpr std::string_view kMark = "# Source: ";
      if (!seen_key_ && line.starts_with(kMark)) {
        chunk_.chart_source = trim(line.substr(kMark.size()));
      }
      return;
    }
    if (!line.starts_with("---")) seen_key_ = true;
    note_field(line, "kind:", chunk_.kind, seen_kind_);
    note_field(line, "apiVersion:", chunk_.api_version, seen_version_);
  }

  static void note_field(std::string_view line, std::string_view field, std::string_view& value,
                         bool& seen) {
    if (!line.starts_with(field)) return;
    value = seen ? std::string_view{} : line_value(line.substr(field.size()));
    seen = true;
  }

  void close(std::uint64_t end) {
    if (!open_) return;
    open_ = false;
    chunk_.end = end;
    chunk_.number = static_cast<std::uint32_t>(chunks_.size());
    if (chunk_.kind == "ConfigMap") {
      chunk_.name = find_name(text_.substr(chunk_.begin, end - chunk_.begin));
    }
    chunks_.push_back(chunk_);
  }

  std::string_view text_;
  std::vector<Chunk> chunks_;
  Chunk chunk_;
  bool open_ = false;
  bool seen_kind_ = false;
  bool seen_version_ = false;
  bool seen_key_ = false;
};

}  // namespace

std::vector<Chunk> split(std::string_view text) { return Splitter(text).run(); }

Chunk whole(std::string_view text) {
  Chunk chunk;
  chunk.end = text.size();
  return chunk;
}

}  // namespace meshcheck
