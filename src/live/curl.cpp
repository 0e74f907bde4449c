#include "live/curl.h"

#include <cstdlib>
#include <dlfcn.h>
#include <string_view>

#include <fmt/format.h>

namespace meshcheck::live {

namespace {

constexpr const char* kInstall =
    "install libcurl of the OpenSSL flavour: `libcurl4` on Debian and Ubuntu, `libcurl` on Fedora "
    "and "
    "Alpine";
constexpr unsigned kOldest = 0x074D00;  // 7.77.0: certificate authorities from memory

template <class Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

bool find_all(void* library, Curl& curl) {
  return find(library, "curl_global_init", curl.global_init) &&
         find(library, "curl_version_info", curl.version_info) &&
         find(library, "curl_easy_init", curl.easy_init) &&
         find(library, "curl_easy_setopt", curl.easy_setopt) &&
         find(library, "curl_easy_perform", curl.easy_perform) &&
         find(library, "curl_easy_getinfo", curl.easy_getinfo) &&
         find(library, "curl_easy_reset", curl.easy_reset) &&
         find(library, "curl_easy_cleanup", curl.easy_cleanup) &&
         find(library, "curl_easy_strerror", curl.easy_strerror) &&
         find(library, "curl_easy_send", curl.easy_send) &&
         find(library, "curl_easy_recv", curl.easy_recv);
}

}  // namespace

Result<Curl> open_curl(const std::string& library) {
  // libcurl would write the keys of every connection to that file, for everybody to read.
  unsetenv("SSLKEYLOGFILE");
  // Never closed: OpenSSL has functions that run at exit.
  void* const opened = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (opened == nullptr) {
    return fail(library, "reading a cluster needs libcurl, which cannot be opened", kInstall);
  }
  Curl curl;
  if (!find_all(opened, curl)) return fail(library, "is not libcurl 7.77 or later", kInstall);
  const curl_version_info_data* version = curl.version_info(CURLVERSION_NOW);
  if (version->version_num < kOldest) {
    return fail(library, fmt::format("libcurl {} is older than 7.77", version->version), kInstall);
  }
  const std::string_view tls = version->ssl_version == nullptr ? "" : version->ssl_version;
  if (!tls.starts_with("OpenSSL/")) {
    return fail(library,
                fmt::format("libcurl speaks TLS by `{}`, which drops client certificates given in "
                            "memory; only OpenSSL will do",
                            tls),
                kInstall);
  }
  if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return fail(library, "libcurl cannot be initialised");
  }
  return curl;
}

}  // namespace meshcheck::live
