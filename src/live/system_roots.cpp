#include "live/system_roots.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "live/credential_file.h"

namespace meshcheck::live {
namespace {

namespace fs = std::filesystem;

void append(const std::string& path, std::string& roots) {
  const auto text = read_credential(path, "");
  if (!text || !holds_pem(text.value().reveal(), "CERTIFICATE")) return;
  roots += text.value().reveal();
  roots += '\n';
}

void append_folder(const std::string& folder, std::string& roots) {
  std::error_code failure;
  std::vector<std::string> files;
  for (auto at = fs::directory_iterator(folder, failure);
       !failure && at != fs::directory_iterator(); at.increment(failure)) {
    if (at->is_regular_file(failure)) files.push_back(at->path().string());
  }
  std::ranges::sort(files);
  for (const std::string& file : files) append(file, roots);
}

}  // namespace

Result<std::string> roots_of_environment(const Host& host) {
  const std::string_view file = variable(host, "SSL_CERT_FILE").value_or("");
  std::string_view folders = variable(host, "SSL_CERT_DIR").value_or("");
  std::string roots;
  if (file.empty() && folders.empty()) return roots;
  append(file.empty() ? host.system_roots : path_from(host.working_directory, std::string(file)),
         roots);
  if (folders.empty()) append(host.system_roots, roots);
  while (!folders.empty()) {
    const std::size_t colon = std::min(folders.find(':'), folders.size());
    append_folder(path_from(host.working_directory, std::string(folders.substr(0, colon))), roots);
    folders.remove_prefix(std::min(colon + 1, folders.size()));
  }
  if (!roots.empty()) return roots;
  return fail(file.empty() ? "SSL_CERT_DIR" : "SSL_CERT_FILE", "names no readable certificate",
              "name a file of PEM certificates, or unset it");
}

}  // namespace meshcheck::live
