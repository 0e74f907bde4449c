// Credentials that a plugin is asked for when they are needed.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "live/access.h"
#include "live/host.h"
#include "live/kubeconfig.h"
#include "live/plugin_process.h"
#include "meshcheck/result.h"

namespace meshcheck::live {

struct PluginRequest {
  PluginConfig config;
  Server server;               // as it is told to the plugin, before the environment's proxy
  std::string cluster_config;  // the cluster's extension for it, as JSON
  std::string whose;           // what an error is about: the user entry
  std::chrono::milliseconds limit = std::chrono::seconds(60);
  std::function<PluginRun(const PluginCommand&)> run = run_plugin;
};

// Nothing runs yet, but what would keep it from running is an error now: no such program, a plugin
// that must ask a person where there is none. One run serves all threads until it expires.
Result<std::shared_ptr<Credentials>> plugin_credentials(PluginRequest request, const Host& host);

}  // namespace meshcheck::live
