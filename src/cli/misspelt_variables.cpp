#include "cli/misspelt_variables.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "cli/interface.h"
#include "engine/select.h"

namespace meshcheck::cli {
namespace {

constexpr std::string_view kOurs = "MESHCHECK_";

// Only known where one is set: that takes the whole parser.
std::vector<std::string> flags_variables() {
  std::vector<std::string> names;
  for (const CommandInfo& command : describe_interface()) {
    for (const ArgumentInfo& flag : command.flags) {
      if (!flag.variable.empty()) names.push_back(flag.variable);
    }
  }
  return names;
}

// kubernetes.io: concepts/services-networking/service, "Environment variables".
bool is_of_service(std::string_view name) {
  return name.starts_with("MESHCHECK_PORT") || name.starts_with("MESHCHECK_SERVICE_") ||
         name.find("_SERVICE_") != std::string_view::npos ||
         name.find("_PORT_") != std::string_view::npos || name.ends_with("_PORT");
}

}  // namespace

std::vector<Error> misspelt_variables(const std::vector<std::string>& variables) {
  std::vector<Error> warnings;
  std::vector<std::string> known;
  for (const std::string& variable : variables) {
    const std::string name = variable.substr(0, variable.find('='));
    if (!name.starts_with(kOurs) || is_of_service(name)) continue;
    if (known.empty()) known = flags_variables();
    if (std::ranges::find(known, name) != known.end()) continue;
    std::vector<std::string> ends;  // what all begin with makes none nearer
    for (const std::string& one : known) ends.push_back(one.substr(kOurs.size()));
    const std::string near = nearest(name.substr(kOurs.size()), ends);
    // MESHCHECK_VERSION is a pin of CI, and no slip of MESHCHECK_VERSIONS.
    const std::string_view end = std::string_view(name).substr(kOurs.size());
    if (near.empty() || near.starts_with(end) || end.starts_with(near)) continue;
    warnings.push_back(fail("",
                            fmt::format("no flag has the variable {}, so it does nothing", name),
                            fmt::format("did you mean `{}{}`?", kOurs, near)));
  }
  std::ranges::sort(warnings, {}, &Error::message);
  return warnings;
}

}  // namespace meshcheck::cli
