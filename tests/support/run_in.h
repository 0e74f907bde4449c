// Runs the command line in a folder, as a user in a shell would.
#pragma once

#include <string>
#include <vector>

#include "support/contains.h"
#include "support/temporary_folder.h"

namespace meshcheck::test {

struct Ran {
  int status = 0;
  std::string out;
  std::string err;
};

Ran run_in(const TemporaryFolder& folder, const std::vector<std::string>& args,
           const std::string& standard_input = {},
           const std::vector<std::string>& variables = {});  // NAME=value each

}  // namespace meshcheck::test
