// An API server for tests: what Kubernetes' answers on the wire to who only reads, with the rights,
// the dialects and the faults that a test asks for.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meshcheck::kubeapi {

using Headers = std::vector<std::pair<std::string, std::string>>;

// Which answers to /api and /apis the server knows; each also knows the older plain ones.
enum class Discovery : std::uint8_t {
  v2,       // Kubernetes 1.30 and later; v2beta1 too
  v2beta1,  // 1.26 to 1.29
  plain,    // before 1.26: APIVersions, APIGroupList and a list per group and version
};

// The certificate that the server shows.
enum class Certificate : std::uint8_t {
  valid,       // for 127.0.0.1, ::1, localhost and kubernetes.default.svc, by ca_pem()'s authority
  expired,     // since yesterday
  other_name,  // for other.example alone
  foreign,     // by an authority that ca_pem() does not hold
};

enum class Tls : std::uint8_t {
  modern,    // 1.2 and 1.3
  only_1_2,  // in which a refused client certificate fails the handshake
  only_1_1,  // that nobody should speak
  none,      // plain HTTP
};

struct User {
  std::string name = {};
  std::vector<std::string> groups = {};  // system:authenticated is added
};

struct Options {
  Discovery discovery = Discovery::v2;
  Certificate certificate = Certificate::valid;
  Tls tls = Tls::modern;
  std::string version = "v1.33.4";  // gitVersion
  std::string prefix = {};          // of every path, as Rancher's: "/k8s/clusters/c-1"
  bool anonymous = false;  // who shows nothing is system:anonymous (403), not refused (401)
  User unnamed = {};  // who shows nothing is this user, as behind `kubectl proxy`; no name: none
  // A client certificate that does not hold: refused in the handshake, as a proxy in front may do;
  // the API server itself answers 401.
  bool refuse_in_handshake = false;
  bool discovery_allowed = true;  // what the role system:discovery grants
  // Of port-forwarding by WebSocket: since 1.35 its user needs `create` beside `get`.
  bool port_forward_needs_create = true;
  std::map<std::string, User> tokens{{"letmein", {"admin", {"system:masters"}}}};
  std::uint16_t port = 0;  // 0: a free one
};

// A key and what it is certified for, in PEM.
struct Identity {
  std::string certificate_pem = {};
  std::string key_pem = {};
};

// One request as it came. Of what proves who asked only a hash is kept.
struct Request {
  std::string method = {};
  std::string target = {};                // path and query as sent
  std::string path = {};                  // without query; still percent-encoded
  std::string query = {};                 // without `?`
  Headers headers = {};                   // without Authorization
  std::string authorization_sha256 = {};  // of the header's value, in hex; empty: there was none
  std::string certificate_name = {};      // common name of the client certificate; empty: none
  std::string user = {};         // who it was taken for, impersonation done; empty: refused
  std::string server_name = {};  // SNI
  std::size_t connection = 0;    // 1 for the first
  int status = 0;                // that was answered; 0: none

  // The first header of that name, whatever its case; empty: none.
  std::string header(std::string_view name) const;
};

// What a fault does instead of, or to, the answer.
enum class FaultKind : std::uint8_t {
  answer,        // `status`, `headers`, `body`
  expired,       // 410 with a token to continue from now; without one where `body` is "no token"
  headers,       // `headers` besides the right answer
  delay,         // the right answer after `delay`
  stall,         // nothing, until the client or the server goes
  drip,          // the right answer, a piece of `at` bytes each `delay`
  reset,         // the connection is reset before a byte is answered
  cut,           // the body ends after `at` bytes and the connection closes in good order
  cut_reset,     // … is reset
  cut_clean,     // the body ends after `at` bytes, its framing in order: nobody but JSON can tell
  wrong_length,  // Content-Length says `at` bytes more than come
  bad_chunk,     // a chunk's size is no number
  cut_gzip,      // gzip whose last `at` bytes are missing, its framing in order
  garbage,       // `body` with the right head; "{]" where it is empty
  stall_handshake,  // of TLS; its `path` is ignored and its hits are connections
  // Of port-forwarding.
  fragments,      // messages in frames of `at` bytes, pings between them
  pings,          // nothing but pings, one each `delay`, until the client goes
  wrong_accept,   // Sec-WebSocket-Accept of another key
  no_protocol,    // 101 without a subprotocol
  masked,         // the server's frames are masked, which is forbidden
  channel_error,  // text on the error channel: `body`, or that the connection was refused
  cut_forward,  // the socket closes after `at` bytes of the istiod's answer, without a close frame
};

