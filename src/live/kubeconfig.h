// A kubeconfig as written, and what several of them add up to.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "live/secret.h"
#include "meshcheck/document.h"
#include "meshcheck/result.h"

namespace meshcheck::live {

struct ClusterEntry {
  std::string server;
  std::string tls_server_name;
  std::string ca_file;
  std::string ca_pem;  // certificate-authority-data, decoded
  bool insecure = false;
  std::string proxy_url;  // may hold a password
  bool disable_compression = false;
  std::string plugin_config;  // the extension client.authentication.k8s.io/exec, as JSON; or empty

  bool operator==(const ClusterEntry&) const = default;
};

// How to run a credential plugin.
struct PluginConfig {
  std::string command;
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, Secret>> environment;
  std::string api_version;
  std::string install_hint;
  bool wants_cluster = false;    // provideClusterInfo
  std::string interactive_mode;  // Never, IfAvailable, Always
};

struct AuthProvider {
  std::string name;
  Secret id_token;  // of `oidc`
};

struct UserEntry {
  std::string certificate_file;
  std::string certificate_pem;
  std::string key_file;
  Secret key_pem;
  Secret token;
  std::string token_file;
  std::string as;
  std::string as_uid;
  std::vector<std::string> as_groups;
  std::map<std::string, std::vector<std::string>> as_extra;
  std::string username;
  Secret password;
  std::optional<AuthProvider> auth_provider;
  std::optional<PluginConfig> plugin;

  bool holds_secret() const {
    return !key_pem.empty() || !token.empty() || !password.empty() || auth_provider.has_value();
  }
};

struct ContextEntry {
  std::string cluster;
  std::string user;
  std::string name_space;
};

// Keyed by name.
struct Kubeconfig {
  std::map<std::string, ClusterEntry> clusters;
  std::map<std::string, UserEntry> users;
  std::map<std::string, ContextEntry> contexts;
  std::string current_context;

  // First come, first served: an entry that is there already wins whole.
  void add(Kubeconfig&& later);
  // Makes the paths of all entries relative to `folder`, which the file lies in.
  void resolve_paths(const std::string& folder);
};

struct KubeconfigRead {
  Kubeconfig config;
  std::vector<std::string> warnings;  // with places; of keys that nobody reads
  std::vector<Error> errors;
};

// Types are held to as client-go does; nothing that the file says is repeated in a message, except
// names of keys and entries.
KubeconfigRead read_kubeconfig(const Source& source);

}  // namespace meshcheck::live
