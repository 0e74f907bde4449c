// Servers as people write them, the proxies on the way, and base64.
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "live/base64.h"
#include "live/credential_file.h"
#include "live/proxy.h"
#include "live/server_url.h"
#include "support/live_machine.h"

using namespace meshcheck;
using live::parse_proxy;
using live::parse_server;
using test::LiveMachine;

namespace {

std::string server(std::string_view text, bool prefers_tls = true) {
  const auto url = parse_server(text, prefers_tls);
  return url ? url.value().text() : "! " + url.error().message;
}

std::string proxy(const std::string& url, const std::vector<std::string>& environment) {
  LiveMachine machine;
  machine.host.environment = environment;
  const auto found = live::proxy_of_environment(parse_server(url, true).value(), machine.host);
  return found ? found.value() : "! " + found.error().source + " " + found.error().message;
}

}  // namespace

TEST_CASE("a server is a host, host:port or a URL, whose path is a prefix") {
  CHECK(server("kube") == "https://kube");
  CHECK(server("kube:6443", false) == "http://kube:6443");
  CHECK(server("HTTPS://Kube:1/") == "https://Kube:1");
  CHECK(server("https://r/k8s/clusters/c-1/?x=1#y") == "https://r/k8s/clusters/c-1");
  CHECK(server("https://r/a b<c") == "https://r/a%20b%3Cc");
  CHECK(server("https://[::1]:6443") == "https://[::1]:6443");
  CHECK(server("[fe80::1]") == "https://[fe80::1]");
  CHECK(server("unix:///run/kp.sock") == "unix:///run/kp.sock");
  for (const char* wrong :
       {"", "https://", "https:///p", "ftp://x", "unix://x", "kube/path", "https://a:b:c",
        "https://a:99999", "https://[::1", "https://[::1]x", "https://a b", "https://a\nb",
        "https://u@h", "https://a\\b", "https://[kube]"}) {
    INFO(wrong);
    CHECK_THAT(server(wrong), Catch::StartsWith("! "));
  }
}

TEST_CASE("a proxy is http, https or socks5; what is refused is not repeated") {
  CHECK(parse_proxy("HTTP://u:p@h:1").value() == "http://u:p@h:1");
  CHECK(parse_proxy("socks5://h").value() == "socks5://h");
  for (const char* wrong :
       {"canary", "canary://h", "http://", "http://u:canary@", "http://a\ncanary"}) {
    const auto refused = parse_proxy(wrong);
    REQUIRE_FALSE(refused);
    if (std::string_view(wrong) != "canary://h") {
      CHECK_THAT(refused.error().message, !Catch::Contains("canary"));
    }
  }
}

TEST_CASE("proxies of the environment hold but for loopback and what NO_PROXY names") {
  CHECK(proxy("https://kube", {}).empty());
  CHECK(proxy("https://kube", {"HTTPS_PROXY=http://p:1"}) == "http://p:1");
  CHECK(proxy("https://kube", {"https_proxy=p:1", "HTTP_PROXY=q"}) == "http://p:1");
  CHECK(proxy("http://kube", {"https_proxy=p:1", "HTTP_PROXY=q"}) == "http://q");
  CHECK(proxy("https://kube", {"HTTPS_PROXY=ftp://u:canary@p"}) ==
        "! HTTPS_PROXY unsupported scheme \"ftp\", must be http, https, or socks5");
  for (const char* local : {"https://localhost", "https://127.8.9.1:1", "https://[::1]:2"}) {
    CHECK(proxy(local, {"HTTPS_PROXY=p"}).empty());
  }
  const auto direct = [](const std::string& url, const std::string& list) {
    return proxy(url, {"HTTPS_PROXY=p", "no_proxy=" + list}).empty();
  };
  CHECK(direct("https://kube", "*"));
  CHECK(direct("https://a.example.com", "x, example.com"));
  CHECK(direct("https://example.com", "EXAMPLE.com"));
  CHECK(direct("https://a.example.com", ".example.com"));
  CHECK_FALSE(direct("https://example.com", ".example.com"));
  CHECK_FALSE(direct("https://example.com", "*.example.com"));
  CHECK_FALSE(direct("https://myexample.com", "example.com"));
  CHECK(direct("https://10.1.2.3", "10.1.2.3"));
  CHECK(direct("https://10.1.2.3", "10.0.0.0/8"));
  CHECK_FALSE(direct("https://10.1.2.3", "10.2.0.0/15"));
  CHECK(direct("https://[fd00::5]", "fd00::/8"));
  CHECK_FALSE(direct("https://[fd00::5]", "10.0.0.0/0"));
  CHECK(direct("https://kube:6443", "kube:6443"));
  CHECK(direct("https://kube", "kube:443"));
  CHECK_FALSE(direct("https://kube", "kube:6443"));
  CHECK_FALSE(direct("https://10.1.2.3", "10.0.0.0/x,10.0.0.0/99,/,:,[,"));
}

TEST_CASE("base64 is read and written as Go does") {
  for (const std::string_view bytes :
       {"", "f", "fo", "foo", "foob", "fooba", "foobar", "\xFF\xFE\x00"}) {
    const std::string text = live::encode_base64(bytes);
    CHECK(live::decode_base64(text).bytes == bytes);
    CHECK_FALSE(live::decode_base64(text).bad);
  }
  CHECK(live::encode_base64("fooba") == "Zm9vYmE=");
  CHECK(live::decode_base64("Zm9v\r\nYmE=\n").bytes == "fooba");
  CHECK(live::decode_base64("!!").bad == 0U);
  for (const char* wrong : {"Z", "Zg", "Zg=", "Zm9v=", "Zg==Zg==", "Zg= =", "Zm9-", "===="}) {
    INFO(wrong);
    CHECK(live::decode_base64(wrong).bad);
  }
  CHECK(live::decode_base64url("-_8").bytes == "\xFB\xFF");
  CHECK(live::decode_base64url("-_8=").bad);
}

TEST_CASE("PEM is known by its label and readable content") {
  CHECK(live::holds_pem(test::kCertificate, "CERTIFICATE"));
  CHECK_FALSE(live::holds_pem(test::kCertificate, "PRIVATE KEY"));
  CHECK(
      live::holds_pem("text before\r\n-----BEGIN EC PRIVATE KEY-----\r\nYQ==\r\n"
                      "-----END EC PRIVATE KEY-----\r\n",
                      "PRIVATE KEY"));
  CHECK(
      live::holds_pem("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nYQ==\n"
                      "-----END RSA PRIVATE KEY-----\n",
                      "PRIVATE KEY"));
  for (const char* wrong :
       {"", "-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----\nYQ==\n",
        "-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----"}) {
    CHECK_FALSE(live::holds_pem(wrong, "CERTIFICATE"));
  }
}
