// Severity, documentation and parameters: rules/mc201-istiod-single-replica.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {

void mc201_istiod_single_replica(const Mesh& mesh, const Parameters& parameters, Sink& sink) {
  (void)mesh;
  (void)parameters;
  (void)sink;
}

}  // namespace meshcheck::rules
