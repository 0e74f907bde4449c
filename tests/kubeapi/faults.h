// Which fault strikes which request.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "kubeapi/server.h"

namespace meshcheck::kubeapi {

class Faults {
 public:
  void add(Fault fault);
  void clear();

  // The first fault whose turn it is with this request; every fault whose path fits counts a hit.
  std::optional<Fault> strike(const std::string& target);
  // Of the handshake of a connection.
  bool stalls_handshake();

 private:
  struct Counted {
    Fault fault;
    int hits = 0;
    bool due();  // counts one
  };

  std::mutex mutex_;
  std::vector<Counted> faults_;
};

}  // namespace meshcheck::kubeapi
