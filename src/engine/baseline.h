// The findings that were there when a repository began to be checked, accepted as they are; pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/evidence.h"
#include "meshcheck/day.h"
#include "meshcheck/finding.h"
#include "meshcheck/location.h"

namespace meshcheck {

struct BaselineEntry {
  std::string fingerprint;  // the key
  std::size_t count = 1;  // how many findings of that fingerprint: a base and its overlay have one
  std::string rule;       // the rest is for people
  ObjectRef object;
  std::string field;
  Day added = {};
  std::optional<Day> expires;  // to the end of that day
  std::string reason;          // may be empty
  Location where;              // in the file
  // What has no name but its file's (Helm values, Dockerfiles) and is not there any more.
  bool file_gone = false;
};

struct Baseline {
  std::string file;                    // as reports call it
  std::vector<std::string> paths;      // that it was written from, from the folder of the file
  std::vector<BaselineEntry> entries;  // in the order of the file
  // The run reads all of `paths`, so that what it does not find is gone.
  bool sees_all = false;
};

// False for what says that something was not read or is not suppressed as it seems: to accept that
// would hide what nobody has looked at.
bool can_be_accepted(std::string_view rule);

// Entries about a file that is gone take the name of one that has the same finding and no entry: it
// was moved. Needs fingerprints.
void follow_moved_files(Baseline& baseline, const std::vector<Finding>& findings);

// Gives the state `baselined` to the findings that the entries in force account for. Of more
// findings than were accepted the last ones of their files stand, and say so. An entry whose
// finding is known to be gone becomes a finding of state `fixed`, at its place in the file.
// Suppressed findings count as found. Needs fingerprints.
void apply_baseline(const Baseline& baseline, const Evidence& evidence, Day today,
                    std::vector<Finding>& findings);

// How an entry fared in a run that did not fold.
struct EntryState {
  enum class Kind : std::uint8_t {
    in_force,  // all that it accepts is there
    expired,   // and so accepts nothing any more
    stale,     // less is there than it accepts
    unseen,  // the same, but the run cannot tell: it read a part only, or the rule could not judge
  };
  Kind kind = Kind::in_force;
  std::size_t found = 0;
};
// In the order of the entries.
std::vector<EntryState> states_of(const Baseline& baseline, const std::vector<Finding>& findings,
                                  Day today);

// The entries without those that are stale, sorted. Never adds.
std::vector<BaselineEntry> prune(const Baseline& baseline, std::span<const EntryState> states);

// The same, with the findings that stand. Entries that stay keep their dates and reasons; what has
// expired is accepted anew.
struct Acceptance {
  Day today = {};
  std::optional<Day> expires;
  std::string reason;
};
struct Accepted {
  std::vector<BaselineEntry> entries;   // sorted
  std::size_t added = 0;                // findings
  std::vector<const Finding*> refused;  // that cannot be accepted
};
Accepted accept(const Baseline& baseline, const std::vector<Finding>& findings,
                const Acceptance& how);

}  // namespace meshcheck
