#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "meshcheck/quantity.h"

namespace meshcheck {
namespace {

// Takes a run of at most four digits; -1 where there is none. Longer runs are dates and build
// numbers, which are no version of anything we know.
int take_number(std::string_view& rest) {
  constexpr std::size_t kMostDigits = 4;
  int number = -1;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  const auto length = static_cast<std::size_t>(end - rest.data());
  if (error != std::errc{} || rest[0] == '-' || length > kMostDigits) return -1;
  rest.remove_prefix(length);
  return number;
}

}  // namespace

std::optional<Version> Version::parse(std::string_view text) {
  std::string_view rest = text;
  if (rest.starts_with('v')) rest.remove_prefix(1);
  Version version;
  version.major = take_number(rest);
  if (version.major < 0 || !rest.starts_with('.')) return std::nullopt;
  // 2024.10 is a date, and a short commit may be all digits.
  if (version.major > 9) return std::nullopt;
  rest.remove_prefix(1);
  version.minor = take_number(rest);
  if (version.minor < 0) return std::nullopt;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    version.patch = take_number(rest);
    if (version.patch < 0) return std::nullopt;
  }
  constexpr std::string_view kSuffixStarts = "-+_";  // `+` is written `_` in an image tag
  if (!rest.empty() && kSuffixStarts.find(rest[0]) == std::string_view::npos) return std::nullopt;
  version.suffix = rest;
  return version;
}

bool Version::at_least(int want_major, int want_minor, int want_patch) const {
  const std::array have{major, minor, std::max(patch, 0)};
  const std::array want{want_major, want_minor, want_patch};
  return have >= want;
}

bool Version::prerelease() const {
  constexpr std::array<std::string_view, 4> kWords = {"alpha", "beta", "rc", "dev"};
  return std::ranges::any_of(kWords, [this](std::string_view word) {
    const std::size_t at = suffix.find(word);
    if (at == std::string::npos || at == 0) return false;
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const std::size_t end = at + word.size();
    return !is_letter(suffix[at - 1]) && (end == suffix.size() || !is_letter(suffix[end]));
  });
}

std::string Version::minor_text() const {
  return std::to_string(major) + '.' + std::to_string(minor);
}

std::string Version::text() const {
  return minor_text() + (patch < 0 ? "" : '.' + std::to_string(patch)) + suffix;
}

std::string_view image_tag(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const std::size_t colon = image.rfind(':');
  if (colon == std::string_view::npos) return {};
  const std::string_view tag = image.substr(colon + 1);
  // A slash after the colon: it was the port of a registry.
  return tag.find('/') == std::string_view::npos ? tag : std::string_view{};
}

}  // namespace meshcheck
