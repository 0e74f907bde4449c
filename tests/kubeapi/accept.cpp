#include "kubeapi/accept.h"

namespace meshcheck::kubeapi {
namespace {

std::string_view take(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  while (part.starts_with(' ')) part.remove_prefix(1);
  while (part.ends_with(' ')) part.remove_suffix(1);
  return part;
}

}  // namespace

std::vector<MediaType> accepted(std::string_view header) {
  if (header.empty()) return {{"*/*", {}, {}, {}}};
  std::vector<MediaType> types;
  while (!header.empty()) {
    std::string_view entry = take(header, ',');
    MediaType type;
    type.type = take(entry, ';');
    while (!entry.empty()) {
      const std::string_view parameter = take(entry, ';');
      if (parameter.starts_with("g=")) type.group = parameter.substr(2);
      if (parameter.starts_with("v=")) type.version = parameter.substr(2);
      if (parameter.starts_with("as=")) type.as = parameter.substr(3);
    }
    types.push_back(std::move(type));
  }
  return types;
}

bool is_json(const MediaType& type) {
  return type.as.empty() &&
         (type.type == "application/json" || type.type == "application/*" || type.type == "*/*");
}

}  // namespace meshcheck::kubeapi
