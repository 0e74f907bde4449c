// Text that is not final: a tool is still to put a value where a variable stands.
#pragma once

#include <string_view>

namespace meshcheck {

// Flux and envsubst replace `${VAR}`, Argo CD's ApplicationSet and Helm `{{var}}`: what stands
// there afterwards is not in the input.
constexpr bool holds_variable(std::string_view text) {
  return text.find("${") != std::string_view::npos || text.find("{{") != std::string_view::npos;
}

// The same of a name, a label or an identity. Those hold neither `$` nor a brace of their own, so
// that `$VAR` and `{var}` are variables, too.
constexpr bool name_holds_variable(std::string_view name) {
  return name.find_first_of("${") != std::string_view::npos;
}

}  // namespace meshcheck
