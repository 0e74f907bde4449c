// Reads the text of a kubeconfig (client-go: tools/clientcmd/api/v1/types.go).
#include <algorithm>
#include <initializer_list>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "input/parse.h"
#include "input/split.h"
#include "input/value_json.h"
#include "live/base64.h"
#include "live/kubeconfig.h"

namespace meshcheck::live {
namespace {

constexpr std::string_view kPluginExtension = "client.authentication.k8s.io/exec";
constexpr ParseLimits kLimits = {64, 2'000'000};

std::string_view kind_of(Node value) {
  switch (value.kind()) {
    case NodeKind::null: return "empty";
    case NodeKind::mapping: return "a mapping";
    case NodeKind::sequence: return "a list";
    case NodeKind::scalar: break;
  }
  switch (value.type()) {
    case ScalarType::boolean: return "true or false";
    case ScalarType::integer:
    case ScalarType::real: return "a number";
    case ScalarType::null: return "empty";
    case ScalarType::string: break;
  }
  return "text";
}

class KubeconfigReader {
 public:
  KubeconfigReader(const Source& source, KubeconfigRead& read) : source_(source), read_(read) {}

  void refuse(std::uint32_t line, std::uint32_t column, std::string message,
              std::string hint = {}) {
    Error error = fail(source_.name, std::move(message), std::move(hint));
    // No excerpt: the line may hold a token.
    error.location = Location{};
    error.location->file = source_.name;
    error.location->line = line;
    error.location->column = column;
    read_.errors.push_back(std::move(error));
  }

  void root(Node node) {
    if (!node.is_mapping()) {
      return refuse(node, fmt::format("is {}, where a kubeconfig is a mapping", kind_of(node)));
    }
    known(node, "",
          {"kind", "apiVersion", "preferences", "clusters", "users", "contexts", "current-context",
           "extensions"});
    const std::string kind = text(node["kind"], "kind");
    if (!kind.empty() && kind != "Config") {
      refuse(node["kind"], "is no kubeconfig: its kind is not Config");
    }
    const std::string version = text(node["apiVersion"], "apiVersion");
    if (!version.empty() && version != "v1") {
      refuse(node["apiVersion"], "its apiVersion is not v1, the only one there is");
    }
    read_.config.current_context = text(node["current-context"], "current-context");
    list(node["clusters"], "clusters", "cluster", read_.config.clusters,
         [this](Node entry, const std::string& at) { return cluster(entry, at); });
    list(node["users"], "users", "user", read_.config.users,
         [this](Node entry, const std::string& at) { return user(entry, at); });
    list(node["contexts"], "contexts", "context", read_.config.contexts,
         [this](Node entry, const std::string& at) { return context(entry, at); });
  }

  void warn(std::uint32_t line, std::string_view what) {
    read_.warnings.push_back(fmt::format("{}:{}: {}", source_.name, line, what));
  }

 private:
  void refuse(Node where, std::string message, std::string hint = {}) {
    const Location at = where.location();
    refuse(at.line, at.column, std::move(message), std::move(hint));
  }

  // Client-go passes over a key that it does not know, and so loses what was meant by it.
  void known(Node mapping, std::string_view at, std::initializer_list<std::string_view> keys) {
    for (const Entry entry : mapping.entries()) {
      const std::string_view key = entry.key.text();
      if (std::ranges::find(keys, key) != keys.end()) continue;
      // Where a value stands in a key's place it may be a secret.
      const bool word = !key.empty() && key.size() <= 40 && std::ranges::all_of(key, [](char c) {
        return c == '-' || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      });
      const std::string_view place = at.empty() ? std::string_view("a kubeconfig") : at;
      warn(entry.key.line(),
           word ? fmt::format("{} has no key `{}`: it is ignored", place, key)
                : fmt::format("{} has a key that nobody knows: it is ignored", place));
    }
  }

  bool is_mapping(Node node, std::string_view at) {
    if (node.is_mapping()) return true;
    if (!node.is_null()) refuse(node, fmt::format("{} is {}, not a mapping", at, kind_of(node)));
    return false;
  }
  bool is_list(Node node, std::string_view at) {
    if (node.is_sequence()) return true;
    if (!node.is_null()) refuse(node, fmt::format("{} is {}, not a list", at, kind_of(node)));
    return false;
  }

