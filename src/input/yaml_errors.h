// libyaml's complaints in our words, at the place that is likely at fault.
#pragma once

#include <string_view>
#include <yaml.h>

#include "input/reading.h"

namespace meshcheck {

// `begin` is the byte of `text` at which the parser began.
ReadError explain(const yaml_parser_t& parser, std::string_view text, std::uint64_t begin);

}  // namespace meshcheck
