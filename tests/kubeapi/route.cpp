#include <algorithm>

#include "kubeapi/api.h"

namespace meshcheck::kubeapi {
namespace {

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    const std::size_t end = path.find('/');
    const std::string_view part = path.substr(0, end);
    if (!part.empty()) segments.push_back(percent_decoded(part));
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  }
  return segments;
}

// The segments from the namespace or resource on.
void read_resource(Route& route, std::vector<std::string> parts) {
  const auto shift = [&] {
    if (parts.empty()) return std::string();
    std::string part = parts.front();
    parts.erase(parts.begin());
    return part;
  };
  route.kind = Route::Kind::resource;
  if (parts.size() > 2 && parts[0] == "namespaces") {
    shift();
    route.name_space = shift();
  }
  route.resource = shift();
  route.name = shift();
  route.subresource = shift();
  for (const std::string& part : parts) route.rest += "/" + part;
  // A namespace is in itself, for rights as for what is in it.
  if (route.resource == "namespaces" && route.group.empty()) route.name_space.clear();
}

}  // namespace

Route route_of(std::string_view path) {
  Route route;
  route.segments = segments_of(path);
  const std::vector<std::string>& all = route.segments;
  if (all.empty() || (all[0] != "api" && all[0] != "apis")) return route;
  const std::size_t head = all[0] == "api" ? 2 : 3;
  if (head == 3 && all.size() > 1) route.group = all[1];
  if (all.size() >= head) route.version = all[head - 1];
  if (all.size() <= head) {
    route.kind = Route::Kind::discovery;
    return route;
  }
  read_resource(route, {all.begin() + static_cast<std::ptrdiff_t>(head), all.end()});
  return route;
}

}  // namespace meshcheck::kubeapi
