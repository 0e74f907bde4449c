// Reads the clusters that the flags name, or a snapshot of them.
#pragma once

#include <vector>

#include "cli/options.h"
#include "cli/run.h"
#include "live/snapshot.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

// What must hold of the flags before anything is asked; empty where all is well.
std::vector<Error> check_live(const LiveOptions& options, const Surroundings& surroundings);

struct Taken {
  live::Snapshot snapshot;
  std::vector<Error> errors;  // where nothing could be asked: wrong flags, no such context
};
// Reads each cluster, all at the same time. A cluster that cannot be reached is one of the snapshot
// all the same, with its reason.
Taken take_snapshot(const LiveOptions& options, const Surroundings& surroundings);

// The one or the other, as the flags ask. Of several errors all but the last have been said.
Result<live::Snapshot> read_snapshot(const LiveOptions& options, const Surroundings& surroundings);

}  // namespace meshcheck::cli
