// Reads from one API server what it is asked for: lists in pages, single objects; waits, repeats
// and renews credentials where that helps, and says what it could not read.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "live/access.h"
#include "live/coverage.h"
#include "live/transport.h"
#include "meshcheck/result.h"

namespace meshcheck::live {

// The time, as functions, so that a test needs none. All are called from several threads.
struct Pace {
  std::function<std::chrono::steady_clock::time_point()> now;
  std::function<void(std::chrono::milliseconds)> sleep;  // short: a tenth of a second at most
  std::function<double()> random;                        // in [0, 1), spreads waits
};

struct ClientOptions {
  std::chrono::milliseconds request_timeout{0};                   // of one request; 0: none
  std::optional<std::chrono::steady_clock::time_point> deadline;  // of everything
  std::size_t page_size = 500;                                    // 0: the whole list in one page
  std::size_t parallel = 4;                                       // requests in flight
  const std::atomic<bool>* cancel = nullptr;
};

struct ListQuery {
  ApiResource resource;
  std::string label_selector;
  std::string field_selector;
  bool metadata_only =
      false;  // PartialObjectMetadata; an old server may send whole objects all the same
  std::size_t page_size = 0;  // 0: the client's. Nodes are long: 100
};

// Where lists look.
struct Scope {
  // The only namespaces to read; empty: all, in one list. Cluster-scoped resources are read in
  // either case.
  std::vector<std::string> only;
  // What to try one by one where listing all is forbidden: the namespaces that are known. The
  // first 500 are.
  std::vector<std::string> known;
  bool known_are_all = false;  // the cluster has no others: reading each is reading all
};

// One page of one list, proven to be whole and well-formed JSON. Views hold during the call. Of a
// list that fails later the pages before are true, but not all of it: its Coverage tells.
struct Page {
  std::string_view name_space;  // that was listed; empty: all of them
  // The list begins, perhaps anew after it expired: forget what came before of this query and
  // namespace.
  bool first = false;
  std::string_view body;
  // The text of each item, without those that an earlier page had. Items carry neither kind nor
  // apiVersion: these are the resource's.
  std::span<const std::string_view> items;
};

// Called for one page at a time, from any thread.
using PageFn = std::function<void(const Page&)>;
// The same for several lists: with the query's index.
using PagesFn = std::function<void(std::size_t query, const Page&)>;

// The answer to a GET of one thing.
struct Fetched {
  Reading reading = Reading::skipped;  // whole, absent, forbidden, failed or skipped
  std::string body;
  Answer answer;
  std::optional<Error> error;
};

struct ServerVersion {
  std::string git_version;  // "v1.33.4-gke.1"
  std::string platform;
};

// Safe to use from several threads; one for each cluster.
class Client {
 public:
  // `transport` and `credentials` are kept; `credentials` may be null: nothing is sent then.
  Client(std::unique_ptr<Transport> transport, std::shared_ptr<Credentials> credentials,
         ClientOptions options, Pace pace);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  Client(Client&&) = delete;
  Client& operator=(Client&&) = delete;

  // First contact: /version, tried twice at most, so that a wrong address is told in seconds. Where
  // it is forbidden, or absent and /api is not, the server is there all the same: an empty version.
  Result<ServerVersion> connect();

  // Every object of one resource.
  Coverage list(const ListQuery& query, const Scope& scope, const PageFn& page);
  // Several lists side by side, `parallel` at a time, one page of each in memory. The answer has
  // the order of the queries.
  std::vector<Coverage> lists(std::span<const ListQuery> queries, const Scope& scope,
                              const PagesFn& page);

  // One object by its name; `name_space` empty: of a cluster-scoped resource. A name that cannot be
  // one is refused.
  Fetched get(const ApiResource& resource, std::string_view name_space, std::string_view name);
  // Any path; `what` names it in errors.
  Fetched get_path(std::string_view path, std::string_view what,
                   std::string_view accept = "application/json");
  // The same through the proxy of a pod or service, which answers in any format and with a status
  // of its own: fewer tries, and its 401 says nothing of our credentials.
  Fetched get_proxied(std::string_view path, std::string_view what);
  // A connection for port-forwarding, its upgrade not yet asked for, and the head to ask with.
  struct Dialled {
    std::unique_ptr<Tunnel> tunnel;
    Secret head;
    Auth auth;
    std::chrono::milliseconds timeout{0};  // for the whole of one question; 0: no limit
  };
  Result<Dialled> dial(std::string_view path);
  // After a 401 on `failed`: whether there is another credential to dial with.
  Result<bool> renew(const Auth& failed);

  // "https://host:port", for people.
  std::string server() const;
  // Whether to stop: cancelled, or past the deadline.
  bool ended() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace meshcheck::live
