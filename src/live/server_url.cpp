#include "live/server_url.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include <fmt/format.h>

#include "live/credential_file.h"

namespace meshcheck::live {
namespace {

Error refuse(std::string_view text) {
  constexpr std::string_view kHint = "write it as https://HOST:PORT";
  if (text.find('@') != std::string_view::npos || !is_one_line(text)) {
    return fail("server", "is neither a URL nor host:port", std::string(kHint));
  }
  return fail("server", fmt::format("host must be a URL or a host:port pair: \"{}\"", text),
              std::string(kHint));
}

bool is_port(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number <= 65535;
}

bool is_host(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7F &&
           std::string_view("\"'<>\\^`{|}[]/?#@:%").find(c) == std::string_view::npos;
  });
}

// Digits, colons, dots, and a zone.
bool is_ipv6(std::string_view text) {
  return text.find(':') != std::string_view::npos && std::ranges::all_of(text, [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                  std::string_view(":.%-_").find(c) != std::string_view::npos;
         });
}

// As Go's url.URL writes it.
std::string escaped_path(std::string_view path) {
  std::string escaped;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = std::isalnum(byte) != 0 ||
                       std::string_view("-._~!$&'()*+,;=:@/%").find(c) != std::string_view::npos;
    if (plain) {
      escaped += c;
    } else {
      escaped += fmt::format("%{:02X}", byte);
    }
  }
  while (escaped.ends_with('/')) escaped.pop_back();
  return escaped;
}

// Fills host and port from `host`, `host:port`, `[v6]`, `[v6]:port`.
bool read_authority(std::string_view authority, ServerUrl& url) {
  std::string_view host = authority;
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return false;
    host = authority.substr(1, close - 1);
    port = authority.substr(close + 1);
    if (!port.empty() && port.front() != ':') return false;
    if (!is_ipv6(host)) return false;
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    host = authority.substr(0, colon);
    port = authority.substr(colon);
    if (!is_host(host)) return false;
  }
  if (!port.empty()) port.remove_prefix(1);
  if (!port.empty() && !is_port(port)) return false;
  url.host = host;
  url.port = port;
  return true;
}

}  // namespace

std::string ServerUrl::text() const {
  if (is_socket()) return "unix://" + path;
  const bool brackets = host.find(':') != std::string::npos;
  std::string authority = brackets ? fmt::format("[{}]", host) : host;
  if (!port.empty()) authority += ':' + port;
  return fmt::format("{}://{}{}", scheme, authority, path);
}

Result<ServerUrl> parse_server(std::string_view text, bool prefers_tls) {
  if (!is_one_line(text)) return refuse(text);
  ServerUrl url;
  std::string_view rest = text;
  const std::size_t slashes = text.find("://");
  const bool has_scheme = slashes != std::string_view::npos &&
                          text.substr(0, slashes).find_first_of("/?#") == std::string_view::npos;
  if (has_scheme) {
    url.scheme = std::string(text.substr(0, slashes));
    std::ranges::transform(url.scheme, url.scheme.begin(), [](char c) {
      return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    });
    rest.remove_prefix(slashes + 3);
    if (url.is_socket() && rest.starts_with('/')) {
      url.path = rest;
      return url;
    }
    if (url.scheme != "https" && url.scheme != "http") {
      return fail("server", "its scheme is neither https nor http",
                  url.is_socket() ? "write a socket with three slashes: unix:///FILE"
                                  : "write it as https://HOST:PORT");
    }
  } else {
    url.scheme = prefers_tls ? "https" : "http";
  }
  rest = rest.substr(0, rest.find_first_of("?#"));
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string_view authority = rest.substr(0, slash);
  const std::string_view path = rest.substr(slash);
  if (authority.find('@') != std::string_view::npos) {
    return fail("server", "holds a user name or a password before its host",
                "write them as username and password of the user entry");
  }
  if (!read_authority(authority, url)) return refuse(text);
  // A path without a scheme is ambiguous: it may be a file.
  if (!has_scheme && path.size() > 1) return refuse(text);
  url.path = escaped_path(path);
  return url;
}

}  // namespace meshcheck::live
