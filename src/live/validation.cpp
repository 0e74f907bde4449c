// What of a selection cannot be used as it stands.
#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "live/credential_file.h"
#include "live/proxy.h"
#include "live/selection.h"

namespace meshcheck::live {
namespace {

// It becomes part of a path (apimachinery: IsDNS1123Label).
bool is_name_space(std::string_view name) {
  return name.size() <= 63 && std::ranges::all_of(name, [](char c) {
           return c == '-' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
         });
}

class Validator {
 public:
  Validator(const Selection& selection, std::vector<Error>& errors)
      : user_(selection.user),
        cluster_(selection.cluster),
        user_name_(quoted(selection.user_name, "the default user")),
        cluster_name_(quoted(selection.cluster_name, "the default cluster")),
        named_(!selection.cluster_name.empty()),
        errors_(errors) {}

  void user() {
    certificate();
    if (user_.plugin) plugin(*user_.plugin);
    const bool basic = !user_.username.empty() || !user_.password.empty();
    if (basic && (!user_.token.empty() || !user_.token_file.empty())) {
      refuse(fmt::format("more than one authentication method found for {}; found [token "
                         "basicAuth], only one is allowed",
                         user_name_),
             "take the token or the username and password out");
    }
    const bool more = !user_.as_uid.empty() || !user_.as_groups.empty() || !user_.as_extra.empty();
    if (more && user_.as.empty()) {
      refuse(fmt::format("requesting uid, groups or user-extra for {} without impersonating a user",
                         user_name_),
             "say whom with --as");
    }
    one_line(user_.token.reveal(), "token");
    one_line(user_.username, "username");
    one_line(user_.password.reveal(), "password");
    one_line(user_.as, "as");
    one_line(user_.as_uid, "as-uid");
    for (const std::string& group : user_.as_groups) one_line(group, "as-groups");
    for (const auto& [key, values] : user_.as_extra) {
      if (key.empty()) refuse(fmt::format("as-user-extra of {} has an empty key", user_name_), "");
      for (const std::string& value : values) one_line(value, "as-user-extra");
    }
  }

  void cluster() {
    if (cluster_.server.empty()) {
      refuse(named_ ? fmt::format("no server found for cluster {}", cluster_name_)
                    : "default cluster has no server defined",
             "set its server, or name one with --server");
    }
    if (!cluster_.proxy_url.empty()) {
      if (const auto proxy = parse_proxy(cluster_.proxy_url); !proxy) {
        refuse(fmt::format("invalid 'proxy-url' for cluster {}: {}", cluster_name_,
                           proxy.error().message),
               proxy.error().hint);
      }
    }
    if (!cluster_.ca_file.empty() && !cluster_.ca_pem.empty()) {
      both("certificate-authority", cluster_name_);
    }
    if (cluster_.insecure && !(cluster_.ca_file.empty() && cluster_.ca_pem.empty())) {
      refuse(fmt::format("specifying a root certificates file with the insecure flag is not "
                         "allowed: cluster {}",
                         cluster_name_),
             "take insecure-skip-tls-verify out");
    }
    if (!is_one_line(cluster_.tls_server_name) ||
        cluster_.tls_server_name.find_first_of(" /:@") != std::string::npos) {
      refuse(fmt::format("tls-server-name of cluster {} is no name of a host", cluster_name_), "");
    }
  }

  void files() {
    // A key without a certificate is passed over, as client-go does it.
    const bool certificate = !user_.certificate_file.empty() || !user_.certificate_pem.empty();
    if (certificate) {
      readable("client-certificate", user_.certificate_file, user_name_);
      readable("client-key", user_.key_file, user_name_);
    }
    readable("certificate-authority", cluster_.ca_file, cluster_name_);
  }

 private:
  static std::string quoted(const std::string& name, const char* otherwise) {
    return name.empty() ? otherwise : fmt::format("\"{}\"", name);
  }
  void refuse(std::string message, std::string hint) {
    errors_.push_back(fail("", std::move(message), std::move(hint)));
  }
  void both(std::string_view what, const std::string& whose) {
    refuse(fmt::format("{}-data and {} are both specified for {}", what, what, whose),
           "take one of the two out");
  }
  void readable(std::string_view what, const std::string& path, const std::string& whose) {
    if (path.empty()) return;
    const auto text = read_credential(path, std::string(what));
    if (!text) {
      refuse(fmt::format("unable to read {} for {}: {}", what, whose, text.error().message),
             text.error().hint);
    }
  }
  // Another line would be another header.
  void one_line(std::string_view text, std::string_view what) {
    if (is_one_line(text)) return;
    refuse(fmt::format("{} of {} holds a line end or another control character", what, user_name_),
           "take it out: it would be sent as a header of its own");
  }

  void certificate() {
    const bool any_key = !user_.key_file.empty() || !user_.key_pem.empty();
    if (user_.certificate_file.empty() && user_.certificate_pem.empty()) return;
    if (!user_.certificate_file.empty() && !user_.certificate_pem.empty()) {
      both("client-certificate", user_name_);
    }
    if (!user_.key_file.empty() && !user_.key_pem.empty()) both("client-key", user_name_);
    if (!any_key) {
      refuse(fmt::format("client-key-data or client-key must be specified for {} to use the "
                         "clientCert authentication method",
                         user_name_),
             "name the key that belongs to the certificate");
    }
  }

  void plugin(const PluginConfig& plugin) {
    const auto missing = [this](const char* what) {
      refuse(fmt::format("{} must be specified for {} to use exec authentication plugin", what,
                         user_name_),
             "see the documentation of the plugin for its exec section");
    };
    if (user_.auth_provider) {
      refuse(
          fmt::format("authProvider cannot be provided in combination with an exec plugin for {}",
                      user_name_),
          "take auth-provider out");
    }
    if (plugin.command.empty()) missing("command");
    if (plugin.api_version.empty()) missing("apiVersion");
    for (const auto& [name, value] : plugin.environment) {
      if (name.empty() || name.find('=') != std::string::npos) missing("env variable name");
    }
    const std::string& mode = plugin.interactive_mode;
    if (mode.empty()) {
      missing("interactiveMode");
    } else if (mode != "Never" && mode != "IfAvailable" && mode != "Always") {
      refuse(fmt::format("invalid interactiveMode for {}", user_name_),
             "it is Never, IfAvailable or Always");
    }
    if (!plugin.api_version.empty() && plugin.api_version != "client.authentication.k8s.io/v1" &&
        plugin.api_version != "client.authentication.k8s.io/v1beta1") {
      refuse(fmt::format("exec plugin: invalid apiVersion for {}", user_name_),
             "client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1: bring the "
             "plugin up to date and write its kubeconfig anew");
    }
  }

  const UserEntry& user_;
  const ClusterEntry& cluster_;
  std::string user_name_;
  std::string cluster_name_;
  bool named_;
  std::vector<Error>& errors_;
};

}  // namespace

void validate(const Selection& selection, std::vector<Error>& errors) {
  Validator validator(selection, errors);
  validator.user();
  validator.cluster();
  if (!is_name_space(selection.name_space)) {
    errors.push_back(fail("--namespace", "is no name of a namespace",
                          "it has lower-case letters, digits and `-` only"));
  }
}

void check_files(const Selection& selection, std::vector<Error>& errors) {
  Validator(selection, errors).files();
}

}  // namespace meshcheck::live
