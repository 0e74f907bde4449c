#include "meshcheck/rule_ports.h"

#include <algorithm>

#include "meshcheck/service.h"

namespace meshcheck {
namespace {

bool has_unreadable(Node ports) {
  return std::ranges::any_of(ports.items(),
                             [](Node port) { return !port_number(port.text()).has_value(); });
}

// Of variables nobody knows what they leave out.
bool may_take(Node wanted, Node excluded, std::int64_t port) {
  return (wanted.size() == 0 || has_unreadable(wanted) || lists_port(wanted, port)) &&
         !lists_port(excluded, port);
}

void add_ports(Node ports, std::vector<std::int64_t>& to) {
  for (const Node port : ports.items()) {
    const auto number = port_number(port.text());
    if (number && std::ranges::count(to, *number) == 0) to.push_back(*number);
  }
}

}  // namespace

bool is_on_port(Node condition) { return condition["key"].text() == "destination.port"; }

bool lists_port(Node ports, std::int64_t wanted) {
  return std::ranges::any_of(ports.items(),
                             [&](Node port) { return port_number(port.text()) == wanted; });
}

bool is_for_port(const AuthorizationRule& rule, std::int64_t port) {
  const bool by_operation =
      rule.operations.empty() || std::ranges::any_of(rule.operations, [&](Node operation) {
        return may_take(operation["ports"], operation["notPorts"], port);
      });
  return by_operation && std::ranges::all_of(rule.conditions, [&](Node condition) {
           return !is_on_port(condition) ||
                  may_take(condition["values"], condition["notValues"], port);
         });
}

RulePorts ports_of(const AuthorizationRule& rule) {
  RulePorts ports;
  const auto limited = [](Node list) { return list.size() != 0 && !has_unreadable(list); };
  if (!rule.operations.empty() &&
      std::ranges::all_of(rule.operations, [&](Node one) { return limited(one["ports"]); })) {
    ports.all = false;
    for (const Node operation : rule.operations) add_ports(operation["ports"], ports.listed);
  }
  for (const Node condition : rule.conditions) {
    if (!is_on_port(condition) || !limited(condition["values"])) continue;
    if (ports.all) add_ports(condition["values"], ports.listed);
    ports.all = false;
  }
  std::erase_if(ports.listed, [&](std::int64_t port) { return !is_for_port(rule, port); });
  return ports;
}

}  // namespace meshcheck
