#include "live/kubeconfig.h"

#include <utility>

#include "live/host.h"

namespace meshcheck::live {

void Kubeconfig::add(Kubeconfig&& later) {
  // map::merge leaves what is there already as it is.
  clusters.merge(later.clusters);
  users.merge(later.users);
  contexts.merge(later.contexts);
  if (current_context.empty()) current_context = std::move(later.current_context);
}

void Kubeconfig::resolve_paths(const std::string& folder) {
  const auto resolve = [&folder](std::string& path) { path = path_from(folder, path); };
  for (auto& [name, cluster] : clusters) resolve(cluster.ca_file);
  for (auto& [name, user] : users) {
    resolve(user.certificate_file);
    resolve(user.key_file);
    resolve(user.token_file);
    // A bare name is looked for in PATH.
    if (user.plugin && user.plugin->command.find('/') != std::string::npos) {
      resolve(user.plugin->command);
    }
  }
}

}  // namespace meshcheck::live
