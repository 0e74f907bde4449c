#include <fmt/format.h>

#include "meshcheck/mesh.h"

namespace meshcheck {

std::string describe(const Provenance& from) {
  if (!from.text.empty() || from.kind != Provenance::Kind::input || !from.node) return from.text;
  return fmt::format("{}:{}", from.node.location().file, from.node.line());
}

std::string in_parentheses(const Provenance& from) {
  if (from.kind == Provenance::Kind::input || from.text.empty()) return {};
  return fmt::format(" ({})", from.text);
}

}  // namespace meshcheck
