#include "live/selection.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "live/in_cluster.h"
#include "live/proxy.h"

namespace meshcheck::live {
namespace {

// "the contexts are a, b, c and 4 more".
std::string naming(std::string_view what, const auto& entries) {
  constexpr std::size_t kMost = 10;
  if (entries.empty()) return fmt::format("no {} is defined", what);
  std::vector<std::string_view> names;
  for (const auto& [name, entry] : entries) {
    if (names.size() < kMost) names.push_back(name);
  }
  std::string text = fmt::format("the {}s are {}", what, fmt::join(names, ", "));
  if (entries.size() > kMost) text += fmt::format(" and {} more", entries.size() - kMost);
  return text;
}

template <class Value>
const Value* find(const std::map<std::string, Value>& entries, const std::string& name) {
  const auto found = entries.find(name);
  return found == entries.end() ? nullptr : &found->second;
}

// Takes what `ns/shop` means, too, as kubectl does.
std::string name_space_of(std::string_view flag) {
  for (const std::string_view prefix : {"ns/", "namespace/", "namespaces/"}) {
    if (flag.starts_with(prefix)) return std::string(flag.substr(prefix.size()));
  }
  return std::string(flag);
}

class Selector {
 public:
  Selector(const LoadedKubeconfigs& loaded, const AccessFlags& flags, const Host& host,
           std::vector<Error>& errors, std::vector<std::string>& warnings)
      : config_(loaded.config),
        loaded_(loaded),
        flags_(flags),
        host_(host),
        errors_(errors),
        warnings_(warnings) {}

  Selection run() {
    choose_context();
    if (errors_.empty()) choose_entries();
    if (errors_.empty()) {
      override_cluster();
      override_user();
    }
    if (!flags_.name_space.empty()) chosen_.name_space = name_space_of(flags_.name_space);
    if (chosen_.name_space.empty()) chosen_.name_space = "default";
    return std::move(chosen_);
  }

 private:
  void refuse(std::string source, std::string message, std::string hint) {
    errors_.push_back(fail(std::move(source), std::move(message), std::move(hint)));
  }

  void choose_context() {
    const bool asked = !flags_.context.empty();
    chosen_.context = asked ? flags_.context : config_.current_context;
    if (chosen_.context.empty()) return;
    const ContextEntry* context = find(config_.contexts, chosen_.context);
    if (context == nullptr) {
      std::string hint = config_.contexts.empty()
                             ? fmt::format("no context is defined: {}", loaded_.searched)
                             : naming("context", config_.contexts) + "; choose one with --context";
      return refuse(asked ? "--context" : "current-context",
                    fmt::format("context was not found for specified context: {}", chosen_.context),
                    std::move(hint));
    }
    chosen_.cluster_name = context->cluster;
    chosen_.user_name = context->user;
    chosen_.name_space = context->name_space;
  }

  void choose_entries() {
    if (!flags_.cluster.empty()) chosen_.cluster_name = flags_.cluster;
    if (!flags_.user.empty()) chosen_.user_name = flags_.user;
    const ClusterEntry* cluster = find(config_.clusters, chosen_.cluster_name);
    const UserEntry* user = find(config_.users, chosen_.user_name);
    if (cluster != nullptr) chosen_.cluster = *cluster;
    if (user != nullptr) chosen_.user = *user;
    if (user == nullptr && !flags_.user.empty()) {
      refuse("--user", fmt::format("auth info \"{}\" does not exist", flags_.user),
             naming("user", config_.users));
    } else if (user == nullptr && !chosen_.user_name.empty()) {
      // Kubectl goes on as nobody; a proxy that signs in by itself needs no more.
      warnings_.push_back(
          fmt::format("context \"{}\" names user \"{}\", which no kubeconfig defines: the requests "
                      "go out without credentials",
                      chosen_.context, chosen_.user_name));
    }
    if (cluster == nullptr && !flags_.cluster.empty()) {
      refuse("--cluster", fmt::format("cluster \"{}\" does not exist", flags_.cluster),
             naming("cluster", config_.clusters));
    } else if (cluster == nullptr && flags_.server.empty()) {
      without_cluster();
    }
  }

