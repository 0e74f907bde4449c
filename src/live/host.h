// What reaching a cluster takes of the machine it is done from, as values: nothing in src/live
// reads the environment, a clock or a terminal by itself.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meshcheck::live {

struct Host {
  std::vector<std::string> environment;  // NAME=value each, as environ(7); plugins inherit it
  std::string working_directory;  // absolute; what flags and KUBECONFIG name is relative to it
  // Where Kubernetes mounts a pod's credentials.
  std::string service_account = "/var/run/secrets/kubernetes.io/serviceaccount";
  // What is trusted where neither a kubeconfig nor SSL_CERT_FILE says otherwise.
  std::string system_roots = "/etc/ssl/certs/ca-certificates.crt";
  bool stdin_is_terminal = false;
  bool reads_stdin = false;  // `-f -`: a plugin must not take it away
  std::function<std::chrono::system_clock::time_point()> clock;
  // Takes what goes wrong later and stops nothing, such as a token file that is gone. Called from
  // any thread; may be empty.
  std::function<void(std::string)> warn;
};

// The variable's value; nullopt where it is not set. Of duplicates the last holds.
std::optional<std::string_view> variable(const Host& host, std::string_view name);

// The path that `path` is from `folder`; absolute ones stay as they are.
std::string path_from(const std::string& folder, const std::string& path);

}  // namespace meshcheck::live
