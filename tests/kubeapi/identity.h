// Who a request is from: client certificate, token, impersonation.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "kubeapi/http.h"
#include "kubeapi/rights.h"
#include "kubeapi/server.h"

namespace meshcheck::kubeapi {

// What a connection has proven; nothing where no certificate was shown.
struct Shown {
  std::optional<User> user;  // of a certificate
  bool valid = false;
};

// nullopt: 401.
std::optional<User> authenticate(const Head& head, const Shown& shown, const Options& options,
                                 const std::map<std::string, User>& tokens);

// Whom the request wants to be taken for; nullopt: it does not say.
std::optional<User> impersonated(const Head& head);
// What that needs rights to.
std::vector<Act> impersonation_acts(const User& wanted);

}  // namespace meshcheck::kubeapi
