// The pod's ports that a rule of an AuthorizationPolicy is for.
#pragma once

#include <cstdint>
#include <vector>

#include "meshcheck/authorization.h"

namespace meshcheck {

// By its operations and its conditions on destination.port.
struct RulePorts {
  bool all = true;                   // or all but some
  std::vector<std::int64_t> listed;  // where it is not for all; empty: the rule matches nothing
};
RulePorts ports_of(const AuthorizationRule& rule);
// Of a `when`: it is on the port of the pod.
bool is_on_port(Node condition);
// The number stands in the list of ports.
bool lists_port(Node ports, std::int64_t wanted);
// The rule may match on that port; a variable may be any.
bool is_for_port(const AuthorizationRule& rule, std::int64_t port);

}  // namespace meshcheck
