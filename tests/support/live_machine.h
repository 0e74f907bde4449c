// A machine to reach clusters from: a folder, an environment and a clock of the test's own.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "live/access.h"
#include "live/find_access.h"
#include "live/host.h"
#include "support/temporary_folder.h"

namespace meshcheck::test {

// Of the right shape; no certificate authority and no key.
inline constexpr std::string_view kCertificate =
    "-----BEGIN CERTIFICATE-----\nbm8gY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n";
inline constexpr std::string_view kOtherCertificate =
    "-----BEGIN CERTIFICATE-----\nYW5vdGhlciBvbmU=\n-----END CERTIFICATE-----\n";
inline constexpr std::string_view kKey =
    "-----BEGIN PRIVATE KEY-----\nc2VjcmV0LWtleQ==\n-----END PRIVATE KEY-----\n";

struct LiveMachine {
  TemporaryFolder folder;
  std::chrono::system_clock::time_point now =
      std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);
  std::vector<std::string> warned;
  live::Host host;

  LiveMachine() {
    host.working_directory = folder.path().string();
    host.service_account = folder / "serviceaccount";
    host.system_roots = folder / "roots.pem";
    host.environment = {"HOME=" + folder.path().string(), "PATH=/usr/bin:/bin"};
    host.clock = [this] { return now; };
    host.warn = [this](std::string sentence) { warned.push_back(std::move(sentence)); };
  }

  // An executable script of sh.
  std::string script(std::string_view name, const std::string& body) const {
    folder.write(name, "#!/bin/sh\n" + body);
    std::filesystem::permissions(folder.path() / name, std::filesystem::perms::owner_all);
    return folder / name;
  }
  // What kubectl would read without being told anything.
  void kubeconfig(std::string_view text) const {
    folder.write(".kube/config", text);
    std::filesystem::permissions(
        folder.path() / ".kube/config",
        std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  live::AccessFound find(const live::AccessFlags& flags = {}) const {
    return live::find_access(flags, host);
  }
};

// One server, one user whose fields are given, one context.
inline std::string kubeconfig_of(const std::string& user,
                                 const std::string& cluster = "server: https://127.0.0.1:6443") {
  return "apiVersion: v1\nkind: Config\ncurrent-context: here\n"
         "contexts: [{name: here, context: {cluster: c, user: u, namespace: shop}}]\n"
         "clusters: [{name: c, cluster: {" +
         cluster +
         "}}]\n"
         "users: [{name: u, user: {" +
         user + "}}]\n";
}

// The header that is sent now.
inline std::string authorization(const live::AccessFound& found) {
  if (!found.access) return "no access";
  const auto auth = found.access->credentials->current();
  return auth ? std::string(auth.value().authorization.reveal()) : auth.error().message;
}

// "source: message (hint)", one a line.
inline std::string told(const std::vector<Error>& errors) {
  std::string text;
  for (const Error& error : errors) {
    text += error.source + (error.source.empty() ? "" : ": ") + error.message;
    if (!error.hint.empty()) text += " (" + error.hint + ")";
    text += '\n';
  }
  return text;
}

}  // namespace meshcheck::test
