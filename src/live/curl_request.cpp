#include "live/curl_request.h"

#include <algorithm>
#include <system_error>

#include "live/answer_head.h"

namespace meshcheck::live {

namespace {

constexpr long kConnectMilliseconds = 30'000;
constexpr long kStalledSeconds = 60;

curl_blob blob(std::string_view bytes) {
  // libcurl copies; its type has no const.
  return {const_cast<char*>(bytes.data()), bytes.size(), CURL_BLOB_COPY};
}

void set_trust(Setter& set, const Connection& connection) {
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, connection.server.insecure ? 0L : 1L);
  set(CURLOPT_SSL_VERIFYHOST, connection.server.insecure ? 0L : 2L);
  if (connection.server.ca_pem.empty()) return;
  curl_blob authorities = blob(connection.server.ca_pem);
  set(CURLOPT_CAINFO_BLOB, &authorities);
  // Otherwise the system's directory of authorities is looked into as well.
  set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  set(CURLOPT_CAINFO, static_cast<char*>(nullptr));
}

void set_identity(Setter& set, const Auth& auth) {
  set(CURLOPT_KEYPASSWD, "");  // never asks at the terminal for an encrypted key's password
  if (auth.certificate_pem.empty()) return;
  curl_blob certificate = blob(auth.certificate_pem);
  curl_blob key = blob(auth.key_pem.reveal());
  set(CURLOPT_SSLCERTTYPE, "PEM");
  set(CURLOPT_SSLCERT_BLOB, &certificate);
  set(CURLOPT_SSLKEYTYPE, "PEM");
  set(CURLOPT_SSLKEY_BLOB, &key);
}

void set_route(Setter& set, const Connection& connection) {
  // Both always, for libcurl reads the environment where one is not set, and knows other rules than
  // Go. Who found the access has read it.
  set(CURLOPT_NOPROXY, "");
  std::string proxy = connection.server.proxy_url;
  // Go has the proxy resolve names.
  if (proxy.starts_with("socks5://")) proxy.replace(0, 9, "socks5h://");
  if (!connection.address.unix_socket.empty()) {
    proxy.clear();
    set(CURLOPT_UNIX_SOCKET_PATH, connection.address.unix_socket.c_str());
  }
  set(CURLOPT_PROXY, proxy.c_str());
  set(CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_TCP_KEEPIDLE, 30L);
  set(CURLOPT_TCP_KEEPINTVL, 30L);
  set(CURLOPT_MAXCONNECTS, 8L);
}

bool mentions(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

bool rejects_certificate(std::string_view text) {
  return mentions(text, "alert") && (mentions(text, "certificate") || mentions(text, "unknown ca"));
}

std::string with_cause(std::string text, long os_error) {
  if (os_error == 0) return text;
  return text + ": " + std::generic_category().message(static_cast<int>(os_error));
}

Answer failed(Answer answer, Failure failure, std::string problem) {
  answer.failure = failure;
  answer.problem = std::move(problem);
  return answer;
}

Answer read_handshake(std::string_view text, Answer answer) {
  if (mentions(text, "certificate expired")) {
    answer.hint = "renew it: log in anew, or have a new kubeconfig made";
    return failed(std::move(answer), Failure::identity, "the client certificate has expired");
  }
  if (rejects_certificate(text)) {
    return failed(std::move(answer), Failure::identity,
                  "the server refused our client certificate: " + shown(text));
  }
  if (mentions(text, "wrong version number") || mentions(text, "packet length too long")) {
    return failed(std::move(answer), Failure::distrusted, "the server does not speak TLS");
  }
  if (mentions(text, "version") || mentions(text, "unsupported protocol")) {
    return failed(std::move(answer), Failure::distrusted,
                  "the server speaks no TLS 1.2 or later: " + shown(text));
  }
  if (mentions(text, "error:")) {
    return failed(std::move(answer), Failure::distrusted,
                  "the TLS handshake failed: " + shown(text));
  }
  return failed(std::move(answer), Failure::broken,
                "the connection broke off during the TLS handshake");
}

}  // namespace

HeaderLines::~HeaderLines() {
  for (auto& line : lines_) {
    for (char& byte : line) *static_cast<volatile char*>(&byte) = 0;
  }
}

void HeaderLines::add(std::string_view name, std::string_view value) {
  // Its whole size at once: text that grows leaves copies of itself behind.
  std::string line;
  line.reserve(name.size() + value.size() + 2);
  line.append(name).append(": ").append(value);
  if (lines_.capacity() == lines_.size()) lines_.reserve(lines_.size() + 32);
  lines_.push_back(std::move(line));
}

curl_slist* HeaderLines::list() {
  nodes_.resize(lines_.size());
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    nodes_[i].data = lines_[i].data();
    nodes_[i].next = i + 1 < nodes_.size() ? &nodes_[i + 1] : nullptr;
  }
  return nodes_.empty() ? nullptr : nodes_.data();
}

