// Generated lists of kubeconfigs, read by us and by kubectl: the same configuration comes out.
#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "live/base64.h"
#include "live/credential_file.h"
#include "live/kubeconfig_files.h"
#include "live/selection.h"
#include "support/live_machine.h"
#include "support/shell.h"

namespace fs = std::filesystem;
using namespace meshcheck;
using nlohmann::json;
using test::LiveMachine;

namespace {

std::vector<std::string> kubectls() {
  std::vector<std::string> found;
  for (const char* version : {"1.27", "1.30", "1.33"}) {
    const std::string path = std::string("/usr/lib/google-cloud-sdk/bin/kubectl.") + version;
    if (fs::exists(path)) found.push_back(path);
  }
  if (found.empty() && test::shell("kubectl config view 2>/dev/null").status == 0) {
    found.emplace_back("kubectl");
  }
  return found;
}

std::string file(const std::string& path) {
  const auto text = live::read_credential(path, "");
  REQUIRE(text);
  return std::string(text.value().reveal());
}

void put(json& into, const char* key, const std::string& text) {
  if (!text.empty()) into[key] = text;
}

// As kubectl writes it with --flatten: what stands in files is moved in.
json cluster_json(const live::ClusterEntry& cluster) {
  json out = json::object();
  out["server"] = cluster.server;
  put(out, "tls-server-name", cluster.tls_server_name);
  if (cluster.insecure) out["insecure-skip-tls-verify"] = true;
  const std::string ca = cluster.ca_file.empty() ? cluster.ca_pem : file(cluster.ca_file);
  put(out, "certificate-authority-data", live::encode_base64(ca));
  put(out, "proxy-url", cluster.proxy_url);
  if (cluster.disable_compression) out["disable-compression"] = true;
  return out;
}

json plugin_json(const live::PluginConfig& plugin) {
  json out;
  out["apiVersion"] = plugin.api_version;
  out["command"] = plugin.command;
  out["args"] = plugin.arguments.empty() ? json() : json(plugin.arguments);
  out["env"] = nullptr;
  for (const auto& [name, value] : plugin.environment) {
    if (out["env"].is_null()) out["env"] = json::array();
    out["env"].push_back({{"name", name}, {"value", std::string(value.reveal())}});
  }
  put(out, "installHint", plugin.install_hint);
  put(out, "interactiveMode", plugin.interactive_mode);
  out["provideClusterInfo"] = plugin.wants_cluster;
  return out;
}

json user_json(const live::UserEntry& user) {
  json out = json::object();
  const auto pem = [&out](const char* key, const std::string& path, std::string_view data) {
    put(out, key, live::encode_base64(path.empty() ? std::string(data) : file(path)));
  };
  pem("client-certificate-data", user.certificate_file, user.certificate_pem);
  pem("client-key-data", user.key_file, user.key_pem.reveal());
  put(out, "token", std::string(user.token.reveal()));
  put(out, "tokenFile", user.token_file);
  put(out, "as", user.as);
  put(out, "as-uid", user.as_uid);
  if (!user.as_groups.empty()) out["as-groups"] = user.as_groups;
  if (!user.as_extra.empty()) out["as-user-extra"] = user.as_extra;
  put(out, "username", user.username);
  put(out, "password", std::string(user.password.reveal()));
  if (user.plugin) out["exec"] = plugin_json(*user.plugin);
  return out;
}

json context_json(const live::ContextEntry& context) {
  json out = {{"cluster", context.cluster}, {"user", context.user}};
  put(out, "namespace", context.name_space);
  return out;
}

template <class Value, class Write>
json list(const std::map<std::string, Value>& entries, const char* key, const Write& write) {
  json out;
  for (const auto& [name, value] : entries) {
    if (out.is_null()) out = json::array();
    out.push_back({{"name", name}, {key, write(value)}});
  }
  return out;
}

json config_json(const live::Kubeconfig& config) {
  return {{"clusters", list(config.clusters, "cluster", cluster_json)},
          {"users", list(config.users, "user", user_json)},
          {"contexts", list(config.contexts, "context", context_json)},
          {"current-context", config.current_context}};
}

// Kubectl shows these paths as they are written, and makes them absolute when it uses them.
json without_folders(json users) {
  const auto cut = [](json& path) { path = fs::path(path.get<std::string>()).filename().string(); };
  for (json& user : users) {
    json& entry = user["user"];
    if (entry.contains("tokenFile")) cut(entry["tokenFile"]);
    if (entry.contains("exec")) cut(entry["exec"]["command"]);
  }
  return users;
}

// Files that overlap in names, with what people and tools write into them.
class Generator {
 public:
  Generator(const LiveMachine& machine, std::uint32_t seed) : machine_(machine), random_(seed) {}

