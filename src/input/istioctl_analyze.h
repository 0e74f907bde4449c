// Reads what `istioctl analyze` printed, in any of its forms: JSON, YAML and text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/finding.h"
#include "meshcheck/location.h"
#include "meshcheck/result.h"

namespace meshcheck {

// One message of one of istioctl's analyzers.
struct AnalyzerMessage {
  std::string code;  // "IST0101"
  Severity severity = Severity::warning;
  std::string message;
  std::string origin;         // "VirtualService shop/web"; empty where it is about no object
  std::string reference;      // "shop/web.yaml:12"; empty for an object of the cluster
  std::string documentation;  // the page of the code; may be empty
  Location location;          // of the message in the file that holds it
};

// The messages in the order of the text, which may hold several outputs one after the other, with
// prompts and warnings between them. An error where it holds no output, and where it is empty:
// istioctl leaves an empty file also where it failed.
Result<std::vector<AnalyzerMessage>> read_istioctl_analyze(const Source& source);

// IST and four digits; every other word is none of istioctl's codes.
bool is_analyzer_code(std::string_view word);

// What a code says, in a few words; "" for one that this version does not know.
std::string_view analyzer_title(std::string_view code);

}  // namespace meshcheck