  std::string text(Node node, std::string_view at) {
    if (node.is_null()) return {};
    if (node.is_scalar() && node.type() == ScalarType::string) return std::string(node.text());
    refuse(node, fmt::format("{} is {}, not text", at, kind_of(node)),
           node.is_scalar() ? "put it in quotes" : "");
    return {};
  }
  bool boolean(Node node, std::string_view at) {
    if (node.is_null()) return false;
    if (const auto value = node.boolean()) return *value;
    refuse(node, fmt::format("{} is {}, not true or false", at, kind_of(node)),
           "write true or false, without quotes");
    return false;
  }
  std::vector<std::string> texts(Node node, const std::string& at) {
    std::vector<std::string> values;
    if (!is_list(node, at)) return values;
    for (const Node item : node.items()) values.push_back(text(item, at + "[]"));
    return values;
  }
  std::string data(Node node, std::string_view at) {
    Decoded decoded = decode_base64(text(node, at));
    if (decoded.bad) {
      refuse(node, fmt::format("{} is no base64: illegal base64 data at input byte {}", at,
                               *decoded.bad));
      return {};
    }
    return std::move(decoded.bytes);
  }

  // `[{name: …, <key>: {…}}]` into a map.
  template <class Value, class Read>
  void list(Node node, const std::string& at, const std::string& key,
            std::map<std::string, Value>& values, const Read& read) {
    if (!is_list(node, at)) return;
    std::size_t index = 0;
    for (const Node item : node.items()) {
      const std::string place = fmt::format("{}[{}]", at, index++);
      std::string name;
      Node entry;
      if (is_mapping(item, place)) {
        known(item, place, {"name", key});
        name = text(item["name"], place + ".name");
        entry = item[key];
      }
      Value value;
      if (is_mapping(entry, place + '.' + key)) value = read(entry, place + '.' + key);
      if (!values.emplace(name, std::move(value)).second) {
        refuse(item, fmt::format("duplicate name \"{}\" in {}", name, at),
               "give each entry a name of its own");
      }
    }
  }

  ClusterEntry cluster(Node node, const std::string& at) {
    known(node, at,
          {"server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority",
           "certificate-authority-data", "proxy-url", "disable-compression", "extensions"});
    ClusterEntry entry;
    entry.server = text(node["server"], at + ".server");
    entry.tls_server_name = text(node["tls-server-name"], at + ".tls-server-name");
    entry.insecure = boolean(node["insecure-skip-tls-verify"], at + ".insecure-skip-tls-verify");
    entry.ca_file = text(node["certificate-authority"], at + ".certificate-authority");
    entry.ca_pem = data(node["certificate-authority-data"], at + ".certificate-authority-data");
    entry.proxy_url = text(node["proxy-url"], at + ".proxy-url");
    entry.disable_compression = boolean(node["disable-compression"], at + ".disable-compression");
    if (is_list(node["extensions"], at + ".extensions")) {
      for (const Node extension : node["extensions"].items()) {
        if (extension["name"].text() != kPluginExtension) continue;
        append_json(extension["extension"], entry.plugin_config);
      }
    }
    return entry;
  }

  ContextEntry context(Node node, const std::string& at) {
    known(node, at, {"cluster", "user", "namespace", "extensions"});
    ContextEntry entry;
    entry.cluster = text(node["cluster"], at + ".cluster");
    entry.user = text(node["user"], at + ".user");
    entry.name_space = text(node["namespace"], at + ".namespace");
    return entry;
  }