  // The value of KUBECONFIG.
  std::string files() {
    for (const char* folder : {"", "a/", "a/deep/"}) {
      machine_.folder.write(std::string(folder) + "ca.pem", std::string("ca of ") + folder);
      machine_.folder.write(std::string(folder) + "tls/cert.pem", std::string("cert ") + folder);
      machine_.folder.write(std::string(folder) + "tls/key.pem", std::string("key ") + folder);
    }
    std::string names;
    const int count = 1 + pick(4);
    for (int i = 0; i < count; ++i) {
      const std::string name = one_of({"a/", "a/deep/", "", ""}) + "config" + std::to_string(i);
      if (!chance(6)) machine_.folder.write(name, text());
      names += (i == 0 ? "" : ":") + (chance(3) ? machine_.folder / name : name);
      if (chance(5)) names += ":";
      if (chance(5)) names += ":" + name;
    }
    return names;
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<std::uint32_t>(below)); }
  bool chance(int in) { return pick(in) == 0; }
  std::string one_of(std::vector<std::string> choices) {
    return choices[static_cast<std::size_t>(pick(static_cast<int>(choices.size())))];
  }

  json cluster() {
    json entry = {
        {"server", one_of({"https://one:6443", "http://two", "three", "https://f/k8s/c"})}};
    if (chance(3)) entry["certificate-authority"] = one_of({"ca.pem", "./ca.pem", "tls/../ca.pem"});
    if (chance(4) && !entry.contains("certificate-authority")) {
      entry["certificate-authority-data"] = "Y2EgZGF0YQ==";
    }
    if (chance(5)) entry["insecure-skip-tls-verify"] = !chance(3);
    if (chance(4)) entry["tls-server-name"] = "kube.example";
    if (chance(4)) entry["proxy-url"] = one_of({"socks5://p:1", "http://p:2"});
    if (chance(6)) entry["disable-compression"] = true;
    if (chance(6)) entry["serverr"] = "https://misspelt";
    return entry;
  }

  json user() {
    json entry = json::object();
    switch (pick(6)) {
      case 0: entry["token"] = one_of({"t1", "true", "12", "null", "a: b # c"}); break;
      case 1: entry["tokenFile"] = one_of({"token", "../token", "/run/token"}); break;
      case 2:
        entry["client-certificate"] = "tls/cert.pem";
        entry["client-key"] = "./tls/../tls/key.pem";
        break;
      case 3:
        entry["client-certificate-data"] = "Y2VydA==";
        entry["client-key-data"] = "a2V5";
        break;
      case 4:
        entry["username"] = "me";
        entry["password"] = "p'\"w\\d";
        break;
      default:
        entry["exec"] = {{"command", one_of({"aws", "./bin/login", "../login", "/opt/login"})},
                         {"apiVersion", one_of({"client.authentication.k8s.io/v1",
                                                "client.authentication.k8s.io/v1beta1"})},
                         {"args", {"--region", "eu 1"}}};
        if (chance(2)) entry["exec"]["interactiveMode"] = "Never";
        if (chance(2)) entry["exec"]["env"] = {{{"name", "A"}, {"value", "b"}}};
        if (chance(3)) entry["exec"]["provideClusterInfo"] = true;
        if (chance(3)) entry["exec"]["installHint"] = "get it\nthere";
    }
    if (chance(5)) {
      entry["as"] = "someone";
      entry["as-groups"] = {"g1", "g2"};
      entry["as-user-extra"] = {{"scopes", {"a", "b"}}};
    }
    return entry;
  }

  template <class Make>
  json entries(const char* key, const Make& make) {
    json out = json::array();
    for (const char* name : {"red", "blue", "7", "prod"}) {
      if (!chance(3)) out.push_back({{"name", name}, {key, make()}});
    }
    if (chance(12) && !out.empty()) out.push_back(out[0]);  // a name twice
    if (chance(15)) return json();
    return out;
  }

  json config() {
    json root = json::object();
    if (!chance(5)) root["apiVersion"] = "v1";
    if (!chance(5)) root["kind"] = "Config";
    if (chance(25)) root["kind"] = "Deployment";
    if (!chance(3)) root["current-context"] = one_of({"red", "blue", "7", "prod", "gone", ""});
    root["clusters"] = entries("cluster", [this] { return cluster(); });
    root["users"] = entries("user", [this] { return user(); });
    root["contexts"] = entries("context", [this] {
      json entry = {{"cluster", one_of({"red", "blue", "7"})}, {"user", one_of({"red", "prod"})}};
      if (chance(2)) entry["namespace"] = "shop";
      return entry;
    });
    if (chance(20)) root["clusters"] = "text";
    if (chance(30)) root["users"].push_back({{"name", "n"}, {"user", {{"token", 12}}}});
    return root;
  }

