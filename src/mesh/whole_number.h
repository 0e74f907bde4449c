// Whole numbers, as Helm's templates and the API server take them from YAML.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace meshcheck {

// "3", and "3.0" too, which a template prints as 3; nullopt for anything else.
std::optional<std::int64_t> whole_number(std::string_view text);

}  // namespace meshcheck
