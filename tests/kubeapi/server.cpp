#include "kubeapi/server.h"

#include <algorithm>
#include <mutex>
#include <stdexcept>

#include <fmt/format.h>

#include "kubeapi/api.h"
#include "kubeapi/faults.h"
#include "kubeapi/hash.h"
#include "kubeapi/listener.h"
#include "kubeapi/lists.h"
#include "kubeapi/port_forward.h"
#include "kubeapi/read_folder.h"
#include "kubeapi/status.h"
#include "kubeapi/tls.h"

namespace meshcheck::kubeapi {
namespace {

Request logged(const Head& head, const Stream& stream, const Shown& shown, std::size_t number) {
  Request request{head.method, head.target, head.path, head.query, head.headers, {}, {}, {}, {}};
  const std::string_view authorization = head.header("Authorization");
  if (!authorization.empty()) request.authorization_sha256 = sha256_hex(authorization);
  std::erase_if(request.headers, [](const auto& header) {
    return same_text_ignoring_case(header.first, "Authorization");
  });
  if (shown.user) request.certificate_name = shown.user->name;
  request.server_name = stream.server_name();
  request.connection = number;
  return request;
}

Answer fault_answer(const Fault& fault) {
  Answer answer;
  if (fault.body.empty()) {
    const std::string reason(status_reason(fault.status));
    answer = status_answer(fault.status, reason, "a fault of the test: " + reason);
  } else if (fault.body.front() == '{') {
    answer = {fault.status, "application/json", fault.body, {}};
  } else {
    answer = plain_answer(fault.status, fault.body);
  }
  const std::string_view type = first_header(fault.headers, "Content-Type");
  if (!type.empty()) answer.type = type;
  return answer;
}

void add_headers(Answer& answer, const Fault& fault) {
  for (const auto& header : fault.headers) {
    if (!same_text_ignoring_case(header.first, "Content-Type")) answer.headers.push_back(header);
  }
}

}  // namespace

class Server::Impl {
 public:
  explicit Impl(const Options& options)
      : options_(options),
        api_(options),
        listener_(options.port, server_context(options, authorities_),
                  [this](Stream& stream, std::size_t number) { serve(stream, number); }) {}

  const Options& options() const { return options_; }
  const Authorities& authorities() const { return authorities_; }
  Api& api() { return api_; }
  Faults& faults() { return faults_; }
  const Listener& listener() const { return listener_; }

  std::vector<Request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  void clear_requests() {
    const std::lock_guard lock(mutex_);
    ++generation_;
    requests_.clear();
  }

 private:
  // Where a request stands in the log, so that its answer can be added.
  struct Entry {
    std::size_t generation;
    std::size_t index;
  };

  Entry log(Request request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
    return {generation_, requests_.size() - 1};
  }
  void log_answer(const Entry& entry, int status, const std::string& user) {
    const std::lock_guard lock(mutex_);
    if (entry.generation != generation_) return;
    requests_[entry.index].status = status;
    requests_[entry.index].user = user;
  }

  void serve(Stream& stream, std::size_t number) {
    if (faults_.stalls_handshake()) return stream.wait_for_end();
    if (!stream.handshake()) return;
    Shown shown;
    if (const auto certificate = stream.certificate(shown.valid)) {
      shown.user = user_of(certificate.get());
    }
    std::string buffer;
    After after = After::keep;
    while (after == After::keep) {
      const std::optional<Head> head = read_head(stream, buffer);
      if (!head) break;
      after = answer(stream, *head, shown, number, buffer);
    }
    if (after == After::reset) return stream.reset();
    stream.finish();
  }

  After answer(Stream& stream, const Head& head, const Shown& shown, std::size_t number,
               std::string& buffer) {
    const Entry entry = log(logged(head, stream, shown, number));
    const std::optional<Fault> fault = faults_.strike(head.target);
    if (fault && fault->then) fault->then();
    if (fault && fault->kind == FaultKind::reset) return After::reset;
    if (fault && fault->kind == FaultKind::stall) {
      stream.wait_for_end();
      return After::finish;
    }
    if (fault && fault->kind == FaultKind::delay && !listener_.wait(fault->delay)) {
      return After::finish;
    }
    const Fault* spoils = fault ? &*fault : nullptr;
    const Wait wait = [this](std::chrono::milliseconds time) { return listener_.wait(time); };
    try {
      Outcome outcome = outcome_of(head, shown, fault);
      log_answer(entry, outcome.answer.status, outcome.user);
      if (!outcome.port_forward) {
        return write_answer(stream, head, std::move(outcome.answer), spoils, wait);
      }
      forward_port(stream, head, outcome.istiod, api_.istiods(), spoils, buffer);
    } catch (const std::exception& error) {
      // A defect of the test or of this server: said to whoever reads the answer.
      log_answer(entry, 500, {});
      write_answer(stream, head, plain_answer(500, error.what()), nullptr, wait);
    }
    return After::finish;
  }

