#include "kubeapi/istiods.h"

#include <algorithm>

#include "kubeapi/status.h"

namespace meshcheck::kubeapi {
namespace {

std::string in_turn(const std::vector<std::string>& texts, std::size_t turn) {
  return texts.empty() ? std::string() : texts[std::min(turn, texts.size() - 1)];
}

}  // namespace

void Istiods::add(Istiod istiod) {
  const std::lock_guard lock(mutex_);
  std::erase_if(istiods_, [&](const Istiod& each) {
    return each.name_space == istiod.name_space && each.pod == istiod.pod;
  });
  istiods_.push_back(std::move(istiod));
}

std::optional<Istiod> Istiods::of_pod(std::string_view name_space, std::string_view pod) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(istiods_.begin(), istiods_.end(), [&](const Istiod& each) {
    return each.name_space == name_space && each.pod == pod;
  });
  return found == istiods_.end() ? std::nullopt : std::optional(*found);
}

std::optional<Istiod> Istiods::of_service(std::string_view name_space, std::string_view service) {
  const std::lock_guard lock(mutex_);
  std::vector<const Istiod*> endpoints;
  for (const Istiod& each : istiods_) {
    if (each.name_space == name_space && each.service == service) endpoints.push_back(&each);
  }
  if (endpoints.empty()) return std::nullopt;
  const std::size_t turn =
      turns_["service/" + std::string(name_space) + "/" + std::string(service)]++;
  return *endpoints[turn % endpoints.size()];
}

Answer Istiods::answer(const Istiod& istiod, std::string_view path, Caller caller) {
  if (path == "/version") return {200, "application/json", istiod.version, {}};
  if (path == "/metrics") {
    return {200, "text/plain; version=0.0.4; charset=utf-8", istiod.metrics, {}};
  }
  if (!istiod.debug || path != "/debug/syncz") return unknown_path();
  if (caller == Caller::afar) {
    return {401, "text/plain; charset=utf-8", "Failed to authenticate the request\n", {}};
  }
  const std::lock_guard lock(mutex_);
  const std::size_t turn = turns_["syncz/" + istiod.name_space + "/" + istiod.pod]++;
  Answer answer{200, "application/json", in_turn(istiod.syncz, turn), {}};
  const std::string date = in_turn(istiod.dates, turn);
  if (!date.empty()) answer.headers.emplace_back("Date", date);
  return answer;
}

ProxyTarget proxy_target(std::string_view id) {
  const std::size_t first = id.find(':');
  if (first == std::string_view::npos) return {{}, std::string(id), {}};
  const std::size_t second = id.find(':', first + 1);
  if (second == std::string_view::npos) {
    return {{}, std::string(id.substr(0, first)), std::string(id.substr(first + 1))};
  }
  return {std::string(id.substr(0, first)), std::string(id.substr(first + 1, second - first - 1)),
          std::string(id.substr(second + 1))};
}

}  // namespace meshcheck::kubeapi
