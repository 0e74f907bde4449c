#include "rulegen/generate.h"

namespace meshcheck::rulegen {

void generate_data(const std::string& out, std::span<const std::string>) {
  write_if_changed(out, "// No data.\n");
}

}  // namespace meshcheck::rulegen