bool sends_credentials(const Connection& connection) { return connection.address.tls; }

void add_headers(const Connection& connection, const Request& request, const Auth& auth,
                 HeaderLines& headers) {
  headers.add("Accept", request.accept);
  headers.add("User-Agent", connection.options.user_agent);
  if (!connection.dialling.connect_to.empty()) {
    headers.add("Host", connection.address.authority());
  }
  if (sends_credentials(connection) && !auth.authorization.empty()) {
    headers.add("Authorization", auth.authorization.reveal());
  }
  for (const auto& [name, value] : connection.impersonation) headers.add(name, value);
}

void set_options(Setter& set, const Connection& connection, const Request& request,
                 const Auth& auth) {
  set(CURLOPT_URL, (connection.dialling.base + request.path).c_str());
  set(CURLOPT_HTTPGET, 1L);
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set.where_known(CURLOPT_PROTOCOLS_STR, connection.address.tls ? "https" : "http");
  set(CURLOPT_HTTP_VERSION,
      static_cast<long>(connection.options.http1 ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS));
  if (connection.server.compression) set(CURLOPT_ACCEPT_ENCODING, "gzip");
  const long timeout = request.timeout.count();
  set(CURLOPT_TIMEOUT_MS, timeout);
  set(CURLOPT_CONNECTTIMEOUT_MS,
      timeout > 0 ? std::min(timeout, kConnectMilliseconds) : kConnectMilliseconds);
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, kStalledSeconds);
  if (connection.address.tls) {
    set_trust(set, connection);
    set_identity(set, auth);
  }
  set_route(set, connection);
}

Answer read_failure(CURLcode code, std::string_view text, long os_error, Answer answer) {
  switch (code) {
    case CURLE_OK: return answer;
    case CURLE_COULDNT_RESOLVE_PROXY:
      return failed(std::move(answer), Failure::unreachable, "the proxy's name cannot be resolved");
    case CURLE_COULDNT_RESOLVE_HOST:
      return failed(std::move(answer), Failure::unreachable, "the host's name cannot be resolved");
    case CURLE_COULDNT_CONNECT:
      return failed(std::move(answer), Failure::unreachable, with_cause("no connection", os_error));
    case CURLE_PROXY:
      return failed(std::move(answer), Failure::unreachable,
                    "the proxy makes no connection: " + shown(text));
    case CURLE_OPERATION_TIMEDOUT:
      return failed(std::move(answer), Failure::timed_out, "timed out");
    case CURLE_SSL_CONNECT_ERROR: return read_handshake(text, std::move(answer));
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
      if (mentions(text, "has expired")) {
        answer.hint = "have the cluster's certificates renewed; is this machine's clock right?";
        return failed(std::move(answer), Failure::distrusted,
                      "the server's certificate has expired");
      }
      return failed(std::move(answer), Failure::distrusted,
                    "the server's certificate is not trusted: " + shown(text));
    case CURLE_SSL_CACERT_BADFILE:
      return failed(std::move(answer), Failure::distrusted,
                    "the certificate authority cannot be read: " + shown(text));
    case CURLE_SSL_CERTPROBLEM:
      return failed(std::move(answer), Failure::identity,
                    "the client certificate or its key cannot be used: " + shown(text));
    case CURLE_ABORTED_BY_CALLBACK:
      return failed(std::move(answer), Failure::cancelled, "interrupted");
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      if (rejects_certificate(text)) return read_handshake(text, std::move(answer));
      if (mentions(text, "CONNECT")) {
        return failed(std::move(answer), Failure::unreachable,
                      "the proxy makes no connection: " + shown(text));
      }
      return failed(std::move(answer), Failure::broken,
                    with_cause("the connection broke off", os_error));
    case CURLE_GOT_NOTHING:
      return failed(std::move(answer), Failure::broken, "the connection closed without an answer");
    case CURLE_PARTIAL_FILE:
      return failed(std::move(answer), Failure::broken, "the answer was cut off");
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
      return failed(std::move(answer), Failure::broken, "the answer is damaged");
    default: return failed(std::move(answer), Failure::refused, shown(text));
  }
}

}  // namespace meshcheck::live
