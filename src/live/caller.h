// Sends one request as often as that helps: waits, renews credentials, keeps to the limits of time
// and load.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "live/access.h"
#include "live/client.h"
#include "live/request_limit.h"
#include "live/retry.h"
#include "live/transport.h"
#include "meshcheck/result.h"

namespace meshcheck::live {

// What one request, or one list, may cost.
struct Patience {
  int tries = kMostTries;                            // of one request
  std::chrono::milliseconds waiting = kMostWaiting;  // used up by the waits
  bool first_contact = false;  // silence is an answer after a quarter of a minute
  bool proxied = false;        // what is no Status is a pod's answer
  bool splits = false;         // Verdict::smaller is returned at once: the caller asks for less
};

struct Asked {
  Verdict verdict = Verdict::ended;
  Answer answer;
  std::string problem;  // why not, for people; empty where usable
  std::string hint;     // what to do about it, where the credentials' source knows
};

// Whether the body of a 200 is whole; null: whatever came is.
using WholeFn = std::function<bool(std::string_view body)>;

// Safe to use from several threads.
class Caller {
 public:
  Caller(std::unique_ptr<Transport> transport, std::shared_ptr<Credentials> credentials,
         ClientOptions options, Pace pace);

  // `request.timeout` is set here.
  Asked ask(Request request, std::string& body, Patience& patience, const WholeFn& whole);
  // The Error of what was not read: "`what`: why", with what to do about it.
  Error error_of(std::string_view what, const Asked& asked) const;

  Result<Auth> current_auth();
  // After a 401: whether there is a newer credential.
  Result<bool> renew(const Auth& failed);
  // Why nothing is sent any more; nullopt: all is well.
  std::optional<std::string> ended() const;
  std::chrono::milliseconds time_left() const;  // for one request; 0: no limit
  // Waits, in slices, unless it ended.
  void wait(std::chrono::milliseconds time) const;

  Transport& transport() const { return *transport_; }
  const ClientOptions& options() const { return options_; }

 private:
  std::chrono::milliseconds time_for(const Patience& patience) const;
  Asked authorized(Request& request, std::string& body, const Patience& patience,
                   const WholeFn& whole, bool& may_renew);
  Asked attempt(const Request& request, const Auth& auth, std::string& body, const WholeFn& whole);
  Asked stop(Asked asked);
  bool wait_for(Asked& asked, std::string_view body, int tries, Patience& patience) const;

  std::unique_ptr<Transport> transport_;
  std::shared_ptr<Credentials> credentials_;
  ClientOptions options_;
  Pace pace_;
  RequestLimit limit_;
  mutable std::mutex mutex_;
  std::string fatal_;  // what no other request would get around
};

}  // namespace meshcheck::live
