#include <filesystem>
#include <ostream>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/config.h"
#include "cli/config_schema.h"
#include "cli/output.h"
#include "input/files.h"

namespace meshcheck::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFile = "meshcheck.yaml";

// Everything but the version is a comment: a new file changes nothing until it is edited.
constexpr std::string_view kStarter =
    R"(# Configuration of meshcheck. `man meshcheck.yaml` explains every key, `meshcheck config show`
# prints what holds, `meshcheck config schema` what an editor needs to complete and check it.
# Prose stands behind `# `; take the # away from a setting to use it.
version: 1

# Rules to run and not to run, by ID, prefix, name or tag; `meshcheck rules` lists them. Where a
# rule is in both, the more exact word wins.
#select: [ALL]
#ignore: [MC006]

# The severity of all findings of a rule: error, warning or info.
#severities:
#  MC301: info

# Thresholds of rules; `meshcheck explain MC203` shows those of MC203.
#parameters:
#  MC203: {max-replicas: 7}

# Other rules for some files (patterns as in .gitignore) or namespaces.
#overrides:
#  - path: dev/**
#    ignore: [MC2]
#  - namespace: "dev-*"
#    severities: {MC301: info}

# What the mesh's own files do not say: who owns a namespace, what sidecars may request together,
# how many requests a workload gets, where access logs are wanted for now.
#team-label: team
#budgets:
#  - {namespace: shop, cpu: "2", memory: 4Gi}
#rps:
#  shop/web: 500
#investigations:
#  - {namespace: shop, workload: web, until: 2030-12-31, reason: INC-1}
)";

}  // namespace

Exit print_config_schema(const Surroundings& surroundings) {
  surroundings.out << config_schema();
  return Exit::clean;
}

Exit init_config(const Surroundings& surroundings) {
  std::error_code failure;
  if (fs::symlink_status(kFile, failure).type() != fs::file_type::not_found) {
    say(fail(kFile, fmt::format("{} is here already; nothing was written", kFile),
             "edit it, or move it away first; `meshcheck config show` prints what holds"),
        surroundings.err);
    return Exit::usage;
  }
  const std::string above = find_config(".");
  if (const auto error = write_whole(kFile, kStarter)) {
    say(*error, surroundings.err);
    return Exit::incomplete;
  }
  surroundings.err << fmt::format(
      "Wrote {}, which changes nothing until it is edited. Next:\n"
      "  meshcheck config show      what holds now, and why\n"
      "  meshcheck audit .          with this configuration, from this folder down\n",
      kFile);
  if (!above.empty()) {
    surroundings.err << fmt::format("It takes the place of {} here and below.\n",
                                    display_name(above, fs::current_path()));
  }
  return Exit::clean;
}

}  // namespace meshcheck::cli
