#include "cli/live_take.h"

#include <chrono>
#include <malloc.h>
#include <ostream>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/duration.h"
#include "cli/istioctl_status.h"
#include "cli/live_client.h"
#include "input/file_bytes.h"
#include "live/client.h"
#include "live/collect.h"

namespace meshcheck::cli {
namespace {

struct Read {
  const LiveOptions& options;
  const Surroundings& surroundings;
  const LiveTimes& times;
  Voice& voice;
  const std::atomic<bool>* cancel = nullptr;
};

live::Cluster failed(std::string name, const Error& error) {
  live::Cluster cluster;
  cluster.name = std::move(name);
  cluster.failure = error.message;
  cluster.hint = error.hint;
  return cluster;
}

live::Cluster read_cluster(const live::Access& access, const Read& read) {
  const std::string name = name_of(access);
  IstioctlEnd istioctl_end;
  istioctl_end.cancel = read.cancel;
  if (read.times.whole.count() != 0) {
    istioctl_end.deadline = std::chrono::steady_clock::now() + read.times.whole;
  }
  const auto opened = open_client(access, read.times, read.cancel, read.voice);
  if (!opened) {
    live::Cluster cluster = failed(name, opened.error());
    cluster.server = access.server.url;
    return cluster;
  }
  live::Client& client = **opened;
  live::CollectOptions collect_options;
  collect_options.namespaces = read.options.namespaces;
  collect_options.kinds = read.options.kinds;
  collect_options.name_space = access.name_space;
  collect_options.forward = !read.options.no_drift;
  collect_options.drift = collect_options.forward && !read.options.drift_unused;
  collect_options.drift_window =
      std::chrono::duration_cast<std::chrono::seconds>(read.times.window);
  collect_options.istioctl =
      istioctl_for(access.context, read.options, read.surroundings, istioctl_end);
  if (read.surroundings.err_is_terminal) {
    collect_options.progress = [&](std::string_view what) { read.voice.say(name, what); };
  }
  live::Cluster cluster = live::collect(client, collect_options, real_pace());
  cluster.name = name;
  cluster.server = client.server();
  cluster.insecure = access.server.insecure;
  for (const auto& [header, value] : access.impersonation) {
    if (header == "Impersonate-User") cluster.user = value;
  }
  return cluster;
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

std::vector<Error> check_live(const LiveOptions& options, const Surroundings& surroundings) {
  std::vector<Error> errors = check_istioctl(options, surroundings);
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
  const LiveTimes times = times_of(options, taken.errors);
  Voice voice(surroundings.err);
  taken.snapshot.taken = utc_text(std::chrono::system_clock::now());
  const auto targets = find_targets(options, surroundings, voice, taken.errors);
  if (!taken.errors.empty()) return taken;
  const Read read{options, surroundings, times, voice,
                  surroundings.catch_interrupt ? surroundings.catch_interrupt() : nullptr};
  taken.snapshot.clusters.resize(targets.size());
  std::vector<std::jthread> readers;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Target& target = targets[i];
    live::Cluster& cluster = taken.snapshot.clusters[i];
    if (target.access) {
      readers.emplace_back([&] { cluster = read_cluster(*target.access, read); });
    } else {
      cluster = failed(target.context, *target.problem);
    }
  }
  readers.clear();  // joins
  // Pages of many megabytes came and went; what is built of them now should find their room.
  ::malloc_trim(0);
  return taken;
}

Result<live::Snapshot> read_snapshot(const LiveOptions& options, const Surroundings& surroundings) {
  std::vector<Error> errors = check_live(options, surroundings);
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
