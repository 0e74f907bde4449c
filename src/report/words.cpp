// The words that stand for our enumerators in every interface; they are part of the contract.
#include "meshcheck/report.h"

namespace meshcheck {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::info: return "info";
    case Severity::warning: return "warning";
    case Severity::error: return "error";
  }
  return {};
}

std::string_view to_string(PointStatus status) {
  switch (status) {
    case PointStatus::pass: return "pass";
    case PointStatus::warn: return "warn";
    case PointStatus::fail: return "fail";
    case PointStatus::not_evaluated: return "not-evaluated";
  }
  return {};
}

}  // namespace meshcheck
