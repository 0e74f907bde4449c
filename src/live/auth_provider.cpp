#include "live/auth_provider.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "live/base64.h"
#include "live/plugin.h"

namespace meshcheck::live {
namespace {

constexpr std::chrono::seconds kLeeway{10};

// The claim `exp` of a JSON Web Token.
std::optional<std::chrono::sys_seconds> expiry(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const Decoded claims = decode_base64url(token.substr(first + 1, second - first - 1));
  if (claims.bad) return std::nullopt;
  const auto json = nlohmann::json::parse(claims.bytes, nullptr, false);
  if (!json.is_object() || !json.contains("exp")) return std::nullopt;
  constexpr double kMost = 253'402'300'800;  // the year 10,000
  if (!json["exp"].is_number()) return std::nullopt;
  const auto seconds = json["exp"].get<double>();
  if (!(seconds >= 0 && seconds < kMost)) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

}  // namespace

Result<Secret> provided_token(const AuthProvider& provider,
                              std::chrono::system_clock::time_point now) {
  if (provider.name == "gcp") {
    return fail("", "the gcp auth plugin has been removed from Kubernetes",
                "install gke-gcloud-auth-plugin and run gcloud container clusters get-credentials");
  }
  if (provider.name == "azure") {
    return fail("", "the azure auth plugin has been removed from Kubernetes",
                "install kubelogin and run kubelogin convert-kubeconfig");
  }
  if (provider.name != "oidc") {
    return fail("", fmt::format("no Auth Provider found for name \"{}\"", visible(provider.name)),
                "use an exec plugin or a token in its place");
  }
  if (provider.id_token.empty()) {
    return fail("", "the oidc auth provider has no id-token",
                "run kubectl once so that it gets one, or switch to an exec plugin");
  }
  const auto expires = expiry(provider.id_token.reveal());
  if (!expires) return fail("", "the id-token of the oidc auth provider is no JSON Web Token");
  if (now >= *expires - kLeeway) {
    return fail("", "the id-token of the oidc auth provider has expired",
                "run kubectl once to refresh it, or switch to an exec plugin");
  }
  return provider.id_token;
}

}  // namespace meshcheck::live
