// JSON as our formats write it, and the report that `json` and `json-lines` share.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "meshcheck/report.h"

namespace meshcheck::report {

using Json = nlohmann::ordered_json;  // people diff these files; keep our order of keys

// Indented by `indent`, or on one line where that is negative. Bytes that are not UTF-8 become
// U+FFFD, for a report of them must still be JSON; characters that could steer a terminal or
// mislead a reader are escaped, which loses nothing.
std::string json_text(const Json& json, int indent);

// The whole report by the contract of docs/report.schema.json; its findings and the other lists in
// the report's order, none left out.
Json json_of(const Report& report);

}  // namespace meshcheck::report
