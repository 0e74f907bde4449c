// What the configuration says of single paths and namespaces, as the engine asks for it.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "cli/config.h"

namespace meshcheck::cli {

// Whether an override sets a finding aside; empty where none does.
std::function<bool(const Finding&)> ignored_by(const Config& config);
// The severity that the last override which matches a finding gives it; empty where none gives any.
std::function<std::optional<Severity>(const Finding&)> severity_by(const Config& config);

// A name in which * stands for any letters, ? for one and [ab] for one of these.
bool is_namespace_pattern(std::string_view text);

}  // namespace meshcheck::cli
