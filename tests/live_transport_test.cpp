// Whom a connection trusts, what it shows of us, and where it sends that.
#include <cerrno>
#include <string>

#include <catch2/catch.hpp>

#include "live/curl_request.h"
#include "live/server_address.h"
#include "live/transport.h"
#include "support/live.h"

using namespace meshcheck;
using namespace meshcheck::live;
using namespace meshcheck::test;
using namespace std::chrono_literals;

namespace {

// The message of the first contact; empty where it succeeds.
std::string contact(Connected& connected) {
  const auto version = connected.client().connect();
  return version ? std::string{} : version.error().message;
}

std::string contact(const kubeapi::Server& server) {
  Connected connected(server);
  return contact(connected);
}

}  // namespace

TEST_CASE("without libcurl there is a sentence that names the package") {
  const auto curl = open_curl("libcurl-that-is-not-there.so.4");
  REQUIRE_FALSE(curl);
  CHECK(curl.error().hint.find("`libcurl4`") != std::string::npos);
}

TEST_CASE("a libcurl of another flavour is refused") {
  const auto curl = open_curl("libcurl-gnutls.so.4");
  REQUIRE_FALSE(curl);
  CHECK_FALSE(curl.error().message.empty());
}

TEST_CASE("the parts of a server's URL") {
  const auto plain =
      read_server_address("https://user:secret@host.example:6443/k8s/clusters/c-1/?x=1");
  REQUIRE(plain);
  CHECK(plain->name() == "https://host.example:6443");
  CHECK(plain->prefix == "/k8s/clusters/c-1");
  const auto six = read_server_address("https://[::1]:6443");
  REQUIRE(six);
  CHECK(six->host == "[::1]");
  CHECK(six->port == "6443");
  CHECK(dialling(*six, "api.example").base == "https://api.example:6443");
  CHECK(dialling(*six, "api.example").connect_to == "api.example:6443:[::1]:6443");
  CHECK(read_server_address("https://host")->port.empty());
  CHECK(read_server_address("unix:///run/kp.sock")->unix_socket == "/run/kp.sock");
  for (const auto* wrong : {"", "host:1", "ftp://host", "https://", "https://h:port",
                            "https://[::1", "https://h\r\nX: y", "https://h:123456", "unix://x"}) {
    CHECK_FALSE(read_server_address(wrong));
  }
}

TEST_CASE("a server is trusted by the authority of the access alone") {
  using kubeapi::Certificate;
  const auto [certificate, said] = GENERATE(table<Certificate, std::string>({
      {Certificate::foreign, "the server's certificate is not trusted"},
      {Certificate::expired, "certificate has expired"},
      {Certificate::other_name, "no alternative certificate subject name matches"},
  }));
  kubeapi::Options options;
  options.certificate = certificate;
  const kubeapi::Server server(options);
  const std::string message = contact(server);
  CAPTURE(message);
  CHECK(message.find("cannot reach the server: ") == 0);
  CHECK(message.find(said) != std::string::npos);
  CHECK(server.requests().empty());

  Connected careless(server);
  careless.access.server.ca_pem.clear();
  careless.access.server.insecure = true;
  CHECK(contact(careless).empty());
}

TEST_CASE("another name of the certificate may be asked for") {
  kubeapi::Options options;
  options.certificate = kubeapi::Certificate::other_name;
  const kubeapi::Server server(options);
  Connected connected(server);
  connected.access.server.tls_server_name = "other.example";
  CHECK(contact(connected).empty());
  const auto request = server.requests().front();
  CHECK(request.server_name == "other.example");
  CHECK("https://" + request.header("Host") == server.url());
}

TEST_CASE("TLS 1.1 is not spoken") {
  kubeapi::Options options;
  options.tls = kubeapi::Tls::only_1_1;
  CHECK(contact(kubeapi::Server(options)).find("TLS 1.2") != std::string::npos);
}

TEST_CASE("what a failed transfer means") {
  const auto read = [](CURLcode code, std::string_view text) {
    return read_failure(code, text, 0, {});
  };
  const auto refused =
      "OpenSSL SSL_read: error:0A000418:SSL routines::tlsv1 alert unknown ca, errno 0";
  CHECK(read(CURLE_RECV_ERROR, refused).failure == Failure::identity);
  CHECK(read(CURLE_SSL_CONNECT_ERROR, "error:0A000410:SSL routines::sslv3 alert bad certificate")
            .failure == Failure::identity);
  CHECK(
      read(CURLE_SSL_CONNECT_ERROR, "error:0A00010B:SSL routines::wrong version number").problem ==
      "the server does not speak TLS");
  CHECK(read(CURLE_SSL_CONNECT_ERROR, "OpenSSL SSL_connect: Connection reset by peer").failure ==
        Failure::broken);
  CHECK(read(CURLE_RECV_ERROR, "CONNECT tunnel failed, response 403").failure ==
        Failure::unreachable);
  CHECK(read(CURLE_HTTP2_STREAM, "").failure == Failure::broken);
  CHECK(read_failure(CURLE_RECV_ERROR, "", ECONNRESET, {}).problem ==
        "the connection broke off: Connection reset by peer");
}

