#include "live/find_access.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "live/auth_provider.h"
#include "live/credential_file.h"
#include "live/plugin_credentials.h"
#include "live/plugin_policy.h"
#include "live/proxy.h"
#include "live/selection.h"
#include "live/server_url.h"
#include "live/standing_credentials.h"
#include "live/system_roots.h"

namespace meshcheck::live {
namespace {

// What a header's name may hold (RFC 7230), but for the sign that escapes the rest.
bool is_token(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("!#$&'*+-.^_`|~").find(c) != std::string_view::npos;
}

std::string header_key(std::string_view key) {
  std::string out;
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_token(c)) {
      out += static_cast<char>(std::tolower(byte));
    } else {
      out += fmt::format("%{:02X}", byte);
    }
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> impersonation(const UserEntry& user) {
  std::vector<std::pair<std::string, std::string>> headers;
  if (user.as.empty()) return headers;
  headers.emplace_back("Impersonate-User", user.as);
  if (!user.as_uid.empty()) headers.emplace_back("Impersonate-Uid", user.as_uid);
  for (const std::string& group : user.as_groups) headers.emplace_back("Impersonate-Group", group);
  for (const auto& [key, values] : user.as_extra) {
    for (const std::string& value : values) {
      headers.emplace_back("Impersonate-Extra-" + header_key(key), value);
    }
  }
  return headers;
}

bool holds_credentials(const UserEntry& user) {
  return user.holds_secret() || user.plugin || !user.token_file.empty() || !user.username.empty() ||
         !user.certificate_file.empty() || !user.certificate_pem.empty();
}

// The server as client-go tells it to plugins: put in order only where there is a path.
std::string told_server(const std::string& written, const ServerUrl& url) {
  if (url.path.empty()) return written;
  const bool slash = written.substr(0, written.find_first_of("?#")).ends_with('/');
  return slash ? url.text() + '/' : url.text();
}

// Whoever asks nobody.
class NoCredentials : public Credentials {
 public:
  Result<Auth> current() override { return Auth(); }
  Result<std::optional<Auth>> refresh(const Auth& /*failed*/) override {
    return std::optional<Auth>();
  }
};

class Finder {
 public:
  Finder(const AccessFlags& flags, const Host& host) : flags_(flags), host_(host) {}

  AccessFound run() {
    LoadedKubeconfigs loaded = load_kubeconfigs(flags_.kubeconfig, host_);
    std::ranges::move(loaded.errors, std::back_inserter(errors_));
    access_.warnings = std::move(loaded.warnings);
    if (errors_.empty()) chosen_ = select(loaded, flags_, host_, errors_, access_.warnings);
    if (errors_.empty()) {
      validate(chosen_, errors_);
      check_files(chosen_, errors_);
    }
    if (errors_.empty()) build();
    AccessFound found;
    if (errors_.empty()) {
      found.access = std::move(access_);
    } else {
      found.errors = std::move(errors_);
    }
    return found;
  }

 private:
  template <class T>
  T take(Result<T> result, std::string_view whose) {
    if (result) return std::move(result).value();
    Error error = result.error();
    if (error.source.empty()) error.source = whose;
    errors_.push_back(std::move(error));
    return T();
  }

  void build() {
    const UserEntry& user = chosen_.user;
    const ClusterEntry& cluster = chosen_.cluster;
    access_.context = chosen_.context;
    access_.cluster = chosen_.cluster_name;
    access_.user = chosen_.user_name;
    access_.name_space = chosen_.name_space;
    access_.impersonation = impersonation(user);
    const bool prefers_tls = cluster.insecure || !cluster.ca_file.empty() ||
                             !cluster.ca_pem.empty() || !user.certificate_file.empty() ||
                             !user.certificate_pem.empty();
    const ServerUrl url = take(parse_server(cluster.server, prefers_tls), "server");
    if (!errors_.empty()) return;
    access_.server.url = url.text();
    access_.server.tls_server_name = cluster.tls_server_name;
    access_.server.compression = !cluster.disable_compression;
    // k8s.io/apimachinery: pkg/util/net/http.go, allowsHTTP2
    access_.http1 = !variable(host_, "DISABLE_HTTP2").value_or("").empty();
    if (!cluster.proxy_url.empty()) {
      access_.server.proxy_url = take(parse_proxy(cluster.proxy_url), "proxy-url");
    }
    if (url.is_https()) build_trust();
    if (errors_.empty()) build_credentials(url);
    // Plugins are told what the kubeconfig says, and find the environment's by themselves.
    if (cluster.proxy_url.empty() && !url.is_socket()) {
      access_.server.proxy_url = take(proxy_of_environment(url, host_), "proxy");
    }
  }

