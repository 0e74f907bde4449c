#include "live/resource_path.h"

#include <algorithm>

namespace meshcheck::live {

namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

std::string collection_path(const ApiResource& resource, std::string_view name_space) {
  std::string path =
      resource.group.empty() ? "/api/" : "/apis/" + percent_encoded(resource.group) + "/";
  path += percent_encoded(resource.version);
  if (!name_space.empty()) path += "/namespaces/" + percent_encoded(name_space);
  return path + "/" + percent_encoded(resource.plural);
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    if (is_unreserved(c)) {
      result += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    result += '%';
    result += kDigits[byte >> 4U];
    result += kDigits[byte & 15U];
  }
  return result;
}

bool is_path_segment(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && std::ranges::none_of(name, [](char c) {
    return c == '/' || c == '%' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

std::string list_path(const ListPath& list) {
  std::string path = collection_path(list.resource, list.name_space);
  char separator = '?';
  const auto add = [&](std::string_view key, const std::string& value) {
    path += separator;
    path.append(key).append("=").append(percent_encoded(value));
    separator = '&';
  };
  if (list.limit > 0) add("limit", std::to_string(list.limit));
  if (!list.label_selector.empty()) add("labelSelector", std::string(list.label_selector));
  if (!list.field_selector.empty()) add("fieldSelector", std::string(list.field_selector));
  if (list.timeout_seconds > 0) add("timeout", std::to_string(list.timeout_seconds) + "s");
  if (!list.continue_token.empty()) add("continue", std::string(list.continue_token));
  return path;
}

std::string object_path(const ApiResource& resource, std::string_view name_space,
                        std::string_view name) {
  return collection_path(resource, name_space) + "/" + percent_encoded(name);
}

}  // namespace meshcheck::live
