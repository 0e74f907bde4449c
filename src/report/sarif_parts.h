// SARIF's objects, each made by one function.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "meshcheck/report.h"
#include "report/json_parts.h"

namespace meshcheck::report {

// What one result tells: the findings of one rule at one line, for GitHub makes one alert of them.
using SarifGroup = std::vector<const Finding*>;

Severity sarif_severity(const SarifGroup& group);
std::string_view sarif_level(Severity severity);

// `text` with a full stop, as GitHub and the SARIF validator want messages.
std::string sarif_sentence(std::string_view text);

Json sarif_rule(const RuleText& rule);
Json sarif_result(const Report& report, const SarifGroup& group, const ReportStyle& style);
Json sarif_notification(const Error& error, const ReportStyle& style);
Json sarif_notification(const Report& report, const NotEvaluated& entry);

}  // namespace meshcheck::report
