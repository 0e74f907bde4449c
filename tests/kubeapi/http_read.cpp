#include <array>
#include <cctype>
#include <charconv>

#include "kubeapi/http.h"
#include "kubeapi/stream.h"

namespace meshcheck::kubeapi {
namespace {

constexpr std::size_t kLongestHead = 1 << 20;

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find("\r\n");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  return line;
}

bool read_request_line(std::string_view line, Head& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) return false;
  const std::string_view protocol = line.substr(last + 1);
  if (protocol != "HTTP/1.1" && protocol != "HTTP/1.0") return false;
  head.keep_alive = protocol == "HTTP/1.1";
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  const std::size_t question = head.target.find('?');
  head.path = head.target.substr(0, question);
  if (question != std::string::npos) head.query = head.target.substr(question + 1);
  return !head.target.empty() && head.target.front() == '/';
}

// Throws away the body that Content-Length announces; requests of this server's clients have none.
bool skip_body(Stream& stream, const Head& head, std::string& buffer) {
  const std::string_view length = head.header("Content-Length");
  std::size_t left = 0;
  std::from_chars(length.data(), length.data() + length.size(), left);
  std::array<char, 4096> bytes{};
  while (buffer.size() < left) {
    const std::size_t count = stream.read(bytes.data(), bytes.size());
    if (count == 0) return false;
    buffer.append(bytes.data(), count);
  }
  buffer.erase(0, left);
  return true;
}

}  // namespace

bool same_text_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

std::string_view first_header(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (same_text_ignoring_case(key, name)) return value;
  }
  return {};
}

std::string_view Head::header(std::string_view name) const { return first_header(headers, name); }

std::string percent_decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(&text[i + 1], &text[i + 1] + 2, value, 16).ptr == &text[i + 1] + 2) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::vector<std::string> Head::parameters(std::string_view name) const {
  std::vector<std::string> values;
  std::string_view rest = query;
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    const std::size_t equals = pair.find('=');
    if (percent_decoded(pair.substr(0, equals), true) != name) continue;
    values.push_back(equals == std::string_view::npos
                         ? std::string()
                         : percent_decoded(pair.substr(equals + 1), true));
  }
  return values;
}

std::string Head::parameter(std::string_view name) const {
  const std::vector<std::string> values = parameters(name);
  return values.empty() ? std::string() : values.front();
}

std::optional<Head> parse_head(std::string_view text) {
  Head head;
  if (!read_request_line(next_line(text), head)) return std::nullopt;
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    if (line.empty()) break;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    head.headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  }
  const std::string_view connection = head.header("Connection");
  if (same_text_ignoring_case(connection, "close")) head.keep_alive = false;
  return head;
}

std::optional<Head> read_head(Stream& stream, std::string& buffer) {
  std::size_t end = buffer.find("\r\n\r\n");
  std::array<char, 16 * 1024> bytes{};
  while (end == std::string::npos && buffer.size() < kLongestHead) {
    const std::size_t count = stream.read(bytes.data(), bytes.size());
    if (count == 0) return std::nullopt;
    buffer.append(bytes.data(), count);
    end = buffer.find("\r\n\r\n");
  }
  if (end == std::string::npos) return std::nullopt;
  std::optional<Head> head = parse_head(std::string_view(buffer).substr(0, end + 4));
  buffer.erase(0, end + 4);
  if (head && !skip_body(stream, *head, buffer)) return std::nullopt;
  return head;
}

}  // namespace meshcheck::kubeapi
