#include "live/in_cluster.h"

#include <sys/stat.h>

#include <fmt/format.h>

#include "input/file_bytes.h"
#include "live/credential_file.h"
#include "meshcheck/ascii.h"

namespace meshcheck::live {
namespace {

bool is_file(const std::string& path) {
  struct stat status = {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISDIR(status.st_mode);
}

std::string name_space(const Host& host) {
  if (const auto name = variable(host, "POD_NAMESPACE"); name && !name->empty()) {
    return std::string(*name);
  }
  const std::string path = host.service_account + "/namespace";
  const auto bytes = FileBytes::read(path, path);
  return bytes ? std::string(trimmed(bytes.value().text(), kWhiteSpace)) : std::string();
}

}  // namespace

std::optional<InCluster> in_cluster(const Host& host) {
  const std::string address(variable(host, "KUBERNETES_SERVICE_HOST").value_or(""));
  const std::string port(variable(host, "KUBERNETES_SERVICE_PORT").value_or(""));
  InCluster found;
  found.token_file = host.service_account + "/token";
  if (address.empty() || port.empty() || !is_file(found.token_file)) return std::nullopt;
  const bool is_ipv6 = address.find(':') != std::string::npos;
  found.server = is_ipv6 ? fmt::format("https://[{}]:{}", address, port)
                         : fmt::format("https://{}:{}", address, port);
  found.ca_file = host.service_account + "/ca.crt";
  found.name_space = name_space(host);
  return found;
}

}  // namespace meshcheck::live
