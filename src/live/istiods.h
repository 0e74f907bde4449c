// Which istiods run in a cluster, and what they say themselves.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "live/client.h"
#include "live/snapshot.h"
#include "meshcheck/proxy_status.h"
#include "meshcheck/result.h"

namespace meshcheck::live {

struct Istiod {
  std::string name_space;
  std::string revision;           // "default" for the unrevisioned one
  std::vector<std::string> pods;  // that run
  std::string shared_config;      // the ConfigMap below its own, by SHARED_MESH_CONFIG; or empty
};

// From the Deployments and Pods that were listed, by namespace and revision.
void find_istiods(const Cluster& cluster, std::vector<Istiod>& istiods);

// What `istioctl proxy-status` prints of the proxies of these istiods, in any of its layouts.
using AskIstioctl = std::function<Result<std::string>(const Istiod&)>;

// As the path of an answer: what istioctl said in istiods' stead.
inline constexpr std::string_view kIstioctlStatus = "istioctl proxy-status";

struct AskOptions {
  bool forward = true;
  bool drift = true;
  AskIstioctl istioctl = {};  // asked where no istiod of a revision answers; may be empty
  std::chrono::seconds drift_window{60};
  std::function<void(std::string_view)> progress = [](std::string_view) {};
};

// All answers to what proxies acknowledge, of one look: what istiods say, then what istioctl says
// in the stead of others. None after the last look.
std::vector<const IstiodAnswer*> status_answers(const Cluster& cluster, std::size_t look);
// What one of them says; an istiod's ages count up to its own Date.
Result<std::vector<StatusSnapshot>> read_status(const IstiodAnswer& answer, std::string name);

// Asks every pod for its version and metrics through the API server, and for the state of its
// proxies by port-forwarding. Where proxies have not acknowledged what they were sent and one look
// cannot tell for how long, looks again until they have or the window has passed.
void ask_istiods(Client& client, const std::vector<Istiod>& istiods, const AskOptions& options,
                 const Pace& pace, Cluster& cluster);

// One look at the proxies of the istiods that run now: asks for the pods of istiods alone, in all
// namespaces or those, then each of them. `failure` says why there is nothing.
Cluster look_at_proxies(Client& client, const Scope& scope);

// metadata.name of an object's JSON.
std::string name_of_object(std::string_view json);

}  // namespace meshcheck::live
