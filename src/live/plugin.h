// The protocol of client-go's credential plugins: what runs, what it is told, what it answers.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "live/access.h"
#include "live/host.h"
#include "live/kubeconfig.h"
#include "live/secret.h"
#include "meshcheck/result.h"

namespace meshcheck::live {

// The program's absolute path. A bare name is looked for in the folders of PATH, of which empty and
// relative ones are passed over: what merely lies where we happen to be must not run.
Result<std::string> resolve_plugin(const PluginConfig& plugin, const Host& host);

// True where it may use the standard input; an error where it must and cannot.
Result<bool> may_prompt(const PluginConfig& plugin, const Host& host);

// The value of KUBERNETES_EXEC_INFO, byte for byte as kubectl writes it. `server` is told where the
// plugin asks for it.
std::string plugin_information(const PluginConfig& plugin, bool interactive, const Server& server,
                               std::string_view cluster_config);

struct PluginAnswer {
  Secret token;
  std::string certificate_pem;
  Secret key_pem;
  std::optional<std::chrono::sys_seconds> expires;
};

// An error repeats nothing of the answer.
Result<PluginAnswer> read_plugin_answer(std::string_view text, std::string_view api_version);

// The plugin's own words on how to install it, with control characters made visible.
std::string visible(std::string_view text);

}  // namespace meshcheck::live
