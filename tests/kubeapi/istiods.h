// Fake istiods: what port 15014 answers to whom.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kubeapi/http.h"
#include "kubeapi/server.h"

namespace meshcheck::kubeapi {

// From where istiod sees a caller come.
enum class Caller : std::uint8_t { afar, loopback };

class Istiods {
 public:
  void add(Istiod istiod);  // replaces the one of its namespace and pod

  std::optional<Istiod> of_pod(std::string_view name_space, std::string_view pod) const;
  // The next in turn of a service.
  std::optional<Istiod> of_service(std::string_view name_space, std::string_view service);
  Answer answer(const Istiod& istiod, std::string_view path, Caller caller);

 private:
  mutable std::mutex mutex_;
  std::vector<Istiod> istiods_;
  std::map<std::string, std::size_t> turns_;  // of services and of syncz
};

// "name", "name:port", "scheme:name:port" of a path to a proxy.
struct ProxyTarget {
  std::string scheme;
  std::string name;
  std::string port;
};
ProxyTarget proxy_target(std::string_view id);

}  // namespace meshcheck::kubeapi
