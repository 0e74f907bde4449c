// Where the remedy of a finding goes: which part of which document is to say what.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/read.h"
#include "edit/path.h"
#include "meshcheck/finding.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

// A snippet of YAML, laid over a part of a document or added as one.
struct Change {
  std::string file;            // as reports name it
  bool adds = false;           // a document at the end of the file; else:
  std::uint32_t document = 0;  // number within the file
  Path path;                   // to the part
  std::string yaml;
  bool unsafe = false;  // though the rule's fixes are safe as such
};

// The changes that the fix of the finding asks for, of what `read` holds. An error, with the reason
// as a fragment, where the place is not in the input or is not one.
Result<std::vector<Change>> plan_fix(const Finding& finding, const ReadMeshes& read);

}  // namespace meshcheck::cli
