#include "live/caller.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "live/status.h"

namespace meshcheck::live {

namespace {

constexpr std::chrono::milliseconds kSlice{100};
constexpr std::chrono::seconds kFirstContact{15};  // where the user gives no time
constexpr int kTriesAfterTimeout = 3;              // each has cost its whole time already

std::string hint_of_status(int status) {
  if (status >= 500) {
    return "the API server, or a proxy before it, is in trouble: `kubectl get --raw /readyz`";
  }
  if (status >= 300 && status < 400) return "name the server that it redirects to as `server`";
  if (status == 200) {
    return "something else answers, a proxy or a page to log in: check `server` and `proxy-url`";
  }
  return {};
}

std::string hint_of(const Asked& asked) {
  if (!asked.hint.empty()) return asked.hint;
  if (!asked.answer.hint.empty()) return asked.answer.hint;
  switch (asked.answer.failure) {
    case Failure::unreachable:
      return "check `server` and `proxy-url` of the cluster, and the network: a VPN, a firewall";
    case Failure::distrusted:
      return "check `certificate-authority`, `tls-server-name` and `server` of the cluster";
    case Failure::identity: return "check `client-certificate` and `client-key` of the user";
    case Failure::timed_out: return "try a longer `--request-timeout`";
    default: break;
  }
  if (asked.verdict == Verdict::unauthorized) {
    return "log in anew: `kubectl get namespaces` with the same context tells whether that is "
           "needed";
  }
  return hint_of_status(asked.answer.status);
}

int tries_after(Failure failure, const Patience& patience) {
  if (failure != Failure::timed_out) return patience.tries;
  return patience.first_contact ? 1 : std::min(patience.tries, kTriesAfterTimeout);
}

}  // namespace

Caller::Caller(std::unique_ptr<Transport> transport, std::shared_ptr<Credentials> credentials,
               ClientOptions options, Pace pace)
    : transport_(std::move(transport)),
      credentials_(std::move(credentials)),
      options_(options),
      pace_(std::move(pace)),
      limit_(options_.parallel) {}

std::optional<std::string> Caller::ended() const {
  if (options_.cancel != nullptr && options_.cancel->load()) return "interrupted";
  if (options_.deadline && pace_.now() >= *options_.deadline) return "out of time";
  const std::scoped_lock lock(mutex_);
  if (!fatal_.empty()) return fatal_;
  return std::nullopt;
}

std::chrono::milliseconds Caller::time_left() const {
  auto time = options_.request_timeout;
  if (!options_.deadline) return time;
  const auto left =
      std::max(std::chrono::ceil<std::chrono::milliseconds>(*options_.deadline - pace_.now()),
               std::chrono::milliseconds{1});
  return time.count() == 0 ? left : std::min(time, left);
}

void Caller::wait(std::chrono::milliseconds time) const {
  while (time.count() > 0 && !ended()) {
    const auto slice = std::min(time, kSlice);
    pace_.sleep(slice);
    time -= slice;
  }
}

Result<Auth> Caller::current_auth() {
  if (credentials_ == nullptr) return Auth{};
  return credentials_->current();
}

Result<bool> Caller::renew(const Auth& failed) {
  if (credentials_ == nullptr) return false;
  auto newer = credentials_->refresh(failed);
  if (!newer) return newer.error();
  return newer->has_value();
}

Asked Caller::stop(Asked asked) {
  const std::scoped_lock lock(mutex_);
  if (fatal_.empty()) fatal_ = asked.problem;
  return asked;
}

Asked Caller::attempt(const Request& request, const Auth& auth, std::string& body,
                      const WholeFn& whole) {
  Asked asked;
  limit_.acquire();
  if (auto why = ended()) {
    limit_.release(false);
    asked.problem = *std::move(why);
    return asked;
  }
  asked.answer = transport_->get(request, auth, body);
  limit_.release(asked.answer.status == 429);
  Expected expected;
  expected.json = whole != nullptr;
  const bool complete = asked.answer.failure == Failure::none && asked.answer.status == 200;
  expected.whole = complete && expected.json ? whole(body) : true;
  asked.verdict = judge(asked.answer, expected);
  if (asked.verdict != Verdict::usable) asked.problem = describe(asked.answer, body);
  return asked;
}

// The time that one request has.
std::chrono::milliseconds Caller::time_for(const Patience& patience) const {
  const auto time = time_left();
  if (!patience.first_contact || options_.request_timeout.count() != 0) return time;
  return time.count() == 0 ? kFirstContact
                           : std::min<std::chrono::milliseconds>(time, kFirstContact);
}

// One attempt, and another one where a 401 brings a newer credential.
Asked Caller::authorized(Request& request, std::string& body, const Patience& patience,
                         const WholeFn& whole, bool& may_renew) {
  for (;;) {
    request.timeout = time_for(patience);
    const auto auth = current_auth();
    if (!auth) return stop({Verdict::fatal, {}, auth.error().message, auth.error().hint});
    Asked asked = attempt(request, *auth, body, whole);
    if (asked.verdict == Verdict::fatal) return stop(std::move(asked));
    if (asked.verdict != Verdict::unauthorized) return asked;
    if (patience.proxied && !read_status(body)) return asked;
    if (!std::exchange(may_renew, false)) return stop(std::move(asked));
    const auto newer = renew(*auth);
    if (!newer) {
      return stop({Verdict::unauthorized, asked.answer, newer.error().message, newer.error().hint});
    }
    if (!*newer) return stop(std::move(asked));
  }
}

Asked Caller::ask(Request request, std::string& body, Patience& patience, const WholeFn& whole) {
  bool may_renew = true;
  for (int tries = 1;; ++tries) {
    Asked asked = authorized(request, body, patience, whole, may_renew);
    const bool split = patience.splits && asked.verdict == Verdict::smaller;
    if (!may_repeat(asked.verdict) || split) return asked;
    if (tries >= tries_after(asked.answer.failure, patience)) {
      if (tries > 1) asked.problem += fmt::format(" ({} tries)", tries);
      return asked;
    }
    if (!wait_for(asked, body, tries, patience)) return asked;
  }
}

// Waits before another try; false where that would take too long, which `asked` then says.
bool Caller::wait_for(Asked& asked, std::string_view body, int tries, Patience& patience) const {
  const auto status = asked.answer.failure == Failure::none ? read_status(body) : std::nullopt;
  const auto asked_for = retry_after(asked.answer, status ? status->retry_after_seconds : 0);
  if (asked_for && *asked_for > kMostRetryAfter) {
    asked.problem += fmt::format("; it asks to come back after {} s", asked_for->count());
    return false;
  }
  const auto time = backoff(tries, asked_for, pace_.random());
  if (time > patience.waiting) {
    asked.problem += fmt::format(
        "; gave up after waiting {} s in all",
        std::chrono::duration_cast<std::chrono::seconds>(kMostWaiting - patience.waiting).count());
    return false;
  }
  patience.waiting -= time;
  wait(time);
  return true;
}

Error Caller::error_of(std::string_view what, const Asked& asked) const {
  return fail(transport_->name(), fmt::format("{}: {}", what, asked.problem), hint_of(asked));
}

}  // namespace meshcheck::live
