#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/read.h"
#include "input/document_lines.h"
#include "meshcheck/ascii.h"
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

constexpr std::string_view kScheme = "spiffe://";

// TRUST-DOMAIN/ns/NS/sa/NAME, as Istio's policies write it, or the identity of a foreign server,
// which may have any other path (istio.io: reference/config/security/authorization-policy,
// "Source").
bool is_principal(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t slash = std::min(text.find('/', begin), text.size());
    parts.push_back(text.substr(begin, slash - begin));
    begin = slash + 1;
  }
  if (parts.size() < 2 || parts[0].empty() || parts[1].empty()) return false;
  // ns/NAMESPACE/sa/NAME and NAMESPACE/sa/NAME lack their head.
  if (parts[0] == "ns" || parts[1] == "sa") return false;
  if (parts[1] != "ns") return true;
  return parts.size() == 5 && parts[3] == "sa" &&
         std::ranges::none_of(parts, &std::string_view::empty);
}

std::optional<Error> check_caller(std::string_view from) {
  const bool scheme = from.starts_with(kScheme);
  if (from.empty() || from == "none") return std::nullopt;
  if (is_principal(scheme ? from.substr(kScheme.size()) : from)) return std::nullopt;
  return fail("--from", fmt::format("`{}` is no principal", from),
              "write it as cluster.local/ns/NAMESPACE/sa/SERVICE-ACCOUNT, or none for a caller "
              "without a certificate of the mesh");
}

std::optional<Error> check_port(std::string_view port) {
  int number = 0;
  const char* end = port.data() + port.size();
  const auto read = std::from_chars(port.data(), end, number);
  const bool good = read.ec == std::errc() && read.ptr == end && number >= 1 && number <= 65535;
  if (port.empty() || good) return std::nullopt;
  return fail("--port", fmt::format("`{}` is no port", port), "write a number from 1 to 65535");
}

// Methods are case-sensitive, and so is Istio's comparison (RFC 9110, 9.1); others may have any
// name.
std::optional<Error> check_method(std::string_view method) {
  constexpr std::array<std::string_view, 9> kMethods = {
      "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"};
  const auto meant = std::ranges::find_if(
      kMethods, [&](std::string_view known) { return lower(method) == lower(known); });
  if (meant == kMethods.end() || *meant == method) return std::nullopt;
  return fail("--method", fmt::format("`{}` is no method that HTTP knows", method),
              fmt::format("methods are case-sensitive: did you mean `{}`?", *meant));
}

// What would be answered about no request that there is.
std::optional<Error> check_request(const InspectOptions& options) {
  const std::pair<const char*, const std::string&> about[] = {{"--from", options.from},
                                                              {"--port", options.port},
                                                              {"--path", options.path},
                                                              {"--method", options.method}};
  for (const auto& [flag, value] : about) {
    if (value.empty() || !options.policies.empty()) continue;
    return fail(flag, fmt::format("{} tells of a request, but not to which workload", flag),
                "name it with --policies NAMESPACE/WORKLOAD");
  }
  if (auto error = check_caller(options.from)) return error;
  if (auto error = check_port(options.port)) return error;
  // OPTIONS may ask about the whole server.
  if (!options.path.empty() && options.path.front() != '/' && options.path != "*") {
    return fail("--path", fmt::format("`{}` is no path", options.path),
                fmt::format("it begins with a slash: did you mean `/{}`?", options.path));
  }
  return check_method(options.method);
}

std::optional<std::string> if_said(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

Request request_of(const InspectOptions& options) {
  Request request{.principal = if_said(options.from),
                  .port = if_said(options.port),
                  .path = if_said(options.path),
                  .method = if_said(options.method)};
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
  if (const auto error = check_request(options)) {
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
