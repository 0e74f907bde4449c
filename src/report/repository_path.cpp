#include "report/repository_path.h"

#include <filesystem>

#include <fmt/format.h>

#include "report/place.h"

namespace meshcheck::report {
namespace {

// RFC 3986: what may stand unescaped in the path of a relative reference. A colon may not: before
// the first slash it would end a scheme.
bool stands_in_path(char c) {
  const bool alphanumeric =
      (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return alphanumeric || std::string_view("-._~!$&'()*+,;=@/").find(c) != std::string_view::npos;
}

std::string_view without_parents(std::string_view path) {
  for (;;) {
    if (path.starts_with('/')) {
      path.remove_prefix(1);
    } else if (path.starts_with("../")) {
      path.remove_prefix(3);
    } else {
      return path;
    }
  }
}

}  // namespace

std::optional<std::string> repository_path(std::string_view file, const ReportStyle& style) {
  if (file.empty() || file == "<stdin>") return std::nullopt;
  std::filesystem::path path(file);
  if (path.is_absolute()) {
    if (style.repository.empty()) return std::nullopt;
    path = path.lexically_normal().lexically_relative(style.repository);
  } else {
    // The current folder may lie beside the repository, and the file in it all the same.
    const std::filesystem::path root = style.repository;
    path = (root / style.folder / path).lexically_normal();
    if (!root.empty()) path = path.lexically_relative(root);
  }
  if (path.empty() || *path.begin() == "..") return std::nullopt;
  return path.generic_string();
}

std::string dashboard_path(std::string_view file, const ReportStyle& style) {
  if (file == "<stdin>") return std::string(file);
  if (auto path = repository_path(file, style)) return std::move(*path);
  return "outside-the-repository/" + std::string(without_parents(file));
}

std::string dashboard_path(const Finding& finding, const ReportStyle& style) {
  if (finding.location) return dashboard_path(finding.location->file, style);
  return "cluster/" + qualified_name(finding.object);
}

std::string link_to(const Location& location, const ReportStyle& style) {
  if (style.file_url.empty()) return {};
  const auto path = repository_path(location.file, style);
  if (!path) return {};
  std::string url = style.file_url + to_uri(*path);
  if (location.line != 0) url += fmt::format("#L{}", location.line);
  return url;
}

std::string to_uri(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (stands_in_path(c)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace meshcheck::report
