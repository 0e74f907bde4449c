#include "live/standing_credentials.h"

#include <chrono>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "live/base64.h"
#include "live/credential_file.h"
#include "meshcheck/ascii.h"

namespace meshcheck::live {
namespace {

using Time = std::chrono::system_clock::time_point;

// Client-go reads a token file each minute, and takes it for old ten seconds before that.
constexpr std::chrono::seconds kTokenAge{50};
// Files of certificates are asked for at each connection; a burst of them need not read each time.
constexpr std::chrono::seconds kCertificateAge{1};

bool same(const Secret& one, const Secret& other) { return one.reveal() == other.reveal(); }

Result<Secret> read_token(const std::string& path) {
  auto text = read_credential(path, "tokenFile");
  if (!text) return text.error();
  const std::string_view token = trimmed(text.value().reveal(), kWhiteSpace);
  if (token.empty()) {
    return fail("tokenFile", fmt::format("read empty token from file {}", path),
                "have whoever writes the file put a token into it");
  }
  if (!is_one_line(token)) {
    return fail("tokenFile", fmt::format("{} holds more than one line", path),
                "it must hold one token and nothing else");
  }
  return bearer(token);
}

struct Pair {
  std::string certificate;
  Secret key;
};

Error refuse_pair(const char* what, std::string message, std::string hint) {
  return fail(what, std::move(message), std::move(hint));
}

Result<Pair> read_pair(const UserEntry& user) {
  Pair pair{user.certificate_pem, user.key_pem};
  if (!user.certificate_file.empty()) {
    const auto text = read_credential(user.certificate_file, "client-certificate");
    if (!text) return text.error();
    pair.certificate = std::string(text.value().reveal());
  }
  if (!user.key_file.empty()) {
    auto text = read_credential(user.key_file, "client-key");
    if (!text) return text.error();
    pair.key = std::move(text).value();
  }
  if (pair.certificate.empty()) return Pair{};
  if (!holds_pem(pair.certificate, "CERTIFICATE")) {
    return refuse_pair("client-certificate", "failed parsing client certificate: it is no PEM",
                       "it must begin with -----BEGIN CERTIFICATE-----");
  }
  if (is_encrypted_key(pair.key.reveal())) {
    return refuse_pair("client-key", "the client key is protected by a passphrase",
                       "nobody can be asked for it: write the key without one");
  }
  if (!holds_pem(pair.key.reveal(), "PRIVATE KEY")) {
    return refuse_pair("client-key", "failed parsing client key: it is no PEM",
                       "it must begin with -----BEGIN PRIVATE KEY-----");
  }
  return pair;
}

class StandingCredentials : public Credentials {
 public:
  StandingCredentials(UserEntry user, Host host) : user_(std::move(user)), host_(std::move(host)) {}

  // The first time. An error here is one of the configuration.
  std::optional<Error> start() {
    auto pair = read_pair(user_);
    if (!pair) return pair.error();
    auth_.certificate_pem = std::move(pair.value().certificate);
    auth_.key_pem = std::move(pair.value().key);
    if (!user_.username.empty() || !user_.password.empty()) {
      Secret both(fmt::format("{}:{}", user_.username, user_.password.reveal()));
      auth_.authorization = Secret("Basic " + encode_base64(both.reveal()));
    }
    if (!user_.token.empty()) auth_.authorization = bearer(user_.token.reveal());
    token_read_ = pair_read_ = host_.clock();
    if (user_.token_file.empty()) return std::nullopt;
    auto token = read_token(user_.token_file);
    // The file holds the newer one, but where there is a token as well that will do.
    if (token) {
      auth_.authorization = std::move(token).value();
    } else if (user_.token.empty()) {
      return token.error();
    }
    return std::nullopt;
  }

  Result<Auth> current() override {
    const std::scoped_lock lock(mutex_);
    const Time now = host_.clock();
    if (!user_.token_file.empty() && now - token_read_ >= kTokenAge) reread_token(now);
    const bool files = !user_.certificate_file.empty() || !user_.key_file.empty();
    if (files && now - pair_read_ >= kCertificateAge) reread_pair(now);
    return auth_;
  }

  Result<std::optional<Auth>> refresh(const Auth& failed) override {
    const std::scoped_lock lock(mutex_);
    if (failed.generation == auth_.generation) {
      const Time now = host_.clock();
      if (!user_.token_file.empty()) reread_token(now);
      if (!user_.certificate_file.empty() || !user_.key_file.empty()) reread_pair(now);
    }
    if (failed.generation == auth_.generation) return std::optional<Auth>();
    return std::optional<Auth>(auth_);
  }

 private:
  void reread_token(Time now) {
    token_read_ = now;
    auto token = read_token(user_.token_file);
    if (!token) return keep_old(token.error());
    if (same(token.value(), auth_.authorization)) return;
    auth_.authorization = std::move(token).value();
    ++auth_.generation;
  }

  // Whoever writes both files writes one before the other: a pair that does not fit is met with the
  // old one, which the server still takes.
  void reread_pair(Time now) {
    pair_read_ = now;
    auto pair = read_pair(user_);
    if (!pair) return keep_old(pair.error());
    if (pair.value().certificate == auth_.certificate_pem &&
        same(pair.value().key, auth_.key_pem)) {
      return;
    }
    auth_.certificate_pem = std::move(pair.value().certificate);
    auth_.key_pem = std::move(pair.value().key);
    ++auth_.generation;
  }

  void keep_old(const Error& error) {
    if (!host_.warn || warned_) return;
    warned_ = true;
    host_.warn(fmt::format("{}: {}: what was read before is used", error.source, error.message));
  }

  std::mutex mutex_;
  UserEntry user_;
  Host host_;
  Auth auth_;
  Time token_read_;
  Time pair_read_;
  bool warned_ = false;
};

}  // namespace

Secret bearer(std::string_view token) { return Secret(fmt::format("Bearer {}", token)); }

Result<std::shared_ptr<Credentials>> standing_credentials(const UserEntry& user, const Host& host) {
  auto credentials = std::make_shared<StandingCredentials>(user, host);
  if (auto error = credentials->start()) return *std::move(error);
  return std::shared_ptr<Credentials>(std::move(credentials));
}

}  // namespace meshcheck::live
