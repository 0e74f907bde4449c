// Turns what was read of clusters into what rules judge.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "input/load.h"
#include "live/snapshot.h"
#include "mesh/partition.h"
#include "meshcheck/observations.h"
#include "meshcheck/report.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

// Every list that should have been read and was not, and every cluster.
std::vector<Error> unread_of(const live::Snapshot& snapshot);

// The texts to load; they point into the snapshot. No file has such a name.
std::vector<LiveText> texts_of(const live::Snapshot& snapshot);
bool is_live_name(std::string_view file);

// What the cluster's istiods said, and which kinds are known. `days` are not read here: a clock is
// the caller's.
void observe(const live::Cluster& cluster, Observations& observed, std::vector<Error>& errors);

// One mesh a cluster. Objects of files stand in for the live ones of the same name: what the
// cluster would be after they are applied.
Meshes live_meshes(const live::Snapshot& snapshot, std::span<const Document* const> documents,
                   std::span<const Observations> observed, PartitionOptions how);

// Nobody can open a file of a cluster: takes such places out of the findings, and where there are
// several clusters puts their names before those of the objects.
void forget_places(Report& report);

// What the report says of the clusters themselves.
std::vector<ClusterRead> describe_clusters(const live::Snapshot& snapshot);

}  // namespace meshcheck::cli