  UserEntry user(Node node, const std::string& at) {
    known(node, at,
          {"client-certificate", "client-certificate-data", "client-key", "client-key-data",
           "token", "tokenFile", "as", "as-uid", "as-groups", "as-user-extra", "username",
           "password", "auth-provider", "exec", "extensions"});
    UserEntry entry;
    entry.certificate_file = text(node["client-certificate"], at + ".client-certificate");
    entry.certificate_pem = data(node["client-certificate-data"], at + ".client-certificate-data");
    entry.key_file = text(node["client-key"], at + ".client-key");
    entry.key_pem = Secret(data(node["client-key-data"], at + ".client-key-data"));
    entry.token = Secret(text(node["token"], at + ".token"));
    entry.token_file = text(node["tokenFile"], at + ".tokenFile");
    entry.as = text(node["as"], at + ".as");
    entry.as_uid = text(node["as-uid"], at + ".as-uid");
    entry.as_groups = texts(node["as-groups"], at + ".as-groups");
    entry.username = text(node["username"], at + ".username");
    entry.password = Secret(text(node["password"], at + ".password"));
    if (const Node extra = node["as-user-extra"]; is_mapping(extra, at + ".as-user-extra")) {
      for (const Entry one : extra.entries()) {
        entry.as_extra[std::string(one.key.text())] = texts(one.value, at + ".as-user-extra");
      }
    }
    if (is_mapping(node["exec"], at + ".exec")) entry.plugin = plugin(node["exec"], at + ".exec");
    if (is_mapping(node["auth-provider"], at + ".auth-provider")) {
      const Node provider = node["auth-provider"];
      entry.auth_provider = {
          text(provider["name"], at + ".auth-provider.name"),
          Secret(text(provider["config"]["id-token"], at + ".auth-provider.config.id-token"))};
    }
    return entry;
  }

  PluginConfig plugin(Node node, const std::string& at) {
    known(node, at,
          {"command", "args", "env", "apiVersion", "installHint", "provideClusterInfo",
           "interactiveMode"});
    PluginConfig entry;
    entry.command = text(node["command"], at + ".command");
    entry.arguments = texts(node["args"], at + ".args");
    entry.api_version = text(node["apiVersion"], at + ".apiVersion");
    entry.install_hint = text(node["installHint"], at + ".installHint");
    entry.wants_cluster = boolean(node["provideClusterInfo"], at + ".provideClusterInfo");
    entry.interactive_mode = text(node["interactiveMode"], at + ".interactiveMode");
    // Only the newer version asks for it (client-go: tools/clientcmd/api/v1/defaults.go).
    if (entry.interactive_mode.empty() && entry.api_version.ends_with("/v1beta1")) {
      entry.interactive_mode = "IfAvailable";
    }
    if (is_list(node["env"], at + ".env")) {
      for (const Node one : node["env"].items()) {
        if (!is_mapping(one, at + ".env[]")) continue;
        known(one, at + ".env[]", {"name", "value"});
        entry.environment.emplace_back(text(one["name"], at + ".env[].name"),
                                       Secret(text(one["value"], at + ".env[].value")));
      }
    }
    return entry;
  }

  const Source& source_;
  KubeconfigRead& read_;
};

// The reader's own words, unless they repeat more of the text than one character.
std::string words_of(const Parsed& parsed) {
  const std::string& said = parsed.message;
  for (std::size_t open = said.find('`'); open != std::string::npos;) {
    const std::size_t close = said.find('`', open + 1);
    if (close == std::string::npos || close - open > 3) return "this is no YAML";
    open = said.find('`', close + 1);
  }
  return said;
}

void report_duplicates(const Parsed& parsed, KubeconfigReader& reader) {
  for (const DuplicateKey& duplicate : parsed.duplicates) {
    reader.warn(Node(parsed.document, duplicate.key).line(),
                "a key stands twice in one mapping: the last one holds");
  }
}

}  // namespace

KubeconfigRead read_kubeconfig(const Source& source) {
  KubeconfigRead read;
  KubeconfigReader reader(source, read);
  Arena arena;
  bool done = false;
  for (const Chunk& chunk : split(source.text)) {
    const Parsed parsed = parse(source, chunk, arena, Format::yaml, Reader::automatic, kLimits);
    // A file of nothing, or of comments, is a configuration of nothing.
    if (parsed.outcome == Parsed::Outcome::empty) continue;
    if (done) {
      reader.warn(chunk.first_line, "only the first document of a kubeconfig is read");
      break;
    }
    done = true;
    if (parsed.outcome != Parsed::Outcome::tree) {
      reader.refuse(parsed.line, parsed.column, words_of(parsed));
      continue;
    }
    report_duplicates(parsed, reader);
    reader.root(parsed.document->root());
  }
  return read;
}

}  // namespace meshcheck::live
