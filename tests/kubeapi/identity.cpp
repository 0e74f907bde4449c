#include "kubeapi/identity.h"

namespace meshcheck::kubeapi {
namespace {

constexpr std::string_view kBearer = "Bearer ";

User authenticated(User user) {
  user.groups.emplace_back("system:authenticated");
  return user;
}

}  // namespace

std::optional<User> authenticate(const Head& head, const Shown& shown, const Options& options,
                                 const std::map<std::string, User>& tokens) {
  if (shown.user && shown.valid) return authenticated(*shown.user);
  if (shown.user) return std::nullopt;
  const std::string_view authorization = head.header("Authorization");
  if (authorization.empty()) {
    if (!options.unnamed.name.empty()) return options.unnamed;
    if (!options.anonymous) return std::nullopt;
    return User{"system:anonymous", {"system:unauthenticated"}};
  }
  if (!authorization.starts_with(kBearer)) return std::nullopt;
  const auto found = tokens.find(std::string(authorization.substr(kBearer.size())));
  if (found == tokens.end()) return std::nullopt;
  return authenticated(found->second);
}

std::optional<User> impersonated(const Head& head) {
  const std::string_view name = head.header("Impersonate-User");
  if (name.empty()) return std::nullopt;
  User user{std::string(name), {}};
  for (const auto& [key, value] : head.headers) {
    if (same_text_ignoring_case(key, "Impersonate-Group")) user.groups.push_back(value);
  }
  return user;
}

std::vector<Act> impersonation_acts(const User& wanted) {
  std::vector<Act> acts;
  const auto add = [&](const char* resource, const std::string& name) {
    Act act;
    act.verb = "impersonate";
    act.resource = resource;
    act.name = name;
    acts.push_back(std::move(act));
  };
  add("users", wanted.name);
  for (const std::string& group : wanted.groups) add("groups", group);
  return acts;
}

}  // namespace meshcheck::kubeapi
