// Reads what the user named into meshes; shared by the commands that look at one.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cli/config.h"
#include "cli/options.h"
#include "cli/render.h"
#include "cli/run.h"
#include "input/istioctl_analyze.h"
#include "input/load.h"
#include "live/snapshot.h"
#include "mesh/partition.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

// What a command reads, with the standard input where it is asked for.
struct Inquiry {
  std::vector<std::string> paths;
  LoadOptions load;
  std::string stdin_text;  // `load` points to it
  std::vector<RenderedTree> trees;
  std::set<std::string, std::less<>> layers;  // of `trees`, see Rendering
};
// Says what cannot be read before anything is loaded.
std::vector<Error> fill(Inquiry& inquiry, const InputOptions& options, const Config& config,
                        const Surroundings& surroundings);

// Everything a command needs to keep alive while it looks at the meshes.
struct ReadMeshes {
  std::unique_ptr<Settings> settings = std::make_unique<Settings>();
  std::unique_ptr<Observations> observed = std::make_unique<Observations>();
  live::Snapshot snapshot;               // of --live and --snapshot
  std::vector<Observations> by_cluster;  // of each of its clusters
  Loaded loaded;
  Meshes meshes;
  std::vector<AnalyzerMessage> messages;  // of istioctl analyze
  bool analyzed = false;                  // what it printed was given, and all of it read
  std::vector<RenderedTree> trees;        // of --render
};

// Fails on flags that make no sense; what could not be read is in `loaded.errors`. `instead` holds
// texts of files, by name, to be read and not those of the disk; it outlives what is read.
Result<ReadMeshes> read_meshes(const InputOptions& options, const Config& config,
                               const Surroundings& surroundings,
                               const std::map<std::string, std::string>* instead = nullptr);

}  // namespace meshcheck::cli
