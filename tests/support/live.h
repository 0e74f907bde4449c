// A client of the tests' API server: with a time that does not pass by itself, and credentials that
// a test hands out.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "kubeapi/server.h"
#include "live/access.h"
#include "live/client.h"

namespace meshcheck::test {

// Tokens, one after the other: each refresh() gives the next.
class Tokens final : public live::Credentials {
 public:
  explicit Tokens(std::vector<std::string> tokens) : tokens_(std::move(tokens)) {}

  Result<live::Auth> current() override;
  Result<std::optional<live::Auth>> refresh(const live::Auth& failed) override;
  // Of the client certificate that goes along.
  void set_identity(const kubeapi::Identity& identity) { identity_ = identity; }
  int refreshes() const { return refreshes_; }

 private:
  live::Auth auth(std::size_t generation) const;

  std::mutex mutex_;
  std::vector<std::string> tokens_;  // empty: no token at all
  kubeapi::Identity identity_;
  std::size_t generation_ = 0;
  std::atomic<int> refreshes_ = 0;
};

// A time of its own: sleeping is what makes it pass.
class FakeTime {
 public:
  live::Pace pace();
  std::chrono::milliseconds slept() const { return std::chrono::milliseconds(slept_.load()); }

 private:
  std::atomic<long> slept_ = 0;
};

live::Access access_to(const kubeapi::Server& server,
                       std::shared_ptr<live::Credentials> credentials);

// A client as the server's administrator, with what a test may change before it is made.
struct Connected {
  explicit Connected(const kubeapi::Server& server) : access(access_to(server, tokens)) {}

  // Throws where there is no libcurl.
  live::Client& client();

  std::shared_ptr<Tokens> tokens = std::make_shared<Tokens>(std::vector<std::string>{"letmein"});
  live::Access access;
  live::ClientOptions options;
  live::TransportOptions transport;
  FakeTime time;

 private:
  std::unique_ptr<live::Client> client_;
};

inline const live::ApiResource kPods{"", "v1", "pods", "Pod", true};
inline const live::ApiResource kServices{"", "v1", "services", "Service", true};
inline const live::ApiResource kNamespaces{"", "v1", "namespaces", "Namespace", false};
inline const live::ApiResource kConfigMaps{"", "v1", "configmaps", "ConfigMap", true};

}  // namespace meshcheck::test
