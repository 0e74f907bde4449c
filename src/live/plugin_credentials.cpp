#include "live/plugin_credentials.h"

#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "live/plugin.h"
#include "live/standing_credentials.h"

namespace meshcheck::live {
namespace {

using Time = std::chrono::system_clock::time_point;

// A credential on its last seconds would expire on its way.
constexpr std::chrono::seconds kLeeway{10};
// How long one that came already expired is used before the plugin is asked again.
constexpr std::chrono::seconds kExpiredAge{30};

// Its own environment over ours over nothing; of duplicates the last holds, as in Go.
std::vector<std::string> environment_of(const Host& host, const PluginConfig& plugin,
                                        std::string information) {
  std::map<std::string, std::string, std::less<>> values;
  for (const std::string& entry : host.environment) {
    const std::size_t equals = entry.find('=');
    if (equals != std::string::npos) values[entry.substr(0, equals)] = entry.substr(equals + 1);
  }
  for (const auto& [name, value] : plugin.environment) values[name] = value.reveal();
  values["KUBERNETES_EXEC_INFO"] = std::move(information);
  std::vector<std::string> entries;
  entries.reserve(values.size());
  for (const auto& [name, value] : values) entries.push_back(fmt::format("{}={}", name, value));
  return entries;
}

class PluginCredentials : public Credentials {
 public:
  PluginCredentials(PluginRequest request, Host host, std::string path, bool interactive)
      : request_(std::move(request)),
        host_(std::move(host)),
        path_(std::move(path)),
        interactive_(interactive) {}

  Result<Auth> current() override {
    const std::scoped_lock lock(mutex_);
    if (!auth_ || is_due()) {
      if (auto error = ask()) return *std::move(error);
    }
    return *auth_;
  }

  Result<std::optional<Auth>> refresh(const Auth& failed) override {
    const std::scoped_lock lock(mutex_);
    if (!auth_ || failed.generation != auth_->generation) return auth_;
    // Once for each credential: a plugin that knows nothing newer is not asked over and over.
    if (refused_ == failed.generation) return std::optional<Auth>();
    refused_ = failed.generation;
    if (auto error = ask()) return *std::move(error);
    if (auth_->generation == failed.generation) return std::optional<Auth>();
    return auth_;
  }

 private:
  bool is_due() const {
    if (!expires_) return false;
    const Time now = host_.clock();
    if (expired_on_arrival_) return now - asked_ >= kExpiredAge;
    return now >= *expires_ - leeway_;
  }

  // Runs it, whoever else waits for the answer.
  std::optional<Error> ask() {
    if (failure_) return failure_;
    failure_ = run();
    if (failure_) failure_->source = request_.whose;
    return failure_;
  }

  std::optional<Error> run() {
    PluginCommand command;
    command.program = path_;
    command.arguments.push_back(request_.config.command);
    for (const std::string& argument : request_.config.arguments) {
      command.arguments.push_back(argument);
    }
    command.environment =
        environment_of(host_, request_.config,
                       plugin_information(request_.config, interactive_, request_.server,
                                          request_.cluster_config));
    command.keeps_stdin = interactive_;
    if (!interactive_) command.limit = request_.limit;
    PluginRun ran = request_.run(command);
    const Secret out(std::move(ran.out));
    if (auto error = judge(ran)) return error;
    auto answer = read_plugin_answer(out.reveal(), request_.config.api_version);
    if (!answer) {
      Error error = answer.error();
      error.message = fmt::format("{} ({})", error.message, visible(path_));
      return error;
    }
    take(std::move(answer).value());
    return std::nullopt;
  }

  std::optional<Error> judge(const PluginRun& run) const {
    const std::string path = visible(path_);
    switch (run.end) {
      case PluginRun::End::exited:
        if (run.status == 0) return std::nullopt;
        return fail("",
                    fmt::format("exec: executable {} failed with exit code {}", path, run.status),
                    "what it said stands above; sign in with it again");
      case PluginRun::End::signalled:
        return fail("", fmt::format("exec: executable {} was ended by signal {}", path, run.status),
                    "run it by hand to see what ends it");
      case PluginRun::End::timed_out:
        return fail("",
                    fmt::format("exec: executable {} did not answer within {} s", path,
                                std::chrono::duration<double>(request_.limit).count()),
                    "sign in with it in a terminal first");
      case PluginRun::End::too_large:
        return fail("", fmt::format("exec: executable {} printed more than 1 MiB", path),
                    "see that it is a credential plugin");
      case PluginRun::End::unstartable: break;
    }
    const std::string why = std::error_code(run.status, std::generic_category()).message();
    return fail("", fmt::format("exec: fork/exec {}: {}", path, why),
                run.status == EACCES ? "make it executable: chmod +x"
                                     : "see that it is a program for this machine");
  }

  void take(PluginAnswer answer) {
    Auth auth;
    if (!answer.token.empty()) auth.authorization = bearer(answer.token.reveal());
    auth.certificate_pem = std::move(answer.certificate_pem);
    auth.key_pem = std::move(answer.key_pem);
    const bool news = !auth_ || auth.authorization.reveal() != auth_->authorization.reveal() ||
                      auth.certificate_pem != auth_->certificate_pem ||
                      auth.key_pem.reveal() != auth_->key_pem.reveal();
    auth.generation = auth_ ? auth_->generation + (news ? 1U : 0U) : 1;
    auth_ = std::move(auth);
    asked_ = host_.clock();
    expires_ = answer.expires;
    expired_on_arrival_ = expires_ && *expires_ <= asked_;
    // What lives for seconds only is used to its end.
    leeway_ = expires_ && *expires_ - asked_ < 2 * kLeeway ? std::chrono::seconds(0) : kLeeway;
    if (!expired_on_arrival_ || warned_ || !host_.warn) return;
    warned_ = true;
    host_.warn(fmt::format(
        "the credential of the exec plugin {} had expired when it came: the clock of this machine "
        "may be wrong, or the plugin keeps old ones",
        visible(path_)));
  }

  std::mutex mutex_;
  PluginRequest request_;
  Host host_;
  std::string path_;
  bool interactive_;
  std::optional<Auth> auth_;
  std::optional<Error> failure_;  // it is asked once, and not again by each request
  std::optional<Time> expires_;
  std::optional<std::uint64_t> refused_;
  Time asked_;
  std::chrono::seconds leeway_ = kLeeway;
  bool expired_on_arrival_ = false;
  bool warned_ = false;
};

}  // namespace

Result<std::shared_ptr<Credentials>> plugin_credentials(PluginRequest request, const Host& host) {
  const auto of = [&request](Error error) {
    error.source = request.whose;
    return error;
  };
  const auto interactive = may_prompt(request.config, host);
  if (!interactive) return of(interactive.error());
  auto path = resolve_plugin(request.config, host);
  if (!path) return of(path.error());
  return std::shared_ptr<Credentials>(std::make_shared<PluginCredentials>(
      std::move(request), host, std::move(path).value(), interactive.value()));
}

}  // namespace meshcheck::live
