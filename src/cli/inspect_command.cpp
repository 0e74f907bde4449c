#include <algorithm>
#include <iterator>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/read.h"
#include "input/document_lines.h"
#include "meshcheck/authorization_decision.h"
#include "report/inspect.h"
#include "report/policies.h"

namespace meshcheck::cli {
namespace {

Exit say_all(const std::vector<Error>& errors, const Surroundings& surroundings) {
  say(errors, surroundings.err);
  return errors.empty() ? Exit::clean : Exit::incomplete;
}

// To an audit it is a finding; what is shown here would lack it without a word.
void say_unparsed(const std::vector<Finding>& findings, const Surroundings& surroundings) {
  for (const Finding& finding : findings) {
    if (finding.rule != "MC001" || !finding.location) continue;
    Error error = fail(finding.location->file, fmt::format("{} (MC001)", finding.message),
                       "nothing of this document is shown");
    error.location = finding.location;
    say(error, surroundings.err);
  }
}

Exit print_documents(const InputOptions& options, const Config& config,
                     const Surroundings& surroundings) {
  Inquiry inquiry;
  auto errors = fill(inquiry, options, config, surroundings);
  auto unread = write_document_lines(inquiry.paths, inquiry.load,
                                     [&](std::string_view lines) { surroundings.out << lines; });
  std::ranges::move(unread, std::back_inserter(errors));
  surroundings.out.flush();
  return say_all(errors, surroundings);
}

std::optional<std::string> if_said(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

Request request_of(const InspectOptions& options) {
  Request request{.principal = if_said(options.from),
                  .port = if_said(options.port),
                  .path = if_said(options.path),
                  .method = if_said(options.method)};
  constexpr std::string_view kScheme = "spiffe://";
  if (request.principal == "none") request.principal = "";
  if (options.from.starts_with(kScheme)) request.principal = options.from.substr(kScheme.size());
  return request;
}

Exit print_policies(const InspectOptions& options, const ReadMeshes& read,
                    const Surroundings& surroundings) {
  std::vector<Decision> decisions;
  for (const Mesh& mesh : read.meshes.meshes) {
    for (const PolicyTarget& target : mesh.policy_targets.all()) {
      if (fmt::format("{}/{}", target.name_space, target.name) != options.policies) continue;
      decisions.push_back(decide_request(mesh, target, request_of(options)));
    }
  }
  if (decisions.empty()) {
    say(fail("", fmt::format("no workload {} is in the input", options.policies),
             "--policies takes NAMESPACE/WORKLOAD; `meshcheck inspect` lists the workloads"),
        surroundings.err);
    return Exit::usage;
  }
  surroundings.out << (options.output == "json" ? policies_json(decisions)
                                                : policies_text(decisions));
  surroundings.out.flush();
  return say_all(read.loaded.errors, surroundings);
}

}  // namespace

Exit inspect(const InspectOptions& options, const Surroundings& surroundings) {
  if (const auto error = check_format(options.output, kInspectFormats)) {
    say(*error, surroundings.err);
    return Exit::usage;
  }
  const ConfigRead configured = configure(options.input);
  if (!configured.errors.empty()) {
    say(configured.errors, surroundings.err);
    return Exit::usage;
  }
  if (options.documents) return print_documents(options.input, configured.config, surroundings);
  const auto read = read_meshes(options.input, configured.config, surroundings);
  if (!read) {
    say(read.error(), surroundings.err);
    return Exit::usage;
  }
  say_unparsed(read->loaded.findings, surroundings);
  if (!options.policies.empty()) return print_policies(options, *read, surroundings);
  surroundings.out << (options.output == "json" ? inspect_json(read->meshes.meshes)
                                                : inspect_table(read->meshes.meshes));
  surroundings.out.flush();
  return say_all(read->loaded.errors, surroundings);
}

}  // namespace meshcheck::cli
