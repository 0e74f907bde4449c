#include "cli/live_take.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <iterator>
#include <malloc.h>
#include <mutex>
#include <ostream>
#include <random>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/duration.h"
#include "input/file_bytes.h"
#include "live/client.h"
#include "live/collect.h"
#include "live/find_access.h"
#include "live/transport.h"

namespace meshcheck::cli {
namespace {

using std::chrono::milliseconds;

struct Times {
  milliseconds request{std::chrono::seconds(30)};
  milliseconds whole{std::chrono::minutes(10)};
  milliseconds window{std::chrono::seconds(60)};
};

std::optional<Error> read_time(const char* flag, const std::string& text, milliseconds& time) {
  if (text.empty()) return std::nullopt;
  const auto read = parse_duration(text);
  if (!read) return fail(flag, fmt::format("`{}` is no time", text), "write it as 30s or 5m");
  time = *read;
  return std::nullopt;
}

Times times_of(const LiveOptions& options, std::vector<Error>& errors) {
  Times times;
  const auto take = [&](std::optional<Error> error) {
    if (error) errors.push_back(*std::move(error));
  };
  take(read_time("--request-timeout", options.request_timeout, times.request));
  take(read_time("--live-timeout", options.timeout, times.whole));
  take(read_time("--drift-window", options.drift_window, times.window));
  return times;
}

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
  flags.token_file = options.token_file;
  flags.as = options.as;
  flags.as_group = options.as_group;
  flags.as_uid = options.as_uid;
  flags.exec_plugins = options.exec_plugins;
  return flags;
}

// What several clusters say at once, a line at a time.
class Voice {
 public:
  explicit Voice(std::ostream& err) : err_(err) {}
  void say(const std::string& cluster, std::string_view text) {
    const std::scoped_lock lock(mutex_);
    err_ << "meshcheck: ";
    if (!cluster.empty()) err_ << cluster << ": ";
    err_ << text << '\n';
  }

