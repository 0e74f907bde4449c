#include "kubeapi/api.h"

#include <fmt/format.h>

#include "kubeapi/discovery.h"
#include "kubeapi/lists.h"
#include "kubeapi/port_forward.h"
#include "kubeapi/status.h"

namespace meshcheck::kubeapi {
namespace {

Answer forbidden(const User& user, const Act& act) {
  Json details = Json::object();
  if (!act.resource.empty()) details["kind"] = act.resource;
  if (!act.group.empty()) details["group"] = act.group;
  if (!act.name.empty()) details["name"] = act.name;
  return status_answer(403, "Forbidden", refusal(user, act), details);
}

Act act_of(const Route& route) {
  Act act;
  act.verb = "get";
  if (route.kind != Route::Kind::resource) {
    for (const std::string& segment : route.segments) act.path += "/" + segment;
    if (act.path.empty()) act.path = "/";
    return act;
  }
  if (route.name.empty()) act.verb = "list";
  act.group = route.group;
  act.resource = route.resource;
  act.subresource = route.subresource;
  act.name = route.name;
  act.name_space = route.name_space;
  return act;
}

Answer version_answer(const std::string& git_version) {
  const std::size_t dot = git_version.find('.');
  const std::string major = git_version.substr(1, dot - 1);
  const std::string minor = git_version.substr(dot + 1, git_version.find('.', dot + 1) - dot - 1);
  return json_answer({{"major", major},
                      {"minor", minor},
                      {"gitVersion", git_version},
                      {"gitCommit", "0000000000000000000000000000000000000000"},
                      {"gitTreeState", "clean"},
                      {"buildDate", "2026-01-01T00:00:00Z"},
                      {"goVersion", "go1.24.0"},
                      {"compiler", "gc"},
                      {"platform", "linux/amd64"}});
}

Answer unreachable(const ProxyTarget& target) {
  return status_answer(503, "ServiceUnavailable",
                       fmt::format("error trying to reach service: dial tcp 10.0.0.7:{}: connect: "
                                   "connection refused",
                                   target.port.empty() ? "8080" : target.port));
}

bool is_proxy(const Route& route) {
  return route.group.empty() && route.subresource == "proxy" &&
         (route.resource == "pods" || route.resource == "services");
}

bool is_port_forward(const Route& route) {
  return route.group.empty() && route.resource == "pods" && route.subresource == "portforward";
}

}  // namespace

Api::Api(Options options) : options_(std::move(options)), policy_{{}, options_.tokens} {}

void Api::enforce(std::string_view roles) {
  Rights rights(read_objects(roles, "roles"));
  const std::lock_guard lock(mutex_);
  policy_.rights = std::move(rights);
}

void Api::set_tokens(std::map<std::string, User> tokens) {
  const std::lock_guard lock(mutex_);
  policy_.tokens = std::move(tokens);
}

Api::Policy Api::policy() const {
  const std::lock_guard lock(mutex_);
  return policy_;
}

// With what the roles system:discovery and system:public-info-viewer grant.
bool Api::may(const User& user, const Act& act, const Route& route, const Rights& rights) const {
  const bool anonymous = user.name == "system:anonymous";
  if (route.kind == Route::Kind::discovery) return options_.discovery_allowed && !anonymous;
  const bool public_path = route.kind == Route::Kind::other && route.segments.size() == 1 &&
                           (route.segments[0] == "version" || route.segments[0].ends_with("z"));
  if (public_path) return true;
  if (anonymous || !rights.allow(user, act)) return false;
  if (!is_port_forward(route) || !options_.port_forward_needs_create) return true;
  Act create = act;
  create.verb = "create";
  return rights.allow(user, create);
}

Outcome Api::handle(const Head& head, const Shown& shown) {
  std::string_view path = head.path;
  if (!path.starts_with(options_.prefix)) return {unknown_path(), {}};
  path.remove_prefix(options_.prefix.size());
  const Route route = route_of(path);
  const Policy policy = this->policy();
  std::optional<User> user = authenticate(head, shown, options_, policy.tokens);
  if (!user) return {unauthorized(), {}};
  if (std::optional<User> other = impersonated(head)) {
    for (const Act& act : impersonation_acts(*other)) {
      if (!policy.rights.allow(*user, act)) return {forbidden(*user, act), user->name};
    }
    user = std::move(other);
    user->groups.emplace_back("system:authenticated");
  }
  const Act act = act_of(route);
  if (!may(*user, act, route, policy.rights)) return {forbidden(*user, act), user->name};
  if (head.method != "GET") {
    return {status_answer(405, "MethodNotAllowed",
                          "the server does not allow this method on the requested resource"),
            user->name};
  }
  if (is_port_forward(route)) return forward(head, route, user->name);
  return {answer(head, route), user->name};
}

Answer Api::answer(const Head& head, const Route& route) {
  const std::vector<std::string>& path = route.segments;
  if (route.kind == Route::Kind::resource) return resource(head, route);
  if (route.kind == Route::Kind::discovery) {
    const auto state = store_.newest();
    const bool core = path[0] == "api";
    if (path.size() == 1) return discover(*state, options_.discovery, core, head.header("Accept"));
    if (!core && path.size() == 2) return group_answer(*state, route.group);
    return resource_list(*state, route.group, route.version);
  }
  if (path.size() == 1 && path[0] == "version") return version_answer(options_.version);
  if (path.size() == 1 && path[0].ends_with("z")) return plain_answer(200, "ok");
  return unknown_path();
}

Answer Api::resource(const Head& head, const Route& route) {
  const auto state = store_.newest();
  if (!state->has_group_version(route.group, route.version)) return unknown_path();
  if (state->stale.contains(api_version_of(route.group, route.version))) {
    return plain_answer(503, "service unavailable\n");
  }
  const Kind* kind = state->find_kind(route.group, route.version, route.resource);
  if (kind == nullptr) return unknown_resource();
  if (is_proxy(route)) return proxy(route);
  if (!route.subresource.empty()) return unknown_resource();
  if (!kind->namespaced && !route.name_space.empty()) return unknown_resource();
  if (head.parameter("watch") == "true" || head.parameter("watch") == "1") {
    return status_answer(405, "MethodNotAllowed", "this server has no watches");
  }
  const Wanted wanted{route.group, route.version, route.resource, route.name_space, route.name};
  if (!route.name.empty()) return object_answer(store_, *kind, wanted, head);
  return list_answer(store_, *kind, wanted, head);
}

Answer Api::proxy(const Route& route) {
  const ProxyTarget target = proxy_target(route.name);
  const bool service = route.resource == "services";
  const std::optional<Istiod> istiod = service ? istiods_.of_service(route.name_space, target.name)
                                               : istiods_.of_pod(route.name_space, target.name);
  if (istiod) {
    const bool port = target.port == std::to_string(istiod->port) ||
                      (service && target.port == "http-monitoring");
    if (!istiod->reachable || !port || target.scheme == "https") return unreachable(target);
    return istiods_.answer(*istiod, route.rest, Caller::afar);
  }
  const auto state = store_.newest();
  const Kind* kind = state->find_kind("", "v1", route.resource);
  if (!state->objects(*kind).contains(object_key(route.name_space, target.name))) {
    return unknown_object(route.resource, target.name);
  }
  if (!service) return unreachable(target);
  return status_answer(503, "ServiceUnavailable",
                       fmt::format("no endpoints available for service \"{}\"", route.name));
}

Outcome Api::forward(const Head& head, const Route& route, const std::string& user) {
  std::optional<Istiod> istiod = istiods_.of_pod(route.name_space, route.name);
  const auto state = store_.newest();
  const Kind* pods = state->find_kind("", "v1", "pods");
  const bool exists =
      istiod ||
      (pods != nullptr && state->objects(*pods).contains(object_key(route.name_space, route.name)));
  if (!exists) return {unknown_object("pods", route.name), user};
  if (auto refused = refuse_upgrade(head)) return {*std::move(refused), user};
  return {{101, {}, {}, {}}, user, true, std::move(istiod)};
}

}  // namespace meshcheck::kubeapi
