#include "support/live.h"

#include <stdexcept>
#include <utility>

namespace meshcheck::test {

live::Auth Tokens::auth(std::size_t generation) const {
  live::Auth auth;
  if (!tokens_.empty()) auth.authorization = live::Secret("Bearer " + tokens_[generation]);
  auth.certificate_pem = identity_.certificate_pem;
  auth.key_pem = live::Secret(identity_.key_pem);
  auth.generation = generation;
  return auth;
}

Result<live::Auth> Tokens::current() {
  const std::scoped_lock lock(mutex_);
  return auth(generation_);
}

Result<std::optional<live::Auth>> Tokens::refresh(const live::Auth& failed) {
  const std::scoped_lock lock(mutex_);
  ++refreshes_;
  if (failed.generation == generation_) {
    if (generation_ + 1 >= tokens_.size()) return std::optional<live::Auth>();
    ++generation_;
  }
  return std::optional(auth(generation_));
}

live::Pace FakeTime::pace() {
  live::Pace pace;
  pace.now = [this] { return std::chrono::steady_clock::time_point(slept()); };
  pace.sleep = [this](std::chrono::milliseconds time) { slept_ += time.count(); };
  pace.random = [] { return 0.5; };
  return pace;
}

live::Access access_to(const kubeapi::Server& server,
                       std::shared_ptr<live::Credentials> credentials) {
  live::Access access;
  access.context = "test";
  access.server.url = server.url();
  access.server.ca_pem = server.ca_pem();
  access.credentials = std::move(credentials);
  return access;
}

live::Client& Connected::client() {
  if (client_ == nullptr) {
    transport.cancel = options.cancel;
    auto opened = live::open_transport(access, transport);
    if (!opened) throw std::runtime_error(opened.error().message);
    client_ = std::make_unique<live::Client>(std::move(*opened), access.credentials, options,
                                             time.pace());
  }
  return *client_;
}

}  // namespace meshcheck::test
