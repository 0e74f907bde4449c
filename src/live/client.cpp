#include "live/client.h"

#include <utility>

#include <fmt/format.h>

#include "live/caller.h"
#include "live/json_skim.h"
#include "live/namespaced_lists.h"
#include "live/resource_path.h"

namespace meshcheck::live {

namespace {

Reading reading_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::usable: return Reading::whole;
    case Verdict::absent: return Reading::absent;
    case Verdict::forbidden: return Reading::forbidden;
    case Verdict::ended: return Reading::skipped;
    default: return Reading::failed;
  }
}

constexpr std::size_t kMostBytes = std::size_t{64} << 20;  // of what is no list

}  // namespace

class Client::Impl {
 public:
  Impl(std::unique_ptr<Transport> transport, std::shared_ptr<Credentials> credentials,
       ClientOptions options, Pace pace)
      : caller(std::move(transport), std::move(credentials), options, std::move(pace)) {}

  Fetched fetch(std::string_view path, std::string_view what, std::string_view accept,
                Patience patience) {
    Request request;
    request.path = path;
    request.accept = accept;
    request.most_bytes = kMostBytes;
    Fetched fetched;
    const WholeFn whole = accept.starts_with("application/json") ? WholeFn(is_json) : WholeFn();
    Asked asked = caller.ask(std::move(request), fetched.body, patience, whole);
    fetched.reading = reading_of(asked.verdict);
    if (asked.verdict != Verdict::usable) fetched.error = caller.error_of(what, asked);
    fetched.answer = std::move(asked.answer);
    return fetched;
  }

  Caller caller;
};

Client::Client(std::unique_ptr<Transport> transport, std::shared_ptr<Credentials> credentials,
               ClientOptions options, Pace pace)
    : impl_(std::make_unique<Impl>(std::move(transport), std::move(credentials), options,
                                   std::move(pace))) {}

Client::~Client() = default;

Result<ServerVersion> Client::connect() {
  Patience patience;
  patience.tries = 2;
  patience.first_contact = true;
  const Fetched fetched =
      impl_->fetch("/version", "cannot reach the server", "application/json", patience);
  ServerVersion version;
  switch (fetched.reading) {
    case Reading::absent: {
      const Fetched api =
          impl_->fetch("/api", "cannot reach the server", "application/json", patience);
      if (api.reading != Reading::absent) return version;
      return fail(server(), "this is no Kubernetes API server: it has neither /version nor /api",
                  "check `server` of the cluster, with the path at its end");
    }
    case Reading::forbidden: return version;
    case Reading::whole:
      version.git_version = string_value(find_member(fetched.body, "gitVersion"));
      version.platform = string_value(find_member(fetched.body, "platform"));
      return version;
    default: return *fetched.error;
  }
}

Coverage Client::list(const ListQuery& query, const Scope& scope, const PageFn& page) {
  const auto deliver = [&](std::size_t, const Page& delivered) { page(delivered); };
  return std::move(lists({&query, 1}, scope, deliver).front());
}

std::vector<Coverage> Client::lists(std::span<const ListQuery> queries, const Scope& scope,
                                    const PagesFn& page) {
  return list_all(impl_->caller, queries, scope, page);
}

Fetched Client::get(const ApiResource& resource, std::string_view name_space,
                    std::string_view name) {
  const bool named = is_path_segment(name) && (name_space.empty() || is_path_segment(name_space));
  if (!named) {
    Fetched fetched;
    fetched.reading = Reading::failed;
    fetched.error = fail(
        server(), fmt::format("reading {}: no object can have such a name", resource.full_name()));
    return fetched;
  }
  const auto what = name_space.empty()
                        ? fmt::format("reading {} {}", resource.full_name(), name)
                        : fmt::format("reading {} {}/{}", resource.full_name(), name_space, name);
  Fetched fetched = get_path(object_path(resource, name_space, name), what);
  if (fetched.reading == Reading::forbidden) {
    fetched.error->hint = fmt::format("grant `get` on `{}` of apiGroup `{}`", resource.plural,
                                      resource.group.empty() ? "\"\"" : resource.group);
  }
  return fetched;
}

Fetched Client::get_path(std::string_view path, std::string_view what, std::string_view accept) {
  return impl_->fetch(path, what, accept, {});
}

Fetched Client::get_proxied(std::string_view path, std::string_view what) {
  Patience patience;
  patience.tries = 3;
  patience.proxied = true;
  return impl_->fetch(path, what, "*/*", patience);
}

Result<Client::Dialled> Client::dial(std::string_view path) {
  Caller& caller = impl_->caller;
  if (auto why = caller.ended()) return fail(server(), *std::move(why));
  auto auth = caller.current_auth();
  if (!auth) return auth.error();
  Request request;
  request.path = path;
  request.timeout = caller.time_left();
  auto tunnel = caller.transport().connect(request, *auth);
  if (!tunnel) return tunnel.error();
  Dialled dialled;
  dialled.tunnel = std::move(*tunnel);
  dialled.head = caller.transport().head(request, *auth);
  dialled.auth = std::move(*auth);
  dialled.timeout = request.timeout;
  return dialled;
}

Result<bool> Client::renew(const Auth& failed) { return impl_->caller.renew(failed); }

std::string Client::server() const { return impl_->caller.transport().name(); }

bool Client::ended() const { return impl_->caller.ended().has_value(); }

}  // namespace meshcheck::live
