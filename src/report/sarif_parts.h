// SARIF's objects, each made by one function.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "meshcheck/report.h"

namespace meshcheck::report {

using Json = nlohmann::ordered_json;  // people diff these files; keep our order of keys

std::string_view sarif_level(Severity severity);

// `text` with a full stop, as GitHub and the SARIF validator want messages.
std::string sarif_sentence(std::string_view text);

Json sarif_rule(const RuleText& rule);
Json sarif_result(const Report& report, const Finding& finding);
Json sarif_notification(const Error& error);

}  // namespace meshcheck::report
