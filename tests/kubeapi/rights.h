// Who may do what: the roles of rbac.authorization.k8s.io, as the API server judges them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kubeapi/objects.h"
#include "kubeapi/server.h"

namespace meshcheck::kubeapi {

// What somebody wants to do.
struct Act {
  std::string verb;
  std::string group;
  std::string resource;
  std::string subresource;
  std::string name;
  std::string name_space;
  std::string path;  // of what is no resource; the others are empty then
};

class Rights {
 public:
  Rights() = default;  // everybody may do everything
  // Only what these objects grant.
  explicit Rights(const std::vector<Json>& objects);

  bool allow(const User& user, const Act& act) const;

 private:
  struct Grant {
    Json rules;
    std::vector<Json> subjects;
    std::string name_space;  // empty: the whole cluster
  };

  bool limited_ = false;
  std::vector<Grant> grants_;
};

// "pods is forbidden: User …", as the API server says it.
std::string refusal(const User& user, const Act& act);

}  // namespace meshcheck::kubeapi
