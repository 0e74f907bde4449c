// What the server answers to a request of somebody: the paths of Kubernetes' API.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "kubeapi/http.h"
#include "kubeapi/identity.h"
#include "kubeapi/istiods.h"
#include "kubeapi/rights.h"
#include "kubeapi/store.h"

namespace meshcheck::kubeapi {

// A path taken apart.
struct Route {
  enum class Kind : std::uint8_t { other, discovery, resource };
  Kind kind = Kind::other;
  std::vector<std::string> segments;  // decoded
  std::string group;
  std::string version;
  std::string name_space;
  std::string resource;
  std::string name;
  std::string subresource;
  std::string rest;  // of a proxy's path, with `/`
};
Route route_of(std::string_view path);

// An answer, or a connection to take over.
struct Outcome {
  Answer answer;
  std::string user;  // as which it was asked; empty: nobody known
  bool port_forward = false;
  std::optional<Istiod> istiod = std::nullopt;  // that the forwarding reaches
};

class Api {
 public:
  explicit Api(Options options);

  Store& store() { return store_; }
  Istiods& istiods() { return istiods_; }
  void enforce(std::string_view roles);
  void set_tokens(std::map<std::string, User> tokens);

  Outcome handle(const Head& head, const Shown& shown);

 private:
  struct Policy {
    Rights rights;
    std::map<std::string, User> tokens;
  };
  Policy policy() const;
  Answer answer(const Head& head, const Route& route);
  Answer resource(const Head& head, const Route& route);
  Answer proxy(const Route& route);
  bool may(const User& user, const Act& act, const Route& route, const Rights& rights) const;
  Outcome forward(const Head& head, const Route& route, const std::string& user);

  Options options_;
  Store store_;
  Istiods istiods_;
  mutable std::mutex mutex_;
  Policy policy_;
};

}  // namespace meshcheck::kubeapi
