// libcurl as it is opened at run time: linked in, it would cost every run more than the rest of the
// start. The only file that includes its headers.
#pragma once

#include <string>

#include <curl/curl.h>

#include "meshcheck/result.h"

namespace meshcheck::live {

// What we call, under libcurl's own names and with the types of its headers.
struct Curl {
  decltype(&curl_global_init) global_init = nullptr;
  decltype(&curl_version_info) version_info = nullptr;
  decltype(&curl_easy_init) easy_init = nullptr;
  decltype(&curl_easy_setopt) easy_setopt = nullptr;
  decltype(&curl_easy_perform) easy_perform = nullptr;
  decltype(&curl_easy_getinfo) easy_getinfo = nullptr;
  decltype(&curl_easy_reset) easy_reset = nullptr;
  decltype(&curl_easy_cleanup) easy_cleanup = nullptr;
  decltype(&curl_easy_strerror) easy_strerror = nullptr;
  decltype(&curl_easy_send) easy_send = nullptr;
  decltype(&curl_easy_recv) easy_recv = nullptr;
};

// Opens `library`, for the rest of the process. An Error where it is not there, is too old, or is
// of another flavour than OpenSSL's: that one accepts a client certificate given in memory, ignores
// it, and asks anonymously.
Result<Curl> open_curl(const std::string& library);

}  // namespace meshcheck::live