  // Block style, with every text quoted.
  static void write_yaml(const json& value, const std::string& indent, std::string& out) {
    for (const auto& [key, child] : value.items()) {
      const std::string head = value.is_array() ? "- " : json(key).dump() + ": ";
      if (child.empty() || !child.is_structured()) {
        out += indent + head + child.dump() + "\n";
      } else {
        out += indent + head + "\n";
        write_yaml(child, indent + "  ", out);
      }
    }
  }

  std::string text() {
    if (chance(10)) return one_of({"", "# nothing\n", "---\n", "\n\n"});
    if (chance(25)) return one_of({"[", "a: b: c", "- list\n", "word"});
    const json root = config();
    std::string out;
    switch (pick(4)) {
      case 0: out = root.dump(); break;
      case 1: out = root.dump(2) + "\n"; break;
      default: write_yaml(root, "", out);
    }
    if (chance(8)) out = "# mine\n---\n" + out;
    if (chance(8)) out = "\xEF\xBB\xBF" + out;
    if (chance(5)) {
      std::string lines;
      for (const char c : out) lines += c == '\n' ? "\r\n" : std::string(1, c);
      out = lines;
    }
    if (chance(8)) out += "\n---\ncurrent-context: second\n";
    return out;
  }

  const LiveMachine& machine_;
  std::mt19937 random_;
};

std::string run(const std::string& kubectl, const LiveMachine& machine, const std::string& names,
                const std::string& flags, bool& accepts) {
  const test::ShellRan ran =
      test::shell("cd " + test::shell_word(machine.folder.path().string()) +
                  " && HOME=$PWD KUBECONFIG=" + test::shell_word(names) + " " + kubectl +
                  " config view --raw --flatten -o json " + flags + " 2>err");
  accepts = ran.status == 0;
  return ran.out;
}

}  // namespace

TEST_CASE("kubectl reads generated lists of kubeconfigs as we do") {
  const auto programs = kubectls();
  if (programs.empty()) {
    WARN("no kubectl here: skipped");
    return;
  }
  int accepted = 0;
  int minified = 0;
  for (std::uint32_t seed = 0; seed < 72; ++seed) {
    LiveMachine machine;
    const std::string names = Generator(machine, seed).files();
    machine.host.environment.push_back("KUBECONFIG=" + names);
    const live::LoadedKubeconfigs ours = live::load_kubeconfigs("", machine.host);
    const std::string& kubectl = programs[seed % programs.size()];
    INFO("seed " << seed << " with " << kubectl << ", KUBECONFIG=" << names << "\n"
                 << test::shell("cd " + test::shell_word(machine.folder.path().string()) +
                                " && head -c 3000 config* a/config* a/deep/config* 2>/dev/null")
                        .out
                 << "\n"
                 << test::told(ours.errors));
    bool accepts = false;
    const std::string theirs = run(kubectl, machine, names, "", accepts);
    REQUIRE(ours.errors.empty() == accepts);
    if (!accepts) continue;
    ++accepted;
    json expected = json::parse(theirs);
    for (const char* key : {"kind", "apiVersion", "preferences"}) expected.erase(key);
    json read = config_json(ours.config);
    for (json* config : {&read, &expected}) {
      (*config)["users"] = without_folders((*config)["users"]);
    }
    REQUIRE(read == expected);

    std::vector<Error> errors;
    std::vector<std::string> warnings;
    const live::Selection chosen = live::select(ours, {}, machine.host, errors, warnings);
    const std::string minimal = run(kubectl, machine, names, "--minify", accepts);
    // It shows contexts without a cluster, which nobody can connect with, and none without a user,
    // with which one may.
    if (!accepts) CHECK_FALSE((errors.empty() && warnings.empty()));
    if (!accepts || !errors.empty()) continue;
    ++minified;
    const json shown = json::parse(minimal);
    CHECK(shown["current-context"] == chosen.context);
    CHECK(shown["clusters"][0]["cluster"] == cluster_json(chosen.cluster));
    if (!shown["users"].is_null()) {
      const json user = {{{"name", chosen.user_name}, {"user", user_json(chosen.user)}}};
      CHECK(without_folders(shown["users"]) == without_folders(user));
    }
  }
  CHECK(accepted > 20);
  CHECK(minified > 5);
}