  void without_cluster() {
    if (!chosen_.context.empty()) {
      return refuse(chosen_.context,
                    chosen_.cluster_name.empty()
                        ? fmt::format("context \"{}\" names no cluster", chosen_.context)
                        : fmt::format("context \"{}\" names cluster \"{}\", which no kubeconfig "
                                      "defines",
                                      chosen_.context, chosen_.cluster_name),
                    naming("cluster", config_.clusters) + "; or name a server with --server");
    }
    // What was named is what is meant: with --kubeconfig the pod's own cluster is not.
    if (flags_.kubeconfig.empty()) {
      if (const auto pod = in_cluster(host_)) return take(*pod);
    }
    if (!config_.contexts.empty()) {
      return refuse("current-context",
                    fmt::format("no context is selected: {} sets no current-context",
                                fmt::join(loaded_.files, ", ")),
                    naming("context", config_.contexts) + "; choose one with --context");
    }
    refuse("", fmt::format("no cluster configuration: {}; not running in a pod", loaded_.searched),
           "name a kubeconfig with --kubeconfig or KUBECONFIG");
  }

  void take(const InCluster& pod) {
    chosen_.cluster.server = pod.server;
    chosen_.cluster.ca_file = pod.ca_file;
    // The pod's token is for the pod's server only where nothing else is said.
    chosen_.user.token_file = pod.token_file;
    chosen_.name_space = pod.name_space;
  }

  std::string flag_path(const std::string& path) const {
    return path_from(host_.working_directory, path);
  }

  void override_cluster() {
    ClusterEntry& cluster = chosen_.cluster;
    if (!flags_.server.empty()) {
      cluster.server = flags_.server;
      // It is the name of another server.
      cluster.tls_server_name.clear();
    }
    if (!flags_.tls_server_name.empty()) cluster.tls_server_name = flags_.tls_server_name;
    if (flags_.insecure || !flags_.certificate_authority.empty()) {
      cluster.insecure = flags_.insecure;
      cluster.ca_file = flag_path(flags_.certificate_authority);
      cluster.ca_pem.clear();
    }
    if (!flags_.proxy_url.empty()) cluster.proxy_url = flags_.proxy_url;
    if (flags_.disable_compression) cluster.disable_compression = true;
  }

  void override_user() {
    UserEntry& user = chosen_.user;
    if (!flags_.client_certificate.empty()) {
      user.certificate_file = flag_path(flags_.client_certificate);
      user.certificate_pem.clear();
    }
    if (!flags_.client_key.empty()) {
      user.key_file = flag_path(flags_.client_key);
      user.key_pem = Secret();
    }
    if (!flags_.token.empty() && !flags_.token_file.empty()) {
      refuse("--token", "--token and --token-file are both given", "leave one of them out");
    }
    if (!flags_.token.empty()) {
      // In kubectl the kubeconfig's tokenFile beats the flag, which nobody means.
      user.token = flags_.token;
      user.token_file.clear();
    } else if (!flags_.token_file.empty()) {
      user.token = Secret();
      user.token_file = flag_path(flags_.token_file);
    }
    override_impersonation(user);
  }

  void override_impersonation(UserEntry& user) {
    if (!flags_.as.empty()) user.as = flags_.as;
    if (!flags_.as_uid.empty()) user.as_uid = flags_.as_uid;
    if (!flags_.as_group.empty()) user.as_groups = flags_.as_group;
    std::map<std::string, std::vector<std::string>> extra;
    for (const std::string& pair : flags_.as_user_extra) {
      const std::size_t equals = pair.find('=');
      if (equals == std::string::npos || equals == 0) {
        refuse("--as-user-extra", "takes KEY=VALUE", "--as-user-extra scopes=view");
        continue;
      }
      extra[pair.substr(0, equals)].push_back(pair.substr(equals + 1));
    }
    for (auto& [key, values] : extra) user.as_extra[key] = std::move(values);
  }

  const Kubeconfig& config_;
  const LoadedKubeconfigs& loaded_;
  const AccessFlags& flags_;
  const Host& host_;
  std::vector<Error>& errors_;
  std::vector<std::string>& warnings_;
  Selection chosen_;
};

}  // namespace

Selection select(const LoadedKubeconfigs& loaded, const AccessFlags& flags, const Host& host,
                 std::vector<Error>& errors, std::vector<std::string>& warnings) {
  return Selector(loaded, flags, host, errors, warnings).run();
}

}  // namespace meshcheck::live
