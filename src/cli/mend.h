// Mends what findings say, in memory: makes fixes, reads and judges again, takes back what did not
// help, until nothing more can be done.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "cli/config.h"
#include "cli/fix_texts.h"
#include "cli/options.h"
#include "cli/run.h"
#include "engine/run.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

// What was not mended though its rule has a fix that a machine can make.
struct Unmended {
  Finding finding;
  std::string reason;  // a sentence fragment
};

struct Mended {
  Texts before;  // of the files below
  Texts after;
  std::size_t findings = 0;  // that there were, each by itself, without those suppressed
  std::vector<std::set<std::string>> fixed;  // of each of them, the files that had to change
  std::size_t unsafe = 0;                    // left, that --unsafe-fixes may mend
  std::vector<Unmended> unmended;
  std::vector<Error> errors;       // of reading
  std::vector<std::string> files;  // that were judged (report_targets.h)
};

struct MendOptions {
  InputOptions input;
  RunOptions run;
  std::string stdin_text;  // it can be read once, and the input is read often
  bool unsafe_too = false;
  bool leave_stdin = false;  // what came through it cannot be written back
};

// What reports call the standard input.
std::string stdin_name(const InputOptions& options);

// Fails on flags that make no sense, as reading does.
Result<Mended> mend(const MendOptions& options, const Config& config,
                    const Surroundings& surroundings);

}  // namespace meshcheck::cli
