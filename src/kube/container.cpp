#include "meshcheck/container.h"

namespace meshcheck {

Node find_container(Node pod_spec, std::string_view name) {
  for (const Node list : {pod_spec["containers"], pod_spec["initContainers"]}) {
    for (const Node container : list.items()) {
      if (container["name"].text() == name) return container;
    }
  }
  return {};
}

}  // namespace meshcheck
