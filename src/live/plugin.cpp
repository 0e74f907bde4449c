#include "live/plugin.h"

#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "live/base64.h"
#include "meshcheck/utf8.h"

namespace meshcheck::live {
namespace {

bool is_file(const std::string& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISDIR(status.st_mode);
}

Error not_found(const PluginConfig& plugin) {
  std::string hint =
      "it is a credential plugin, which the kubeconfig needs: install it and see that PATH has its "
      "folder";
  // What it says is of the kubeconfig, not of us.
  if (!plugin.install_hint.empty()) hint += ": " + visible(plugin.install_hint);
  return fail("", fmt::format("exec: executable {} not found", visible(plugin.command)),
              std::move(hint));
}

// Go's encoding/json writes these so that JSON may stand in HTML and in JavaScript.
std::string as_go_escapes(const std::string& json) {
  std::string out;
  out.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string_view rest = std::string_view(json).substr(i);
    if (rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9")) {
      out += rest[2] == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else if (json[i] == '<' || json[i] == '>' || json[i] == '&') {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(json[i]));
    } else if (json[i] == '\\') {
      out += rest.substr(0, 2);
      ++i;
    } else {
      out += json[i];
    }
  }
  return out;
}

std::string written(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

std::string visible(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const CodePoint point = decode_utf8(text);
    const bool control = point.value < 0x20 || (point.value >= 0x7F && point.value < 0xA0);
    // What turns the direction of writing can make one text look like another.
    const bool turns = (point.value >= 0x202A && point.value <= 0x202E) ||
                       (point.value >= 0x2066 && point.value <= 0x2069);
    if (point.value == '\n' || point.value == '\t') {
      out += ' ';
    } else if (control || turns || !point.valid) {
      out += fmt::format("U+{:04X}", static_cast<unsigned>(point.value));
    } else {
      out += text.substr(0, point.length);
    }
    text.remove_prefix(std::max<std::size_t>(point.length, 1));
  }
  return out;
}

Result<std::string> resolve_plugin(const PluginConfig& plugin, const Host& host) {
  if (plugin.command.find('/') != std::string::npos) {
    std::string path = path_from(host.working_directory, plugin.command);
    if (!is_file(path)) return not_found(plugin);
    return path;
  }
  std::string_view path = variable(host, "PATH").value_or("");
  while (!path.empty()) {
    const std::size_t colon = std::min(path.find(':'), path.size());
    const std::string_view folder = path.substr(0, colon);
    path.remove_prefix(std::min(colon + 1, path.size()));
    if (!folder.starts_with('/')) continue;
    std::string file = fmt::format("{}/{}", folder, plugin.command);
    if (is_file(file) && ::access(file.c_str(), X_OK) == 0) return file;
  }
  return not_found(plugin);
}

Result<bool> may_prompt(const PluginConfig& plugin, const Host& host) {
  const bool free = host.stdin_is_terminal && !host.reads_stdin;
  if (plugin.interactive_mode == "IfAvailable") return free;
  if (plugin.interactive_mode != "Always") return false;
  if (free) return true;
  const char* why = host.reads_stdin
                        ? "standard input is used for the input, and the exec plugin needs it"
                        : "exec plugin cannot support interactive mode: standard input is not a "
                          "terminal";
  return fail("", fmt::format("{} ({})", why, visible(plugin.command)),
              "run it in a terminal, or sign in another way: a token with --token-file");
}

std::string plugin_information(const PluginConfig& plugin, bool interactive, const Server& server,
                               std::string_view cluster_config) {
  nlohmann::ordered_json spec;
  if (plugin.wants_cluster) {
    nlohmann::ordered_json cluster;
    cluster["server"] = server.url;
    if (!server.tls_server_name.empty()) cluster["tls-server-name"] = server.tls_server_name;
    if (server.insecure) cluster["insecure-skip-tls-verify"] = true;
    if (!server.ca_pem.empty())
      cluster["certificate-authority-data"] = encode_base64(server.ca_pem);
    if (!server.proxy_url.empty()) cluster["proxy-url"] = server.proxy_url;
    if (!server.compression) cluster["disable-compression"] = true;
    // Keys come sorted, as in Go: nlohmann::json has them so.
    const auto config = nlohmann::json::parse(cluster_config, nullptr, false);
    cluster["config"] = config.is_discarded() ? nlohmann::json() : config;
    spec["cluster"] = std::move(cluster);
  }
  spec["interactive"] = interactive;
  nlohmann::ordered_json information;
  information["kind"] = "ExecCredential";
  information["apiVersion"] = plugin.api_version;
  information["spec"] = std::move(spec);
  return as_go_escapes(written(information)) + '\n';
}

}  // namespace meshcheck::live