 private:
  std::mutex mutex_;
  std::ostream& err_;
};

live::Host host_of(const Surroundings& surroundings, Voice& voice) {
  live::Host host;
  host.environment = surroundings.variables;
  host.working_directory = std::filesystem::current_path().string();
  host.stdin_is_terminal = surroundings.in_is_terminal;
  host.clock = [] { return std::chrono::system_clock::now(); };
  host.warn = [&voice](const std::string& text) { voice.say("", text); };
  return host;
}

live::Pace pace() {
  return {[] { return std::chrono::steady_clock::now(); },
          [](milliseconds time) { std::this_thread::sleep_for(time); },
          [] {
            thread_local std::minstd_rand engine{std::random_device{}()};
            return std::uniform_real_distribution<double>(0, 1)(engine);
          }};
}

std::string text_of(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

struct Read {
  const LiveOptions& options;
  const Surroundings& surroundings;
  const Times& times;
  Voice& voice;
  const std::atomic<bool>* cancel = nullptr;
};

live::Cluster failed(const live::Access& access, const Error& error) {
  live::Cluster cluster;
  cluster.failure = error.message;
  cluster.hint = error.hint;
  cluster.server = access.server.url;
  return cluster;
}

live::Cluster read_cluster(const live::Access& access, const Read& read) {
  const std::string name = access.context.empty() ? "in-cluster" : access.context;
  for (const std::string& warning : access.warnings) read.voice.say(name, warning);
  live::TransportOptions transport_options;
  transport_options.user_agent = fmt::format("meshcheck/{} (linux)", MESHCHECK_VERSION);
  transport_options.cancel = read.cancel;
  auto transport = live::open_transport(access, transport_options);
  if (!transport) {
    live::Cluster cluster = failed(access, transport.error());
    cluster.name = name;
    return cluster;
  }
  live::ClientOptions client_options;
  client_options.request_timeout = read.times.request;
  if (read.times.whole.count() != 0) {
    client_options.deadline = std::chrono::steady_clock::now() + read.times.whole;
  }
  client_options.cancel = read.cancel;
  const live::Pace speed = pace();
  live::Client client(*std::move(transport), access.credentials, client_options, speed);
  live::CollectOptions collect_options;
  collect_options.namespaces = read.options.namespaces;
  collect_options.kinds = read.options.kinds;
  collect_options.name_space = access.name_space;
  collect_options.drift = !read.options.no_drift;
  collect_options.drift_window =
      std::chrono::duration_cast<std::chrono::seconds>(read.times.window);
  if (read.surroundings.err_is_terminal) {
    collect_options.progress = [&](std::string_view what) { read.voice.say(name, what); };
  }
  live::Cluster cluster = live::collect(client, collect_options, speed);
  cluster.name = name;
  cluster.server = client.server();
  cluster.insecure = access.server.insecure;
  for (const auto& [header, value] : access.impersonation) {
    if (header == "Impersonate-User") cluster.user = value;
  }
  return cluster;
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

Result<live::Snapshot> open_snapshot(const std::string& file) {
  const auto bytes = FileBytes::read(file, file);
  if (!bytes) return bytes.error();
  auto snapshot = live::read_snapshot(bytes->text());
  if (!snapshot) {
    return fail(file, fmt::format("{} is no snapshot: {}", file, snapshot.error().message),
                snapshot.error().hint.empty() ? "take one: meshcheck snapshot -o FILE.tar.gz"
                                              : snapshot.error().hint);
  }
  return snapshot;
}

}  // namespace

std::vector<Error> check_live(const LiveOptions& options) {
  std::vector<Error> errors;
  times_of(options, errors);
  if (options.on && !options.snapshot.empty()) {
    errors.push_back(fail("--snapshot", "a snapshot stands in for the cluster that --live reads",
                          "give one of the two"));
  }
  if (options.all_contexts && !options.contexts.empty()) {
    errors.push_back(
        fail("--all-contexts", "it already means every --context", "give one of the two"));
  }
  if (options.all_namespaces && !options.namespaces.empty()) {
    errors.push_back(fail("--namespace", "-A asks for all of them", "give one of the two"));
  }
  return errors;
}

Taken take_snapshot(const LiveOptions& options, const Surroundings& surroundings) {
  Taken taken;
  const Times times = times_of(options, taken.errors);
  Voice voice(surroundings.err);
  const live::Host host = host_of(surroundings, voice);
  taken.snapshot.taken = text_of(std::chrono::system_clock::now());
  std::vector<live::Access> accesses;
  for (const std::string& context : contexts_of(options, host, taken.errors)) {
    live::AccessFound found = live::find_access(flags_of(options, context), host);
    std::ranges::move(found.errors, std::back_inserter(taken.errors));
    if (found.access) accesses.push_back(*std::move(found.access));
  }
  if (!taken.errors.empty()) return taken;
  const Read read{options, surroundings, times, voice,
                  surroundings.catch_interrupt ? surroundings.catch_interrupt() : nullptr};
  taken.snapshot.clusters.resize(accesses.size());
  std::vector<std::jthread> readers;
  for (std::size_t i = 0; i < accesses.size(); ++i) {
    readers.emplace_back([&, i] { taken.snapshot.clusters[i] = read_cluster(accesses[i], read); });
  }
  readers.clear();  // joins
  // Pages of many megabytes came and went; what is built of them now should find their room.
  ::malloc_trim(0);
  return taken;
}

Result<live::Snapshot> read_snapshot(const LiveOptions& options, const Surroundings& surroundings) {
  std::vector<Error> errors = check_live(options);
  if (errors.empty() && !options.on) return open_snapshot(options.snapshot);
  if (errors.empty()) {
    Taken taken = take_snapshot(options, surroundings);
    if (taken.errors.empty()) return std::move(taken.snapshot);
    errors = std::move(taken.errors);
  }
  for (std::size_t i = 0; i + 1 < errors.size(); ++i) say(errors[i], surroundings.err);
  return std::move(errors.back());
}

}  // namespace meshcheck::cli
