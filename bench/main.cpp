// Measures in one run what the design promises: reading against yaml-cpp, memory, start-up, the
// whole audit, and that every rule is linear.
//   meshcheck_bench [MEGABYTES]
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <span>
#include <spawn.h>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "bench/audit.h"
#include "bench/manifests.h"
#include "bench/mesh.h"
#include "bench/yaml_cpp.h"
#include "input/load.h"
#include "meshcheck/resource.h"

extern char** environ;

namespace meshcheck::bench {
namespace {

using Clock = std::chrono::steady_clock;

// Of all threads: what stays true on a machine that others use as well.
double cpu_milliseconds() {
  return 1000.0 * static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

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

// How long the process took, in milliseconds.
double run_child(const std::vector<std::string>& arguments) {
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
  if (status != 0 || waitpid(child, &status, 0) != child || status != 0) {
    fmt::print(stderr, "bench: {} failed\n", arguments[0]);
    std::exit(1);
  }
  return milliseconds_since(begin);
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

struct Time {
  double wall = 0;  // milliseconds
  double cpu = 0;
};

Time time_yaml_cpp(const Corpus& corpus) {
  std::ifstream stream(corpus.file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto begin = Clock::now();
  const double cpu = cpu_milliseconds();
  read_with_yaml_cpp(text);
  return {milliseconds_since(begin), cpu_milliseconds() - cpu};
}

Time time_ours(const Corpus& corpus, const LoadOptions& options) {
  constexpr int kRuns = 7;
  std::vector<double> wall;
  std::vector<double> cpu;
  for (int i = 0; i < kRuns; ++i) {
    const auto begin = Clock::now();
    const double cpu_begin = cpu_milliseconds();
    read_and_index(std::array{corpus.file}, options);
    wall.push_back(milliseconds_since(begin));
    cpu.push_back(cpu_milliseconds() - cpu_begin);
  }
  return {median(wall), median(cpu)};
}

void compare_reading(std::span<const Corpus> all) {
  const auto way = [](bool parse_all, unsigned threads) {
    LoadOptions options;
    options.parse_all = parse_all;
    options.threads = threads;
    return options;
  };
  const std::array<std::pair<const char*, LoadOptions>, 4> ways = {{
      {"ours, everything, 1 thread", way(true, 1)},
      {"ours, everything", way(true, 0)},
      {"ours as run, 1 thread", way(false, 1)},
      {"ours as run", way(false, 0)},
  }};
  fmt::print("{:<10}{:<28}{:>9}{:>9}{:>9}{:>9}{:>9}\n", "input", "reader", "ms", "MB/s", "ratio",
             "CPU ms", "ratio");
  Time theirs_total;
  Time ours_total;
  double megabytes = 0;
  const auto row = [](const char* input, const char* name, double size, Time theirs, Time ours) {
    fmt::print("{:<10}{:<28}{:>9.1f}{:>9.1f}{:>9.1f}{:>9.1f}{:>9.1f}\n", input, name, ours.wall,
               size * 1000 / ours.wall, theirs.wall / ours.wall, ours.cpu, theirs.cpu / ours.cpu);
  };
  for (const Corpus& corpus : all) {
    const Time theirs = time_yaml_cpp(corpus);
    row(corpus.name, "yaml-cpp events", corpus.megabytes, theirs, theirs);
    Time ours;
    for (const auto& [name, options] : ways) {
      ours = time_ours(corpus, options);
      row(corpus.name, name, corpus.megabytes, theirs, ours);
    }
    theirs_total = {theirs_total.wall + theirs.wall, theirs_total.cpu + theirs.cpu};
    ours_total = {ours_total.wall + ours.wall, ours_total.cpu + ours.cpu};
    megabytes += corpus.megabytes;
  }
  row("both", "ours as run", megabytes, theirs_total, ours_total);
  fmt::print("target: 30 times\n\n");
}

// The most that was resident in this process, in MiB. Not getrusage(): what it tells of a child
// begins with the parent's own peak, from before exec().
double peak_of_this_process() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}

double peak_of(const std::vector<std::string>& command, const std::filesystem::path& report) {
  run_child(command);
  double mebibytes = 0;
  std::ifstream(report) >> mebibytes;
  return mebibytes;
}

void measure_memory(const std::filesystem::path& folder, std::span<const Corpus> all) {
  const std::string self = std::filesystem::canonical("/proc/self/exe").string();
  const std::string report = (folder / "peak").string();
  std::vector<std::string> read = {self, "--read", report};
  double mebibytes = 0;
  for (const Corpus& corpus : all) {
    read.push_back(corpus.file);
    mebibytes += corpus.megabytes * 1e6 / (1 << 20);
  }
  const double used = peak_of(read, report);
  const double idle = peak_of({self, "--read", report}, report);
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
    ours.push_back(run_child({MESHCHECK_BINARY, "version"}));
    empty.push_back(run_child({MESHCHECK_EMPTY}));
  }
  fmt::print(
      "start: `meshcheck version` {:.2f} ms, an empty C++ program {:.2f} ms, {:+.2f} ms   "
      "target: 3\n",
      median(ours), median(empty), median(ours) - median(empty));
}

int run(std::span<const std::string> arguments) {
  if (arguments.size() > 2 && arguments[1] == "--read") {
    read_and_index(arguments.subspan(3), {});
    std::ofstream(arguments[2]) << peak_of_this_process();
    return 0;
  }
  const std::size_t megabytes = arguments.size() > 1 ? std::stoul(arguments[1]) : 50;
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / fmt::format("meshcheck-bench-{}", getpid());
  std::filesystem::create_directories(folder);
  const std::array corpora = {write("dump", folder, dump(megabytes * 500'000)),
                              write("gitops", folder, gitops(megabytes * 500'000))};
  compare_reading(corpora);
  measure_memory(folder, corpora);
  measure_start();
  measure_audit({{"dump", corpora[0].file, {}},
                 {"git", corpora[1].file, {}},
                 {"git, standard input", {}, gitops(megabytes * 500'000)},
                 {"dump as a JSON List", {}, json_list(megabytes * 500'000)},
                 {"mesh, 1000 namespaces", {}, mesh_of(1000)}});
  const bool linear = measure_growth();
  std::filesystem::remove_all(folder);
  return linear ? 0 : 1;
}

}  // namespace
}  // namespace meshcheck::bench

int main(int argc, char** argv) {
  return meshcheck::bench::run(std::vector<std::string>(argv, argv + argc));
}
