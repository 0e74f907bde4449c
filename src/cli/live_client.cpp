#include "cli/live_client.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <ostream>
#include <random>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/duration.h"
#include "live/find_access.h"
#include "live/transport.h"

namespace meshcheck::cli {
namespace {

using std::chrono::milliseconds;

live::AccessFlags flags_of(const LiveOptions& options, const std::string& context) {
  live::AccessFlags flags;
  flags.kubeconfig = options.kubeconfig;
  flags.context = context;
  flags.cluster = options.cluster;
  flags.user = options.user;
  flags.server = options.server;
  flags.tls_server_name = options.tls_server_name;
  flags.certificate_authority = options.certificate_authority;
  flags.insecure = options.insecure;
  flags.client_certificate = options.client_certificate;
  flags.client_key = options.client_key;
  flags.token = live::Secret(options.token);
  flags.token_file = options.token_file;
  flags.as = options.as;
  flags.as_group = options.as_group;
  flags.as_uid = options.as_uid;
  flags.as_user_extra = options.as_user_extra;
  flags.proxy_url = options.proxy_url;
  flags.disable_compression = options.disable_compression;
  flags.exec_plugins = options.exec_plugins;
  return flags;
}

live::Host host_of(const Surroundings& surroundings, Voice& voice) {
  live::Host host;
  host.environment = surroundings.variables;
  host.working_directory = std::filesystem::current_path().string();
  host.stdin_is_terminal = surroundings.in_is_terminal;
  host.clock = [] { return std::chrono::system_clock::now(); };
  host.warn = [&voice](const std::string& text) { voice.say("", text); };
  return host;
}

std::vector<std::string> contexts_of(const LiveOptions& options, const live::Host& host,
                                     std::vector<Error>& errors) {
  if (!options.all_contexts) {
    return options.contexts.empty() ? std::vector<std::string>{""} : options.contexts;
  }
  live::ContextNames all = live::context_names(flags_of(options, ""), host);
  std::ranges::move(all.errors, std::back_inserter(errors));
  return std::move(all.names);
}

}  // namespace

LiveTimes times_of(const LiveOptions& options, std::vector<Error>& errors) {
  LiveTimes times;
  const auto take = [&](std::optional<Error> error) {
    if (error) errors.push_back(*std::move(error));
  };
  take(read_time("--request-timeout", options.request_timeout, times.request));
  take(read_time("--live-timeout", options.timeout, times.whole));
  take(read_time("--drift-window", options.drift_window, times.window));
  return times;
}

void Voice::say(const std::string& cluster, std::string_view text) {
  const std::scoped_lock lock(mutex_);
  const std::string of = cluster.empty() ? "" : cluster + ": ";
  say_line(fmt::format("meshcheck: {}{}", of, text), err_);
}

std::vector<Target> find_targets(const LiveOptions& options, const Surroundings& surroundings,
                                 Voice& voice, std::vector<Error>& errors) {
  const live::Host host = host_of(surroundings, voice);
  const auto contexts = contexts_of(options, host, errors);
  std::vector<std::string> known;
  if (contexts.size() > 1) known = live::context_names(flags_of(options, ""), host).names;
  std::vector<Target> targets;
  for (const std::string& context : contexts) {
    live::AccessFound found = live::find_access(flags_of(options, context), host);
    Target& target = targets.emplace_back();
    target.context = context;
    target.access = std::move(found.access);
    if (found.errors.empty()) continue;
    if (std::ranges::find(known, context) != known.end()) {
      target.access.reset();
      target.problem = std::move(found.errors.front());
    } else {
      std::ranges::move(found.errors, std::back_inserter(errors));
    }
  }
  if (!errors.empty()) targets.clear();
  return targets;
}

std::string name_of(const live::Access& access) {
  return access.context.empty() ? "in-cluster" : access.context;
}

live::Pace real_pace() {
  return {[] { return std::chrono::steady_clock::now(); },
          [](milliseconds time) { std::this_thread::sleep_for(time); },
          [] {
            thread_local std::minstd_rand engine{std::random_device{}()};
            return std::uniform_real_distribution<double>(0, 1)(engine);
          }};
}

Result<std::unique_ptr<live::Client>> open_client(const live::Access& access,
                                                  const LiveTimes& times,
                                                  const std::atomic<bool>* cancel, Voice& voice) {
  for (const std::string& warning : access.warnings) voice.say(name_of(access), warning);
  live::TransportOptions transport_options;
  transport_options.user_agent = fmt::format("meshcheck/{} (linux)", MESHCHECK_VERSION);
  transport_options.http1 = access.http1;
  transport_options.cancel = cancel;
  auto transport = live::open_transport(access, transport_options);
  if (!transport) return transport.error();
  live::ClientOptions client_options;
  client_options.request_timeout = times.request;
  if (times.whole.count() != 0) {
    client_options.deadline = std::chrono::steady_clock::now() + times.whole;
  }
  client_options.cancel = cancel;
  return std::make_unique<live::Client>(*std::move(transport), access.credentials, client_options,
                                        real_pace());
}

}  // namespace meshcheck::cli