  Outcome outcome_of(const Head& head, const Shown& shown, const std::optional<Fault>& fault) {
    Outcome outcome = api_.handle(head, shown);
    if (fault && fault->kind == FaultKind::answer) {
      outcome = {fault_answer(*fault), outcome.user};
    } else if (fault && fault->kind == FaultKind::expired) {
      outcome = {expired_answer(head, fault->body != "no token"), outcome.user};
    }
    if (fault) add_headers(outcome.answer, *fault);
    outcome.answer.headers.emplace_back("Audit-Id", audit_id(head));
    return outcome;
  }

  static std::string audit_id(const Head& head) { return sha256_hex(head.target).substr(0, 32); }

  Options options_;
  Authorities authorities_;
  Api api_;
  Faults faults_;
  mutable std::mutex mutex_;
  std::size_t generation_ = 0;
  std::vector<Request> requests_;
  Listener listener_;  // last: its threads use the others
};

std::string Request::header(std::string_view name) const {
  return std::string(first_header(headers, name));
}

std::string bearer_sha256(std::string_view token) {
  return sha256_hex("Bearer " + std::string(token));
}

Server::Server(Options options) : impl_(std::make_unique<Impl>(options)) {}
Server::~Server() = default;

std::uint16_t Server::port() const { return impl_->listener().port(); }

std::string Server::url() const {
  const char* scheme = impl_->options().tls == Tls::none ? "http" : "https";
  return fmt::format("{}://127.0.0.1:{}{}", scheme, port(), impl_->options().prefix);
}

std::string Server::ca_pem() const { return impl_->authorities().own.pem(); }

Identity Server::identity(const User& user, int days) const {
  return impl_->authorities().own.issue(
      {user.name, user.groups, {}, days < 0 ? days - 1 : -1, days});
}

Identity Server::foreign_identity(const User& user) const {
  return impl_->authorities().foreign.issue({user.name, user.groups, {}, -1, 1});
}

namespace {

std::string kubeconfig_text(const Server& server, const std::string& user) {
  return fmt::format(
      "apiVersion: v1\nkind: Config\ncurrent-context: test\n"
      "clusters:\n- name: test\n  cluster:\n    server: {}\n    certificate-authority-data: {}\n"
      "users:\n- name: test\n  user:\n{}"
      "contexts:\n- name: test\n  context: {{cluster: test, user: test}}\n",
      server.url(), base64(server.ca_pem()), user);
}

}  // namespace

std::string Server::kubeconfig(std::string_view token) const {
  return kubeconfig_text(*this, fmt::format("    token: {}\n", token));
}

std::string Server::kubeconfig(const Identity& identity) const {
  return kubeconfig_text(*this,
                         fmt::format("    client-certificate-data: {}\n    client-key-data: {}\n",
                                     base64(identity.certificate_pem), base64(identity.key_pem)));
}

void Server::add(std::string_view objects) {
  impl_->api().store().add(read_objects(objects, "objects"));
}

void Server::add_folder(const std::filesystem::path& folder) {
  Folder content = read_folder(folder);
  impl_->api().store().add(std::move(content.objects));
  for (Istiod& istiod : content.istiods) add(std::move(istiod));
}

void Server::remove(std::string_view kind, std::string_view name_space, std::string_view name) {
  impl_->api().store().remove(kind, name_space, name);
}

void Server::add(Istiod istiod) { impl_->api().istiods().add(std::move(istiod)); }
void Server::add(const SyntheticPods& pods) { impl_->api().store().add(pods); }
void Server::withdraw(std::string_view group_version) {
  impl_->api().store().withdraw(group_version);
}
void Server::mark_stale(std::string_view group_version) {
  impl_->api().store().mark_stale(group_version);
}
void Server::enforce(std::string_view roles) { impl_->api().enforce(roles); }
void Server::set_tokens(std::map<std::string, User> tokens) {
  impl_->api().set_tokens(std::move(tokens));
}
void Server::add(Fault fault) { impl_->faults().add(std::move(fault)); }
void Server::clear_faults() { impl_->faults().clear(); }
std::vector<Request> Server::requests() const { return impl_->requests(); }
void Server::clear_requests() { impl_->clear_requests(); }
std::size_t Server::connections() const { return impl_->listener().connections(); }

}  // namespace meshcheck::kubeapi