TEST_CASE("a client certificate is shown, and told when it is refused") {
  const auto tls = GENERATE(kubeapi::Tls::modern, kubeapi::Tls::only_1_2);
  kubeapi::Options options;
  options.tls = tls;
  const kubeapi::Server server(options);
  const kubeapi::User jane{"jane", {"system:masters"}};
  Connected connected(server);
  connected.tokens = std::make_shared<Tokens>(std::vector<std::string>{});
  connected.access.credentials = connected.tokens;
  SECTION("a good one") {
    connected.tokens->set_identity(server.identity(jane));
    CHECK(contact(connected).empty());
    CHECK(server.requests().front().user == "jane");
  }
  SECTION("of an authority that the server does not know") {
    connected.tokens->set_identity(server.foreign_identity(jane));
    CHECK(contact(connected).starts_with("cannot reach the server: 401 Unauthorized"));
  }
  SECTION("with another's key") {
    auto identity = server.identity(jane);
    identity.key_pem = server.identity(jane).key_pem;
    connected.tokens->set_identity(identity);
    CHECK(contact(connected).find("client certificate or its key cannot be used") !=
          std::string::npos);
  }
}

TEST_CASE("over plain HTTP no credential is sent") {
  kubeapi::Options options;
  options.tls = kubeapi::Tls::none;
  options.anonymous = true;
  const kubeapi::Server server(options);
  Connected connected(server);
  connected.access.impersonation = {{"Impersonate-User", "jane"}};
  CHECK(contact(connected).empty());
  REQUIRE_FALSE(server.requests().empty());
  CHECK(server.requests().front().authorization_sha256.empty());
}

TEST_CASE("headers are as clients of Kubernetes send them") {
  const kubeapi::Server server;
  Connected connected(server);
  connected.transport.user_agent = "meshcheck/1.2.3 (linux/amd64)";
  connected.access.impersonation = {{"Impersonate-User", "jane"}, {"Impersonate-Group", "a"}};
  CHECK(contact(connected).empty());
  const auto request = server.requests().front();
  CHECK(request.header("User-Agent") == "meshcheck/1.2.3 (linux/amd64)");
  CHECK(request.header("Accept") == "application/json");
  CHECK(request.header("Accept-Encoding") == "gzip");
  CHECK(request.header("Impersonate-User") == "jane");
  CHECK(request.user == "jane");
  CHECK(request.authorization_sha256 == kubeapi::bearer_sha256("letmein"));
}

TEST_CASE("a line break in a credential or a name is never sent") {
  const kubeapi::Server server;
  Connected connected(server);
  SECTION("token") {
    connected.tokens =
        std::make_shared<Tokens>(std::vector<std::string>{"x\r\nImpersonate-User: e"});
    connected.access.credentials = connected.tokens;
  }
  SECTION("impersonation") {
    connected.access.impersonation = {{"Impersonate-User", "x\nAuthorization: y"}};
  }
  CHECK(contact(connected).find("control character") != std::string::npos);
  CHECK(server.requests().empty());
}

TEST_CASE("a body has a limit, and a connection is used again") {
  kubeapi::Server server;
  kubeapi::SyntheticPods pods;
  pods.count = 20;
  server.add(pods);
  Connected connected(server);
  auto transport = open_transport(connected.access, {});
  REQUIRE(transport);
  const auto auth = connected.tokens->current();
  Request request;
  request.path = "/api/v1/pods";
  std::string body;
  CHECK((*transport)->get(request, *auth, body).status == 200);
  request.most_bytes = 1000;
  CHECK((*transport)->get(request, *auth, body).failure == Failure::too_large);
  request.path = "/version";
  CHECK((*transport)->get(request, *auth, body).status == 200);
  CHECK((*transport)->get(request, *auth, body).status == 200);
  CHECK(server.connections() <= 2);
}

TEST_CASE("nobody there, and no such host") {
  std::string url;
  {
    const kubeapi::Server gone;
    url = gone.url();
  }
  const kubeapi::Server server;
  Connected connected(server);
  SECTION("refused") {
    connected.access.server.url = url;
    CHECK(contact(connected) ==
          "cannot reach the server: no connection: Connection refused (2 tries)");
  }
  SECTION("no name") {
    connected.access.server.url = "https://nowhere.invalid:6443";
    CHECK(contact(connected).find("name cannot be resolved") != std::string::npos);
  }
}

TEST_CASE("a prefix of the server's path is kept") {
  kubeapi::Options options;
  options.prefix = "/k8s/clusters/c-1";
  const kubeapi::Server server(options);
  CHECK(contact(server).empty());
  CHECK(server.requests().front().path == "/k8s/clusters/c-1/version");
}
