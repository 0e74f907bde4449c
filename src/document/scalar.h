// What a plain scalar means to Kubernetes: YAML 1.1 as Go reads it (go.yaml.in/yaml/v2,
// resolve.go), which is neither of YAML's own schemas.
#pragma once

#include <cstdint>
#include <string_view>

#include "meshcheck/document.h"

namespace meshcheck {

struct Resolved {
  ScalarType type = ScalarType::string;
  bool boolean = false;
  bool fits_int64 = false;   // an integer above that is a uint64 in Go
  std::int64_t integer = 0;  // where fits_int64
  double number = 0;         // of integers too; may be infinite or no number
};

// `text` is that of a plain scalar without a tag.
Resolved resolve_plain(std::string_view text);

// Cheaper than resolving it.
bool is_null_text(std::string_view text);

// False for `.inf`, `-.inf` and `.nan`, which no JSON can hold.
bool is_finite_plain(std::string_view text);

}  // namespace meshcheck
