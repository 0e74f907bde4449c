#include "live/server_address.h"

#include <algorithm>

#include <fmt/format.h>

namespace meshcheck::live {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool plain(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; });
}

// Cuts "host:port" into the two; false where it is neither.
bool read_authority(std::string_view text, ServerAddress& address) {
  // Never sent: a server that wants Basic authentication gets it from the kubeconfig's user.
  if (const auto at = text.rfind('@'); at != std::string_view::npos) text.remove_prefix(at + 1);
  std::size_t host_end = text.find(':');
  if (text.starts_with('[')) {
    const auto bracket = text.find(']');
    if (bracket == std::string_view::npos) return false;
    host_end = bracket + 1 < text.size() ? bracket + 1 : std::string_view::npos;
  }
  address.host = text.substr(0, host_end);
  if (address.host.empty()) return false;
  if (host_end == std::string_view::npos) return true;
  if (text[host_end] != ':') return false;
  const auto port = text.substr(host_end + 1);
  address.port = port;
  return port.size() <= 5 && std::ranges::all_of(port, is_digit);
}

}  // namespace

std::string ServerAddress::name() const {
  if (!unix_socket.empty()) return "unix://" + unix_socket;
  return (tls ? "https://" : "http://") + authority();
}

Result<ServerAddress> read_server_address(std::string_view url) {
  ServerAddress address;
  std::string_view rest = url;
  const auto wrong = [] {
    return fail("server", "is no URL of the form https://host:port",
                "check `server` of the cluster");
  };
  if (!plain(url)) return wrong();
  if (rest.starts_with("unix://")) {
    address.tls = false;
    address.host = "localhost";
    address.unix_socket = rest.substr(7);
    if (!address.unix_socket.starts_with('/')) return wrong();
    return address;
  }
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
    address.tls = false;
  } else {
    return wrong();
  }
  rest = rest.substr(0, rest.find_first_of("?#"));
  const auto slash = rest.find('/');
  if (!read_authority(rest.substr(0, slash), address)) return wrong();
  if (slash != std::string_view::npos) address.prefix = rest.substr(slash);
  while (address.prefix.ends_with('/')) address.prefix.pop_back();
  return address;
}

Dialling dialling(const ServerAddress& address, std::string_view tls_server_name) {
  Dialling result;
  const std::string scheme = address.tls ? "https://" : "http://";
  if (tls_server_name.empty() || !address.tls) {
    result.base = scheme + address.authority() + address.prefix;
    return result;
  }
  const std::string port = address.port.empty() ? "443" : address.port;
  result.base = fmt::format("{}{}:{}{}", scheme, tls_server_name, port, address.prefix);
  result.connect_to = fmt::format("{}:{}:{}:{}", tls_server_name, port, address.host, port);
  return result;
}

}  // namespace meshcheck::live
