#include "cli/istioctl_status.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "cli/tool_run.h"

namespace meshcheck::cli {
namespace {

std::optional<std::string> find_program(const LiveOptions& options,
                                        const Surroundings& surroundings) {
  const std::string_view name = options.istioctl;
  const auto slash = name.rfind('/');
  if (slash == std::string_view::npos) {
    return find_tool(name, surroundings.environment("PATH").value_or(""));
  }
  return find_tool(name.substr(slash + 1), name.substr(0, std::max<std::size_t>(slash, 1)));
}

std::vector<std::string> arguments_for(const live::Istiod& istiod, const std::string& context,
                                       const std::string& kubeconfig) {
  std::vector<std::string> arguments{"proxy-status", "--istioNamespace", istiod.name_space};
  // From 1.28 on it tells of one revision's proxies only.
  if (istiod.revision != "default") {
    arguments.insert(arguments.end(), {"--revision", istiod.revision});
  }
  if (!kubeconfig.empty()) arguments.insert(arguments.end(), {"--kubeconfig", kubeconfig});
  if (!context.empty()) arguments.insert(arguments.end(), {"--context", context});
  return arguments;
}

// The first line that is a complaint: cobra prints the command's whole help behind it.
std::string_view first_line(std::string_view text) {
  const auto begin = text.find_first_not_of(" \n");
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin);
  return text.substr(0, text.find('\n'));
}

using std::chrono::milliseconds;
using std::chrono::steady_clock;

ToolLimits limits_until(const IstioctlEnd& end) {
  ToolLimits limits;
  limits.cancel = end.cancel;
  if (end.deadline) {
    const auto left = std::chrono::ceil<milliseconds>(*end.deadline - steady_clock::now());
    limits.time = std::clamp(left, milliseconds(0), limits.time);
  }
  return limits;
}

Error failed(const std::string& program, const ToolRun& ran, const IstioctlEnd& end) {
  switch (ran.end) {
    case ToolRun::End::exited:
      return fail("", fmt::format("{} proxy-status failed with status {}: {}", program, ran.status,
                                  first_line(ran.err)));
    case ToolRun::End::signalled:
      return fail("", fmt::format("{} was ended by signal {}", program, ran.status));
    case ToolRun::End::timed_out:
      if (end.deadline && steady_clock::now() >= *end.deadline) {
        return fail("", fmt::format("{} did not end within --live-timeout", program));
      }
      return fail("", fmt::format("{} did not end within 60 s", program));
    case ToolRun::End::cancelled: return fail("", fmt::format("{} was interrupted", program));
    case ToolRun::End::too_large:
      return fail("", fmt::format("{} printed more than 64 MiB", program));
    case ToolRun::End::unstartable: break;
  }
  return fail("", fmt::format("{} cannot be started", program));
}

Result<std::string> ask(const std::string& program, const std::vector<std::string>& arguments,
                        const IstioctlEnd& end) {
  std::vector<std::string> as_json = arguments;
  as_json.insert(as_json.end(), {"-o", "json"});
  ToolRun ran = run_tool(program, as_json, limits_until(end));
  // Before 1.27 it prints tables only.
  if (ran.end == ToolRun::End::exited && ran.status != 0 &&
      ran.err.find("unknown shorthand flag") != std::string::npos) {
    ran = run_tool(program, arguments, limits_until(end));
  }
  if (ran.end != ToolRun::End::exited || ran.status != 0) return failed(program, ran, end);
  return std::move(ran.out);
}

}  // namespace

std::vector<Error> check_istioctl(const LiveOptions& options, const Surroundings& surroundings) {
  std::vector<Error> errors;
  if (options.istioctl.empty()) return errors;
  const bool as_another = !options.as.empty() || !options.as_group.empty() ||
                          !options.as_uid.empty() || !options.as_user_extra.empty();
  const std::array<std::pair<std::string_view, bool>, 13> foreign = {{
      {"--cluster", !options.cluster.empty()},
      {"--user", !options.user.empty()},
      {"--server", !options.server.empty()},
      {"--tls-server-name", !options.tls_server_name.empty()},
      {"--certificate-authority", !options.certificate_authority.empty()},
      {"--insecure-skip-tls-verify", options.insecure},
      {"--client-certificate", !options.client_certificate.empty()},
      {"--client-key", !options.client_key.empty()},
      {"--token", !options.token.empty()},
      {"--token-file", !options.token_file.empty()},
      {"--as", as_another},
      {"--proxy-url", !options.proxy_url.empty()},
      {"--no-drift", options.no_drift},
  }};
  for (const auto& [flag, given] : foreign) {
    if (!given) continue;
    errors.push_back(fail("--istioctl", fmt::format("does not go with {}", flag),
                          "istioctl finds the cluster by --kubeconfig and --context alone"));
  }
  if (!find_program(options, surroundings)) {
    errors.push_back(fail("--istioctl", fmt::format("{} is no program", options.istioctl),
                          "name a file, or a program in a folder of PATH"));
  }
  return errors;
}

live::AskIstioctl istioctl_for(const std::string& context, const LiveOptions& options,
                               const Surroundings& surroundings, IstioctlEnd end) {
  if (options.istioctl.empty()) return {};
  const auto program = find_program(options, surroundings);
  if (!program) return {};
  return [program = *program, context, kubeconfig = options.kubeconfig,
          end](const live::Istiod& istiod) {
    return ask(program, arguments_for(istiod, context, kubeconfig), end);
  };
}

}  // namespace meshcheck::cli