  void build_trust() {
    const ClusterEntry& cluster = chosen_.cluster;
    Server& server = access_.server;
    server.insecure = cluster.insecure;
    if (cluster.insecure) {
      access_.warnings.push_back(fmt::format(
          "the certificate of {} is not verified (insecure-skip-tls-verify): whoever is "
          "between can read the credentials and change the answers",
          server.url));
      return;
    }
    server.ca_pem = cluster.ca_pem;
    if (!cluster.ca_file.empty()) {
      server.ca_pem = take(read_credential(cluster.ca_file, "certificate-authority"), "").reveal();
    } else if (server.ca_pem.empty()) {
      server.ca_pem = take(roots_of_environment(host_), "");
    }
    if (!errors_.empty()) return;
    if (!server.ca_pem.empty() && !holds_pem(server.ca_pem, "CERTIFICATE")) {
      errors_.push_back(fail("certificate-authority",
                             "unable to load root certificates: unable to parse bytes as PEM block",
                             "it must begin with -----BEGIN CERTIFICATE-----"));
    }
  }

  void build_credentials(const ServerUrl& url) {
    const UserEntry& user = chosen_.user;
    if (!url.is_https() || !holds_credentials(user)) {
      // As client-go: what goes over the wire in the open is no secret any more.
      if (!url.is_https() && !url.is_socket() && holds_credentials(user)) {
        access_.warnings.push_back(
            fmt::format("{} is not encrypted: credentials are not sent to it", access_.server.url));
      }
      access_.credentials = std::make_shared<NoCredentials>();
      return;
    }
    if (user.auth_provider) return build_provided();
    const bool standing = !user.token.empty() || !user.token_file.empty() ||
                          !user.username.empty() || !user.password.empty() ||
                          !user.certificate_file.empty() || !user.certificate_pem.empty();
    // A plugin is not asked where there is something to show already.
    if (standing || !user.plugin) {
      access_.credentials = take(standing_credentials(user, host_), "user");
      return;
    }
    if (auto error = forbidden(*user.plugin, flags_.exec_plugins, host_)) {
      errors_.push_back(*std::move(error));
      return;
    }
    PluginRequest request;
    request.config = *user.plugin;
    request.server = access_.server;
    request.server.url = told_server(chosen_.cluster.server, url);
    request.cluster_config = chosen_.cluster.plugin_config;
    request.limit = flags_.exec_timeout;
    request.whose = fmt::format("user \"{}\"", chosen_.user_name);
    access_.credentials = take(plugin_credentials(std::move(request), host_), "");
  }

  void build_provided() {
    UserEntry user = chosen_.user;
    Secret token = take(provided_token(*user.auth_provider, host_.clock()),
                        fmt::format("user \"{}\"", chosen_.user_name));
    if (!errors_.empty()) return;
    // What stands beside it is the stronger one.
    const bool has_token = !user.token.empty() || !user.token_file.empty();
    const bool has_basic = !user.username.empty() || !user.password.empty();
    if (!has_token && !has_basic) user.token = std::move(token);
    access_.credentials = take(standing_credentials(user, host_), "user");
  }

  const AccessFlags& flags_;
  const Host& host_;
  Selection chosen_;
  Access access_;
  std::vector<Error> errors_;
};

}  // namespace

AccessFound find_access(const AccessFlags& flags, const Host& host) {
  return Finder(flags, host).run();
}

ContextNames context_names(const AccessFlags& flags, const Host& host) {
  LoadedKubeconfigs loaded = load_kubeconfigs(flags.kubeconfig, host);
  ContextNames found;
  found.errors = std::move(loaded.errors);
  if (!found.errors.empty()) return found;
  for (const auto& [name, context] : loaded.config.contexts) found.names.push_back(name);
  if (found.names.empty()) {
    found.errors.push_back(fail("--all-contexts",
                                fmt::format("no context is defined: {}", loaded.searched),
                                "name a kubeconfig with --kubeconfig or KUBECONFIG"));
  }
  return found;
}

}  // namespace meshcheck::live
