#include "live/proxy.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "live/credential_file.h"
#include "meshcheck/ascii.h"

namespace meshcheck::live {
namespace {

// An address as 16 bytes; IPv4 is mapped into IPv6, as Go's net.IP has it.
using Address = std::array<std::uint8_t, 16>;
constexpr int kMapped = 96;  // bits before an IPv4 address

std::optional<Address> parse_address(const std::string& text) {
  Address address{};
  if (inet_pton(AF_INET6, text.c_str(), address.data()) == 1) return address;
  address = {};
  address[10] = 0xFF;
  address[11] = 0xFF;
  if (inet_pton(AF_INET, text.c_str(), address.data() + 12) == 1) return address;
  return std::nullopt;
}

bool is_loopback(const Address& address) {
  Address v6{};
  v6[15] = 1;
  const bool is_v4 = std::ranges::all_of(address.begin(), address.begin() + 10,
                                         [](std::uint8_t byte) { return byte == 0; }) &&
                     address[10] == 0xFF && address[11] == 0xFF;
  return address == v6 || (is_v4 && address[12] == 127);
}

bool same_bits(const Address& one, const Address& other, int bits) {
  for (int i = 0; i < bits; ++i) {
    const auto byte = static_cast<std::size_t>(i / 8);
    if (((one[byte] ^ other[byte]) >> (7 - i % 8) & 1) != 0) return false;
  }
  return true;
}

struct Target {
  std::string host;
  std::string port;
  std::optional<Address> address;
};

// `10.0.0.0/8`; false where it is no network.
bool in_network(std::string_view network, const Target& target) {
  const std::size_t slash = network.find('/');
  if (slash == std::string_view::npos || !target.address) return false;
  const std::string base(network.substr(0, slash));
  const auto address = parse_address(base);
  int bits = 0;
  const std::string_view length = network.substr(slash + 1);
  const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
  if (!address || error != std::errc() || end != length.data() + length.size()) return false;
  if (base.find(':') == std::string::npos) bits += kMapped;
  return bits >= 0 && bits <= 128 && same_bits(*address, *target.address, bits);
}

// Cuts `:443` or `[::1]:443` off. A bare IPv6 address has no port.
std::string cut_port(std::string& name) {
  std::string port;
  if (name.starts_with('[')) {
    const std::size_t close = name.find(']');
    if (close == std::string::npos) return port;
    if (close + 1 < name.size() && name[close + 1] == ':') port = name.substr(close + 2);
    name = name.substr(1, close - 1);
  } else if (std::ranges::count(name, ':') == 1) {
    port = name.substr(name.find(':') + 1);
    name.resize(name.find(':'));
  }
  return port;
}

// One element of NO_PROXY: `*`, an address, a network, a domain; with a port or without.
bool excludes(std::string_view element, const Target& target) {
  std::string name = lower(trimmed(element, kWhiteSpace));
  if (name.empty()) return false;
  if (name == "*") return true;
  if (name.find('/') != std::string::npos) return in_network(name, target);
  const std::string port = cut_port(name);
  if (name.empty() || (!port.empty() && port != target.port)) return false;
  if (const auto address = parse_address(name)) return target.address == address;
  // `example.com` is that and all below it, `.example.com` and `*.example.com` only what is below.
  if (name.starts_with("*.")) name.erase(0, 1);
  if (name.starts_with('.')) return target.host.ends_with(name);
  return target.host == name || target.host.ends_with('.' + name);
}

std::string_view either(const Host& host, std::string_view upper) {
  const auto value = variable(host, upper);
  if (value && !value->empty()) return *value;
  return variable(host, lower(upper)).value_or("");
}

bool is_excluded(const ServerUrl& server, const Host& host) {
  Target target{lower(server.host), server.port, parse_address(server.host)};
  while (target.host.ends_with('.')) target.host.pop_back();
  if (target.port.empty()) target.port = server.is_https() ? "443" : "80";
  if (target.host == "localhost" || (target.address && is_loopback(*target.address))) return true;
  std::string_view list = either(host, "NO_PROXY");
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (excludes(list.substr(0, comma), target)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

}  // namespace

Result<std::string> parse_proxy(std::string_view text) {
  constexpr const char* kHint = "write it as http://HOST:PORT";
  const std::size_t slashes = text.find("://");
  if (!is_one_line(text) || text.find(' ') != std::string_view::npos ||
      slashes == std::string_view::npos) {
    return fail("proxy-url", "is no URL", kHint);
  }
  const std::string scheme = lower(text.substr(0, slashes));
  if (scheme != "http" && scheme != "https" && scheme != "socks5") {
    const bool word = std::ranges::all_of(
        scheme, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; });
    return fail("proxy-url",
                fmt::format("unsupported scheme \"{}\", must be http, https, or socks5",
                            word && scheme.size() <= 16 ? scheme : ""),
                kHint);
  }
  std::string_view authority = text.substr(slashes + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) authority.remove_prefix(at + 1);
  if (authority.empty()) return fail("proxy-url", "names no host", kHint);
  return scheme + std::string(text.substr(slashes));
}

Result<std::string> proxy_of_environment(const ServerUrl& server, const Host& host) {
  const std::string_view name = server.is_https() ? "HTTPS_PROXY" : "HTTP_PROXY";
  const std::string_view value = either(host, name);
  if (value.empty() || is_excluded(server, host)) return std::string();
  const bool has_scheme = value.find("://") != std::string_view::npos;
  auto proxy = parse_proxy(has_scheme ? std::string(value) : fmt::format("http://{}", value));
  if (!proxy) {
    return fail(std::string(name), proxy.error().message,
                "write it as http://HOST:PORT, or name the server in NO_PROXY");
  }
  return proxy;
}

}  // namespace meshcheck::live
