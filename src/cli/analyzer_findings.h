// Makes findings of what istioctl analyze said, placed in the files of the run.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/read.h"
#include "engine/run.h"
#include "engine/select.h"
#include "input/istioctl_analyze.h"
#include "mesh/partition.h"
#include "meshcheck/document.h"
#include "meshcheck/finding.h"
#include "meshcheck/report.h"

namespace meshcheck::cli {

struct AnalyzerFindings {
  std::vector<Finding> findings;
  std::vector<RuleText> rules;  // one for each code that is selected and was met
};

// A message stands where it says; else at its object, where the input holds it once; one about an
// object that is not in the input has no place, as live objects have none.
AnalyzerFindings analyzer_findings(std::span<const AnalyzerMessage> messages,
                                   std::span<const Document* const> documents, const Meshes& meshes,
                                   const Selection& selection);

// What was read as the engine takes it, with those findings among the rest. `read` keeps its meshes
// and documents.
ReadOutcome outcome_of(ReadMeshes& read, const Selection& selection);

// "VirtualService shop/web", "Namespace shop"; old versions wrote "VirtualService web.shop".
ObjectRef parse_origin(std::string_view origin);

}  // namespace meshcheck::cli
