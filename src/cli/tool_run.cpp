#include "cli/tool_run.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to us

namespace meshcheck::cli {
namespace {

using Clock = std::chrono::steady_clock;

// One end of a pipe, closed when it goes.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_ = -1;
};

struct Pipe {
  Descriptor read, write;
};

// Not inherited, but for the ends that posix_spawn hands over.
bool open_pipe(Pipe& pipe) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  pipe.read = Descriptor(ends[0]);
  pipe.write = Descriptor(ends[1]);
  return true;
}

// Starts the program in a process group of its own, so that it can be ended with what it started.
int spawn(const std::string& program, const std::vector<std::string>& arguments, const Pipe& out,
          const Pipe& err, pid_t& child) {
  std::vector<char*> argv;
  argv.push_back(
      const_cast<char*>(program.c_str()));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  for (const std::string& argument : arguments) {
    argv.push_back(
        const_cast<char*>(argument.c_str()));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write.number(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write.number(), STDERR_FILENO);
  sigset_t usual;
  sigemptyset(&usual);
  sigaddset(&usual, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  const int failure =
      posix_spawn(&child, program.c_str(), &actions, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failure;
}

// Takes what is there. False at the end.
bool take(Descriptor& from, std::string& text, std::size_t most) {
  std::array<char, 1 << 16> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  const ssize_t count = ::read(from.number(), buffer.data(), buffer.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  const std::size_t room = most - std::min(most, text.size());
  text.append(buffer.data(), std::min(room, static_cast<std::size_t>(count)));
  return count > 0;
}

bool is_cancelled(const ToolLimits& limits) {
  return limits.cancel != nullptr && limits.cancel->load();
}

// Nothing wakes poll() when a signal was taken by another thread.
constexpr std::chrono::milliseconds kLook{200};

// Reads both until they end, or a limit is reached.
ToolRun::End read_both(Pipe& out, Pipe& err, const ToolLimits& limits, ToolRun& run) {
  const Clock::time_point deadline = Clock::now() + limits.time;
  while (out.read.is_open() || err.read.is_open()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return ToolRun::End::timed_out;
    if (is_cancelled(limits)) return ToolRun::End::cancelled;
    // A closed one is -1, which poll() passes over.
    std::array<pollfd, 2> wait = {{{out.read.number(), POLLIN, 0}, {err.read.number(), POLLIN, 0}}};
    const auto most = static_cast<int>(std::min(left, kLook).count());
    if (poll(wait.data(), wait.size(), most) < 0 && errno != EINTR) break;
    if (wait[0].revents != 0 && !take(out.read, run.out, limits.output + 1)) out.read.close();
    if (wait[1].revents != 0 && !take(err.read, run.err, limits.complaint)) err.read.close();
    if (run.out.size() > limits.output) return ToolRun::End::too_large;
  }
  return ToolRun::End::exited;
}

// Waits for what has closed its outputs but may still run.
ToolRun::End wait_for(pid_t child, Clock::time_point deadline, const ToolLimits& limits,
                      int& status) {
  for (;;) {
    const pid_t ended = waitpid(child, &status, WNOHANG);
    if (ended == child) return ToolRun::End::exited;
    if (ended < 0 && errno != EINTR) {
      // Whoever started us has SIGCHLD ignored: how it ended is lost, and never taken for success.
      status = 0xFF00;
      return ToolRun::End::exited;
    }
    if (Clock::now() >= deadline) return ToolRun::End::timed_out;
    if (is_cancelled(limits)) return ToolRun::End::cancelled;
    poll(nullptr, 0, 2);
  }
}

}  // namespace

std::optional<std::string> find_tool(std::string_view name, std::string_view path) {
  while (!path.empty()) {
    const std::size_t colon = std::min(path.find(':'), path.size());
    std::string folder(path.substr(0, colon));
    path.remove_prefix(std::min(colon + 1, path.size()));
    if (folder.empty()) continue;  // the current folder, to a shell: never what is meant
    std::string file = folder + '/' + std::string(name);
    struct stat status = {};
    if (stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
        access(file.c_str(), X_OK) == 0) {
      return file;
    }
  }
  return std::nullopt;
}

ToolRun run_tool(const std::string& program, const std::vector<std::string>& arguments,
                 const ToolLimits& limits) {
  ToolRun run;
  Pipe out;
  Pipe err;
  if (!open_pipe(out) || !open_pipe(err)) {
    run.status = errno;
    return run;
  }
  pid_t child = 0;
  const Clock::time_point deadline = Clock::now() + limits.time;
  run.status = spawn(program, arguments, out, err, child);
  if (run.status != 0) return run;
  out.write.close();
  err.write.close();
  run.end = read_both(out, err, limits, run);
  int status = 0;
  if (run.end == ToolRun::End::exited) run.end = wait_for(child, deadline, limits, status);
  if (run.end != ToolRun::End::exited) {
    kill(-child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return run;
  }
  run.end = WIFEXITED(status) ? ToolRun::End::exited : ToolRun::End::signalled;
  run.status = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
  return run;
}

}  // namespace meshcheck::cli
