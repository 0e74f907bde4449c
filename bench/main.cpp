// Measures in one run what the design promises: reading against yaml-cpp, memory, start-up.
//   meshcheck_bench [MEGABYTES]
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <span>
#include <spawn.h>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "bench/manifests.h"
#include "bench/yaml_cpp.h"
#include "input/load.h"
#include "meshcheck/resource.h"

extern char** environ;

namespace meshcheck::bench {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// What an audit does before its rules: read, parse, index.
std::size_t read_and_index(std::span<const std::string> files, const LoadOptions& options) {
  const Loaded loaded = load(files, options);
  ResourceIndex index;
  for (const Document* document : loaded.documents) index.add(document->root(), "default");
  return index.size();
}

struct Child {
  double milliseconds = 0;
  double mebibytes = 0;  // most that was resident
};

Child run_child(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  const auto begin = Clock::now();
  pid_t child = 0;
  int status = posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  rusage usage = {};
  if (status != 0 || wait4(child, &status, 0, &usage) != child || status != 0) {
    fmt::print(stderr, "bench: {} failed\n", arguments[0]);
    std::exit(1);
  }
  return {milliseconds_since(begin), static_cast<double>(usage.ru_maxrss) / 1024};
}

struct Corpus {
  const char* name;
  std::string file;
  double megabytes;
};

Corpus write(const char* name, const std::filesystem::path& folder, const std::string& text) {
  const std::string file = (folder / name).string() + ".yaml";
  std::ofstream(file, std::ios::binary) << text;
  return {name, file, static_cast<double>(text.size()) / 1e6};
}

double time_yaml_cpp(const Corpus& corpus) {
  std::ifstream stream(corpus.file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto begin = Clock::now();
  read_with_yaml_cpp(text);
  return milliseconds_since(begin);
}

double time_ours(const Corpus& corpus, const LoadOptions& options) {
  constexpr int kRuns = 7;
  std::vector<double> times;
  for (int i = 0; i < kRuns; ++i) {
    const auto begin = Clock::now();
    read_and_index(std::array{corpus.file}, options);
    times.push_back(milliseconds_since(begin));
  }
  return median(times);
}

void compare_reading(std::span<const Corpus> all) {
  const std::array<std::pair<const char*, LoadOptions>, 4> ways = {{
      {"ours, everything, 1 thread", {.parse_all = true, .threads = 1}},
      {"ours, everything", {.parse_all = true}},
      {"ours as run, 1 thread", {.threads = 1}},
      {"ours as run", {}},
  }};
  fmt::print("{:<10}{:<30}{:>10}{:>10}{:>10}\n", "input", "reader", "ms", "MB/s", "ratio");
  double theirs_total = 0;
  double ours_total = 0;
  double megabytes = 0;
  for (const Corpus& corpus : all) {
    const double theirs = time_yaml_cpp(corpus);
    const auto row = [&](const char* name, double ms) {
      fmt::print("{:<10}{:<30}{:>10.1f}{:>10.1f}{:>10.1f}\n", corpus.name, name, ms,
                 corpus.megabytes * 1000 / ms, theirs / ms);
      return ms;
    };
    row("yaml-cpp events", theirs);
    double last = 0;
    for (const auto& [name, options] : ways) last = row(name, time_ours(corpus, options));
    theirs_total += theirs;
    ours_total += last;
    megabytes += corpus.megabytes;
  }
  fmt::print("{:<10}{:<30}{:>10.1f}{:>10.1f}{:>10.1f}   target: 30\n\n", "both", "ours as run",
             ours_total, megabytes * 1000 / ours_total, theirs_total / ours_total);
}

void measure_memory(const std::string& self, std::span<const Corpus> all) {
  std::vector<std::string> read = {self, "--read"};
  double mebibytes = 0;
  for (const Corpus& corpus : all) {
    read.push_back(corpus.file);
    mebibytes += corpus.megabytes * 1e6 / (1 << 20);
  }
  const double used = run_child(read).mebibytes;
  const double idle = run_child({self, "--read"}).mebibytes;
  fmt::print(
      "peak memory: {:.0f} MiB for {:.0f} MiB of input (mapped file included), {:.0f} MiB for "
      "none\n             {:.2f} x the input   target: 2.5\n\n",
      used, mebibytes, idle, used / mebibytes);
}

void measure_start() {
  constexpr int kRuns = 200;
  std::vector<double> ours;
  std::vector<double> empty;
  for (int i = 0; i < kRuns; ++i) {
    ours.push_back(run_child({MESHCHECK_BINARY, "version"}).milliseconds);
    empty.push_back(run_child({MESHCHECK_EMPTY}).milliseconds);
  }
  fmt::print(
      "start: `meshcheck version` {:.2f} ms, an empty C++ program {:.2f} ms, {:+.2f} ms   "
      "target: 3\n",
      median(ours), median(empty), median(ours) - median(empty));
}

int run(std::span<const std::string> arguments) {
  if (arguments.size() > 1 && arguments[1] == "--read") {
    read_and_index(arguments.subspan(2), {});
    return 0;
  }
  const std::size_t megabytes = arguments.size() > 1 ? std::stoul(arguments[1]) : 50;
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / fmt::format("meshcheck-bench-{}", getpid());
  std::filesystem::create_directories(folder);
  const std::array corpora = {write("dump", folder, dump(megabytes * 500'000)),
                              write("gitops", folder, gitops(megabytes * 500'000))};
  compare_reading(corpora);
  measure_memory(std::filesystem::canonical("/proc/self/exe").string(), corpora);
  measure_start();
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace meshcheck::bench

int main(int argc, char** argv) {
  return meshcheck::bench::run(std::vector<std::string>(argv, argv + argc));
}
