// A connection to each cluster that the flags name.
#pragma once

#include <atomic>
#include <chrono>
#include <iosfwd>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "cli/run.h"
#include "live/access.h"
#include "live/client.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

struct LiveTimes {
  std::chrono::milliseconds request{std::chrono::seconds(30)};
  std::chrono::milliseconds whole{std::chrono::minutes(10)};
  std::chrono::milliseconds window{std::chrono::seconds(60)};
};
LiveTimes times_of(const LiveOptions& options, std::vector<Error>& errors);

// What several clusters say at once, a line at a time.
class Voice {
 public:
  explicit Voice(std::ostream& err) : err_(err) {}
  void say(const std::string& cluster, std::string_view text);

 private:
  std::mutex mutex_;
  std::ostream& err_;
};

// A cluster that the flags name: its address and credentials, or what is wrong with them.
struct Target {
  std::string context;
  std::optional<live::Access> access;
  std::optional<Error> problem;
};
// None where the flags are wrong. Of one cluster that is so, too, where its access is; of several
// the others are read all the same.
std::vector<Target> find_targets(const LiveOptions& options, const Surroundings& surroundings,
                                 Voice& voice, std::vector<Error>& errors);
// The context's name; "in-cluster" in a pod.
std::string name_of(const live::Access& access);

live::Pace real_pace();

// Says the access's warnings. `cancel` may be null.
Result<std::unique_ptr<live::Client>> open_client(const live::Access& access,
                                                  const LiveTimes& times,
                                                  const std::atomic<bool>* cancel, Voice& voice);

}  // namespace meshcheck::cli
