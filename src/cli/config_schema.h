// The JSON Schema of meshcheck.yaml, written from its table of keys and from the rules.
#pragma once

#include <string>

namespace meshcheck::cli {

std::string config_schema();

}  // namespace meshcheck::cli
