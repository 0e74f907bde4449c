// The way to an API server that kubectl would take: kubeconfig files, flags, environment and the
// pod we may run in, added up by client-go's rules.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "live/access.h"
#include "live/host.h"
#include "live/secret.h"
#include "meshcheck/result.h"

namespace meshcheck::live {

// What the command line says; named as kubectl names it. Empty: not given. Paths are relative to
// the working directory.
struct AccessFlags {
  std::string kubeconfig;
  std::string context;
  std::string cluster;
  std::string user;
  std::string name_space;
  std::string server;
  std::string tls_server_name;
  std::string certificate_authority;
  bool insecure = false;  // --insecure-skip-tls-verify
  std::string client_certificate;
  std::string client_key;
  Secret token;
  std::string token_file;
  std::string as;
  std::vector<std::string> as_group;
  std::string as_uid;
  std::vector<std::string> as_user_extra;  // KEY=VALUE each
  std::string proxy_url;
  bool disable_compression = false;
  // "allow", "deny", or the names and paths of the only ones that may run, with commas between.
  // Empty: what ~/.kube/kuberc says, else allow.
  std::string exec_plugins;
  std::chrono::milliseconds exec_timeout = std::chrono::seconds(60);  // none where one may prompt
};

// One of both: access, or at least one error. All that is wrong is told at once.
struct AccessFound {
  std::optional<Access> access;
  std::vector<Error> errors;
};

// Reads files; runs nothing and connects nowhere. A plugin first runs when the credentials are
// asked for. No text of an error or a warning holds a secret.
AccessFound find_access(const AccessFlags& flags, const Host& host);

// For --all-contexts: every context of the kubeconfigs that find_access would read, sorted.
struct ContextNames {
  std::vector<std::string> names;
  std::vector<Error> errors;  // empty where there are names
};
ContextNames context_names(const AccessFlags& flags, const Host& host);

}  // namespace meshcheck::live
