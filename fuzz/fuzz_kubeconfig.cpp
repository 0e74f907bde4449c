// Any bytes as a kubeconfig and as a plugin's answer: read, or refused with words that hold none of
// their secrets.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "live/base64.h"
#include "live/kubeconfig.h"
#include "live/plugin.h"
#include "live/proxy.h"
#include "live/selection.h"
#include "live/server_url.h"
#include "walk.h"

namespace {

using namespace meshcheck;
using fuzz::require;

// The input. What stands there once and is long stands in a message only if it was put there.
std::string_view written;

void keeps(const std::vector<std::string>& said, std::string_view secret) {
  constexpr std::size_t kLong = 12;
  const std::size_t first = written.find(secret);
  if (secret.size() < kLong || first == std::string_view::npos) return;
  if (written.find(secret, first + 1) != std::string_view::npos) return;
  for (const std::string& text : said) {
    require(text.find(secret) == std::string::npos, "a message holds a secret");
  }
}

std::vector<std::string> words(const std::vector<Error>& errors,
                               std::vector<std::string> warnings) {
  for (const Error& error : errors) {
    require(!error.message.empty(), "a mistake says what is wrong");
    warnings.push_back(error.message + error.hint);
  }
  return warnings;
}

void check_user(const live::UserEntry& user, const std::vector<std::string>& said) {
  keeps(said, user.token.reveal());
  keeps(said, user.password.reveal());
  keeps(said, user.key_pem.reveal());
  if (!user.plugin) return;
  for (const auto& [name, value] : user.plugin->environment) keeps(said, value.reveal());
  const std::string information = live::plugin_information(*user.plugin, false, {}, "");
  require(information.ends_with("}\n"), "what a plugin is told is one line");
}

void check_cluster(const live::ClusterEntry& cluster) {
  if (const auto url = live::parse_server(cluster.server, true)) {
    const auto again = live::parse_server(url.value().text(), true);
    require(again && again.value().text() == url.value().text(), "a server is read as written");
  }
  if (const auto proxy = live::parse_proxy(cluster.proxy_url)) {
    require(live::parse_proxy(proxy.value()).has_value(), "a proxy is read as written");
  }
}

void check_selection(live::KubeconfigRead& read) {
  live::LoadedKubeconfigs loaded;
  loaded.config = read.config;
  loaded.config.resolve_paths("/nowhere");
  live::AccessFlags flags;
  flags.kubeconfig = "fuzz";
  // Each context in turn, as --all-contexts has it.
  for (const auto& [name, context] : read.config.contexts) {
    if (name.empty()) continue;
    flags.context = name;
    std::vector<Error> errors;
    std::vector<std::string> warnings;
    const live::Selection chosen = live::select(loaded, flags, {}, errors, warnings);
    if (errors.empty()) live::validate(chosen, errors);
    check_user(chosen.user, words(errors, warnings));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  written = text;
  live::KubeconfigRead read = live::read_kubeconfig({"fuzz.yaml", text});
  const std::vector<std::string> said = words(read.errors, read.warnings);
  for (const auto& [name, user] : read.config.users) check_user(user, said);
  for (const auto& [name, cluster] : read.config.clusters) check_cluster(cluster);
  check_selection(read);

  constexpr std::string_view kVersion = "client.authentication.k8s.io/v1";
  if (const auto answer = live::read_plugin_answer(text, kVersion)) {
    require(!answer->token.empty() || !answer->key_pem.empty(), "an answer holds a credential");
  } else {
    require(!answer.error().message.empty(), "a refusal says why");
  }
  const live::Decoded decoded = live::decode_base64(text);
  if (!decoded.bad) {
    const live::Decoded again = live::decode_base64(live::encode_base64(decoded.bytes));
    require(again.bytes == decoded.bytes, "base64 is read as written");
  }
  return 0;
}
