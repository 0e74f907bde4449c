#include "live/plugin_policy.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "input/file_bytes.h"
#include "input/parse.h"
#include "input/split.h"
#include "live/credential_file.h"
#include "live/plugin.h"
#include "meshcheck/ascii.h"

namespace meshcheck::live {
namespace {

struct Policy {
  std::string source;  // who says so
  bool denies_all = false;
  std::optional<std::vector<std::string>> allowed;  // nullopt: all
};

Policy of_flag(std::string_view flag) {
  Policy policy{"--exec-plugins", flag == "deny", std::nullopt};
  if (flag == "deny" || flag == "allow") return policy;
  policy.allowed.emplace();
  while (!flag.empty()) {
    const std::size_t comma = std::min(flag.find(','), flag.size());
    if (const auto name = trimmed(flag.substr(0, comma), kWhiteSpace); !name.empty()) {
      policy.allowed->emplace_back(name);
    }
    flag.remove_prefix(std::min(comma + 1, flag.size()));
  }
  return policy;
}

std::string kuberc_path(const Host& host) {
  const std::string_view named = variable(host, "KUBERC").value_or("");
  if (named == "off") return {};
  if (!named.empty()) return path_from(host.working_directory, std::string(named));
  const std::string_view home = variable(host, "HOME").value_or("");
  return home.empty() ? std::string() : fmt::format("{}/.kube/kuberc", home);
}

void read_preferences(Node root, Policy& policy) {
  const std::string_view word = root["credentialPluginPolicy"].text();
  policy.denies_all = word == "DenyAll";
  if (word != "Allowlist") return;
  policy.allowed.emplace();
  for (const Node entry : root["credentialPluginAllowlist"].items()) {
    const Node command = entry["command"] ? entry["command"] : entry["name"];
    if (!command.text().empty()) policy.allowed->emplace_back(command.text());
  }
}

// What cannot be read says nothing, as for kubectl.
Policy of_kuberc(const Host& host) {
  const std::string path = kuberc_path(host);
  Policy policy{path, false, std::nullopt};
  if (path.empty()) return policy;
  const auto bytes = FileBytes::read(path, path);
  if (!bytes) return policy;
  const Source source{path, bytes.value().text()};
  Arena arena;
  for (const Chunk& chunk : split(source.text)) {
    const Parsed parsed = parse(source, chunk, arena);
    if (parsed.outcome == Parsed::Outcome::tree) read_preferences(parsed.document->root(), policy);
  }
  return policy;
}

// Both sides are resolved first: `aws` in the list is the one that PATH finds and no other.
bool is_listed(const std::vector<std::string>& allowed, const std::string& path, const Host& host) {
  return std::ranges::any_of(allowed, [&](const std::string& command) {
    PluginConfig listed;
    listed.command = command;
    const auto resolved = resolve_plugin(listed, host);
    return resolved && resolved.value() == path;
  });
}

}  // namespace

std::optional<Error> forbidden(const PluginConfig& plugin, const std::string& flag,
                               const Host& host) {
  const Policy policy = flag.empty() ? of_kuberc(host) : of_flag(flag);
  const std::string command = visible(plugin.command);
  if (policy.denies_all) {
    return fail(policy.source,
                fmt::format("the exec plugin {} may not run: no plugin may", command),
                "give a token with --token-file, or allow it with --exec-plugins");
  }
  if (!policy.allowed) return std::nullopt;
  const auto path = resolve_plugin(plugin, host);
  if (!path) return path.error();
  if (is_listed(*policy.allowed, path.value(), host)) return std::nullopt;
  return fail(
      policy.source,
      fmt::format("the exec plugin {} may not run: it is not among those that may", command),
      fmt::format("add {} to the list, or give a token with --token-file", command));
}

}  // namespace meshcheck::live
