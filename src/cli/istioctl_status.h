// What istioctl tells of proxies where the API server forwards no ports for us.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/run.h"
#include "live/istiods.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

// What must hold of --istioctl before anything is asked: it finds its cluster by --kubeconfig and
// --context alone.
std::vector<Error> check_istioctl(const LiveOptions& options, const Surroundings& surroundings);

// When a run of istioctl is ended, though it may take a minute.
struct IstioctlEnd {
  std::optional<std::chrono::steady_clock::time_point> deadline;
  const std::atomic<bool>* cancel = nullptr;
};

// Empty where --istioctl is not given. It is run for every revision of which no istiod answers.
// `context` is the kubeconfig's; empty in a pod.
live::AskIstioctl istioctl_for(const std::string& context, const LiveOptions& options,
                               const Surroundings& surroundings, IstioctlEnd end);

}  // namespace meshcheck::cli
