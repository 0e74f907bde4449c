#include "support/run_in.h"

#include <filesystem>
#include <optional>
#include <sstream>

#include "cli/run.h"

namespace meshcheck::test {

Ran run_in(const TemporaryFolder& folder, const std::vector<std::string>& args,
           const std::string& standard_input, const std::vector<std::string>& variables) {
  std::istringstream in(standard_input);
  std::ostringstream out;
  std::ostringstream err;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  cli::Surroundings surroundings{in, out, err, false, 0, [](const char*) { return std::nullopt; }};
  surroundings.variables = variables;
  const int status = cli::run(args, surroundings);
  std::filesystem::current_path(before);
  return {status, out.str(), err.str()};
}

}  // namespace meshcheck::test
