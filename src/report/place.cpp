#include "report/place.h"

#include <fmt/format.h>

#include "report/terminal.h"

namespace meshcheck::report {

std::string place(const Location& location) {
  std::string out = printable(location.file);
  if (location.line != 0) out += fmt::format(":{}", location.line);
  if (location.line != 0 && location.column != 0) out += fmt::format(":{}", location.column);
  return out;
}

std::string place(const Finding& finding) {
  if (finding.location) return place(*finding.location);
  if (!finding.logical.empty()) return printable(finding.logical);
  return name_of(finding.object);
}

std::string name_of(const ObjectRef& object) {
  if (object.kind.empty()) return printable(object.name);
  if (object.name.empty()) return printable(object.kind);
  const std::string scope = object.name_space.empty() ? "" : object.name_space + "/";
  return printable(fmt::format("{} {}{}", object.kind, scope, object.name));
}

std::string qualified_name(const ObjectRef& object) {
  std::string out = object.kind;
  if (!object.name_space.empty()) out += "/" + object.name_space;
  return out + "/" + object.name;
}

}  // namespace meshcheck::report
