// What of a cluster could not be read, in as few sentences as it has causes.
#pragma once

#include <string>
#include <vector>

#include "live/snapshot.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

// "deployments.apps"
std::string full_name(const live::ObjectList& list);

// Of a cluster that was reached: every list that should have been read and was not, or not whole.
// What has one cause, a missing right or a server that is away, is one error: it is mended in one
// step.
std::vector<Error> gaps_of(const live::Cluster& cluster);

}  // namespace meshcheck::cli
