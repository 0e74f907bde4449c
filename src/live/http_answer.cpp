#include "live/http_answer.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "meshcheck/ascii.h"

namespace meshcheck::live {

namespace {

constexpr std::size_t kMostHeadBytes = std::size_t{64} * 1024;
constexpr std::size_t kMostLineBytes = 1024;  // of a chunk's size or a trailer

template <class Number>
bool read_number(std::string_view text, Number& number, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return !text.empty() && error == std::errc{} && end == text.data() + text.size();
}

Error wrong(std::string message) { return fail("", std::move(message)); }

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

std::string_view HttpHead::header(std::string_view name) const {
  const auto found =
      std::ranges::find_if(headers, [&](const auto& header) { return header.first == name; });
  return found == headers.end() ? std::string_view{} : std::string_view(found->second);
}

bool HttpHead::lists(std::string_view name, std::string_view word) const {
  std::string_view rest = header(name);
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    if (lower(trimmed(rest.substr(0, comma), kLineBlanks)) == lower(word)) return true;
    if (comma == std::string_view::npos) return false;
    rest.remove_prefix(comma + 1);
  }
  return false;
}

std::optional<HttpHead> read_http_head(std::string_view lines) {
  HttpHead head;
  bool first = true;
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    const auto line = lines.substr(0, end);
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    if (first) {
      const bool http = line.starts_with("HTTP/1.") && line.size() >= 12 && line[8] == ' ';
      if (!http || !read_number(line.substr(9, 3), head.status) || head.status < 100) return {};
      first = false;
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return {};
    head.headers.emplace_back(lower(line.substr(0, colon)),
                              trimmed(line.substr(colon + 1), kLineBlanks));
  }
  if (first) return {};
  return head;
}

std::optional<Error> HttpAnswerReader::add(std::string_view bytes) {
  if (stage_ == Stage::done && head_.status != 101) return std::nullopt;
  buffer_ += bytes;
  for (bool stuck = false; !stuck && stage_ != Stage::done;) {
    if (auto error = step(stuck)) return error;
  }
  buffer_.erase(0, std::exchange(taken_, 0));
  return std::nullopt;
}

std::optional<Error> HttpAnswerReader::end() {
  if (stage_ == Stage::to_the_end) stage_ = Stage::done;
  if (stage_ == Stage::done) return std::nullopt;
  return wrong(stage_ == Stage::head ? "the connection closed without an answer"
                                     : "the answer was cut off");
}

std::optional<Error> HttpAnswerReader::step(bool& stuck) {
  switch (stage_) {
    case Stage::head: return read_head(stuck);
    case Stage::sized:
    case Stage::chunk: {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, rest().size()));
      if (auto error = take_body(size)) return error;
      left_ -= size;
      stuck = left_ > 0;
      if (!stuck) stage_ = stage_ == Stage::sized ? Stage::done : Stage::chunk_end;
      return std::nullopt;
    }
    case Stage::to_the_end: stuck = true; return take_body(rest().size());
    case Stage::chunk_size: return read_chunk_size(stuck);
    case Stage::chunk_end:
    case Stage::trailer: {
      const auto line = take_line();
      stuck = !line;
      if (stuck && rest().size() > kMostLineBytes) return wrong("the answer's chunks are damaged");
      if (stuck) return std::nullopt;
      if (stage_ == Stage::trailer) {
        if (line->empty()) stage_ = Stage::done;
        return std::nullopt;
      }
      if (!line->empty()) return wrong("the answer's chunks are damaged");
      stage_ = Stage::chunk_size;
      return std::nullopt;
    }
    case Stage::done: break;
  }
  stuck = true;
  return std::nullopt;
}

std::optional<Error> HttpAnswerReader::read_head(bool& stuck) {
  const auto end = rest().find("\r\n\r\n");
  stuck = end == std::string_view::npos;
  if (rest().size() > kMostHeadBytes && (stuck || end > kMostHeadBytes)) {
    return wrong("the answer's head is too large");
  }
  if (stuck) return std::nullopt;
  auto head = read_http_head(rest().substr(0, end));
  if (!head) return wrong("the answer is not HTTP");
  taken_ += end + 4;
  if (head->status < 200 && head->status != 101) return std::nullopt;  // another one follows
  head_ = std::move(*head);
  const auto length = head_.header("content-length");
  if (!has_body(head_.status)) {
    stage_ = Stage::done;
  } else if (head_.lists("transfer-encoding", "chunked")) {
    stage_ = Stage::chunk_size;
  } else if (length.empty()) {
    stage_ = Stage::to_the_end;
  } else if (read_number(length, left_)) {
    stage_ = Stage::sized;
  } else {
    return wrong("the answer's length is no number");
  }
  return std::nullopt;
}

std::optional<Error> HttpAnswerReader::read_chunk_size(bool& stuck) {
  const auto line = take_line();
  stuck = !line;
  if (stuck && rest().size() > kMostLineBytes) return wrong("the answer's chunks are damaged");
  if (stuck) return std::nullopt;
  const std::string_view text = *line;
  if (!read_number(trimmed(text.substr(0, text.find(';'))), left_, 16)) {
    return wrong("the answer's chunks are damaged");
  }
  stage_ = left_ == 0 ? Stage::trailer : Stage::chunk;
  return std::nullopt;
}

std::optional<Error> HttpAnswerReader::take_body(std::size_t size) {
  if (size > most_bytes_ - body_.size()) return wrong("the answer is too large");
  body_.append(rest().substr(0, size));
  taken_ += size;
  return std::nullopt;
}

std::optional<std::string> HttpAnswerReader::take_line() {
  const auto end = rest().find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string line(rest().substr(0, end));
  if (line.ends_with('\r')) line.pop_back();
  taken_ += end + 1;
  return line;
}

}  // namespace meshcheck::live
