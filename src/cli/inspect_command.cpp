#include "cli/commands.h"

namespace meshcheck::cli {

Exit inspect(const InspectOptions& options, const Surroundings& surroundings) {
  (void)options;
  (void)surroundings;
  return Exit::internal;
}

}  // namespace meshcheck::cli