struct Fault {
  std::string path = {};  // a glob over path and query, as fnmatch() has it, `*` also over `/`
  FaultKind kind = FaultKind::answer;
  int first = 1;  // the hit from which on it is done
  int times = 1;  // to how many hits; 0: to all that follow
  int status = 500;
  Headers headers = {};
  std::string body = {};  // JSON where it begins with `{`, plain text otherwise; empty: a Status
  std::chrono::milliseconds delay{0};
  std::size_t at = 0;
  std::function<void()> then = {};  // called when it strikes, before the answer
};

// What answers on a pod's port 15014: reached by the pod's and the service's proxy from afar, where
// /debug is refused, and by port-forwarding as from the pod itself.
struct Istiod {
  std::string name_space = "istio-system";
  std::string pod = {};            // an object of this name need not exist
  std::string service = "istiod";  // that has it among its endpoints
  int port = 15014;
  std::string version = {};             // body of /version
  std::string metrics = {};             // body of /metrics
  std::vector<std::string> syncz = {};  // bodies of /debug/syncz, in turn; the last one stays
  std::vector<std::string> dates = {};  // `Date` of those answers, likewise; empty: now
  bool debug = true;                    // false: ENABLE_DEBUG_ON_HTTP=false, 404
  bool reachable = true;                // from the API server; port-forwarding is always possible
};

// Pods made up while they are listed, with what makes real ones long (managedFields).
struct SyntheticPods {
  std::size_t count = 0;
  std::size_t bytes = 18'000;   // each, about
  std::size_t namespaces = 20;  // load-000, load-001, …; these exist too
  std::string revision = "default";
  std::string proxy_image = "docker.io/istio/proxyv2:1.30.0";
};

// Listens from its construction until its destruction. Every function may be called at any time
// and from any thread. Throws std::runtime_error where it cannot start or is given nonsense.
class Server {
 public:
  explicit Server(Options options = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  Server(Server&&) = delete;
  Server& operator=(Server&&) = delete;

  std::uint16_t port() const;
  std::string url() const;     // https://127.0.0.1:PORT and the prefix
  std::string ca_pem() const;  // the authority of the server's certificate
  // A client certificate that the server trusts; `days` < 0: expired.
  Identity identity(const User& user, int days = 1) const;
  // A client certificate by an authority that the server does not know.
  Identity foreign_identity(const User& user) const;
  // A kubeconfig of one context, `test`: with this token, or with this certificate.
  std::string kubeconfig(std::string_view token = "letmein") const;
  std::string kubeconfig(const Identity& identity) const;

  // Objects of YAML or JSON: documents, Lists, and of a folder each file of .yaml, .yml and .json.
  // A kind is served where Kubernetes has it built in, a CustomResourceDefinition defines it, or an
  // object of it is there. An object replaces the one of its name. What the API server fills in
  // (uid, resourceVersion, creationTimestamp) is filled in where it is absent. Fake istiods of a
  // folder: each `istiods/NAMESPACE/POD/` with version.txt, metrics.txt,
  // syncz*.json in turn, and where there are dates.txt (a `Date` a line) and service.txt.
  void add(std::string_view objects);
  void add_folder(const std::filesystem::path& folder);
  void remove(std::string_view kind, std::string_view name_space, std::string_view name);
  void add(Istiod istiod);
  void add(const SyntheticPods& pods);
  // `autoscaling/v2`: a group and version that is not served (any more), or whose server is down.
  void withdraw(std::string_view group_version);
  void mark_stale(std::string_view group_version);

  // From now on only what these grant is allowed: ClusterRoles, Roles and their bindings, YAML. A
  // role that no binding names is granted to every authenticated user. Discovery and /version are
  // apart. system:masters may do everything.
  void enforce(std::string_view roles);
  void set_tokens(std::map<std::string, User> tokens);

  void add(Fault fault);
  void clear_faults();

  std::vector<Request> requests() const;
  void clear_requests();
  std::size_t connections() const;  // so far, those of failed handshakes included

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// A token as Authorization's value has it, hashed as Request has it.
std::string bearer_sha256(std::string_view token);

}  // namespace meshcheck::kubeapi
