#include "kubeapi/faults.h"

#include <fnmatch.h>

namespace meshcheck::kubeapi {

bool Faults::Counted::due() {
  ++hits;
  return hits >= fault.first && (fault.times == 0 || hits < fault.first + fault.times);
}

void Faults::add(Fault fault) {
  const std::lock_guard lock(mutex_);
  faults_.push_back({std::move(fault)});
}

void Faults::clear() {
  const std::lock_guard lock(mutex_);
  faults_.clear();
}

std::optional<Fault> Faults::strike(const std::string& target) {
  const std::lock_guard lock(mutex_);
  std::optional<Fault> striking;
  for (Counted& each : faults_) {
    if (each.fault.kind == FaultKind::stall_handshake) continue;
    if (::fnmatch(each.fault.path.c_str(), target.c_str(), 0) != 0) continue;
    if (each.due() && !striking) striking = each.fault;
  }
  return striking;
}

bool Faults::stalls_handshake() {
  const std::lock_guard lock(mutex_);
  bool stalls = false;
  for (Counted& each : faults_) {
    if (each.fault.kind == FaultKind::stall_handshake && each.due()) stalls = true;
  }
  return stalls;
}

}  // namespace meshcheck::kubeapi
