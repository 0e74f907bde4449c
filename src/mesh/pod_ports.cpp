#include "meshcheck/pod_ports.h"

#include <string_view>

#include "meshcheck/resource.h"
#include "meshcheck/service.h"

namespace meshcheck {

PodPorts pod_ports(const Mesh& mesh, const Workload& workload) {
  PodPorts ports;
  const Node pod = workload.object->pod_template()["spec"];
  for (const char* const list : {"containers", "initContainers"}) {
    for (const Node container : pod[list].items()) {
      // An init container serves only while it runs on, as a native sidecar.
      const bool native = container["restartPolicy"].text() == "Always";
      if (list == std::string_view("initContainers") && !native) continue;
      if (container["ports"].size() == 0) ports.all_declared = false;
      for (const Node port : container["ports"].items()) {
        if (const auto number = port["containerPort"].integer()) ports.pods.insert(*number);
      }
    }
  }
  for (const Resource* service : mesh.workload_index->services_of(workload)) {
    for (const Node port : service->spec()["ports"].items()) {
      const auto target = container_port(port, workload);
      const auto number = port["port"].integer();
      if (!target) ports.all_declared = false;
      if (!target || !number) continue;
      ports.pods.insert(*target);
      if (*target != *number) ports.services.emplace(*number, *target);
    }
  }
  return ports;
}

}  // namespace meshcheck
