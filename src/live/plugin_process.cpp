#include "live/plugin_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace meshcheck::live {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How long what was told to end may take for it; and how long the output of a plugin that has ended
// is waited for where a process that it left behind holds it open.
constexpr milliseconds kGrace{2000};

// The end of a pipe that we read; closed when it goes.
class ReadEnd {
 public:
  explicit ReadEnd(int number) : number_(number) {}
  ~ReadEnd() { ::close(number_); }
  ReadEnd(const ReadEnd&) = delete;
  ReadEnd& operator=(const ReadEnd&) = delete;
  ReadEnd(ReadEnd&&) = delete;
  ReadEnd& operator=(ReadEnd&&) = delete;

  int number() const { return number_; }

 private:
  int number_;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (const std::string& text : texts) {
    result.push_back(
        const_cast<char*>(text.c_str()));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
  }
  result.push_back(nullptr);
  return result;
}

int spawn(const PluginCommand& command, int output, pid_t& child) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  if (!command.keeps_stdin) {
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  }
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  // Whoever started us may have left descriptors open that are nobody's business.
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  sigset_t usual;
  sigemptyset(&usual);
  posix_spawnattr_setsigmask(&attributes, &usual);
  sigaddset(&usual, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  const std::vector<char*> arguments = pointers(command.arguments);
  const std::vector<char*> environment = pointers(command.environment);
  const int failure = posix_spawn(&child, command.program.c_str(), &actions, &attributes,
                                  arguments.data(), environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failure;
}

// One child, whose end is asked for.
class Child {
 public:
  explicit Child(pid_t process) : process_(process) {}

  bool has_ended() {
    if (ended_) return true;
    const pid_t found = waitpid(process_, &status_, WNOHANG);
    if (found < 0 && errno != EINTR) {
      // Whoever started us has SIGCHLD ignored: how it ended is lost, and never taken for success.
      status_ = 0xFF00;
      ended_ = true;
    }
    ended_ = ended_ || found == process_;
    return ended_;
  }

  bool ends_before(std::optional<Clock::time_point> deadline) {
    while (!has_ended()) {
      if (deadline && Clock::now() >= *deadline) return false;
      poll(nullptr, 0, 2);
    }
    return true;
  }

  void end() {
    if (has_ended()) return;
    kill(process_, SIGTERM);
    if (ends_before(Clock::now() + kGrace)) return;
    kill(process_, SIGKILL);
    ends_before(std::nullopt);
  }

  int status() const { return status_; }

 private:
  pid_t process_;
  int status_ = 0;
  bool ended_ = false;
};

// Takes what is there; false at the end. `out` has room, so that no copy of a secret is left behind
// where it grew.
bool take(int from, std::string& out, std::size_t most) {
  std::array<char, 4096> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  const ssize_t count = ::read(from, buffer.data(), std::min(buffer.size(), most - out.size()));
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  out.append(buffer.data(), static_cast<std::size_t>(count));
  std::fill_n(buffer.data(), buffer.size(), '\0');
  return count > 0;
}

PluginRun::End read_output(const ReadEnd& from, const PluginCommand& command, Child& child,
                           PluginRun& run) {
  std::optional<Clock::time_point> deadline;
  if (command.limit) deadline = Clock::now() + *command.limit;
  std::optional<Clock::time_point> patience;
  for (;;) {
    const Clock::time_point now = Clock::now();
    if (deadline && now >= *deadline) return PluginRun::End::timed_out;
    if (child.has_ended() && !patience) patience = now + kGrace;
    if (patience && now >= *patience) return PluginRun::End::exited;
    pollfd wait = {from.number(), POLLIN, 0};
    if (poll(&wait, 1, 50) <= 0) continue;
    if (!take(from.number(), run.out, command.most + 1)) break;
    if (run.out.size() > command.most) return PluginRun::End::too_large;
  }
  return child.ends_before(deadline) ? PluginRun::End::exited : PluginRun::End::timed_out;
}

}  // namespace

PluginRun run_plugin(const PluginCommand& command) {
  PluginRun run;
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    run.status = errno;
    return run;
  }
  const ReadEnd output(ends[0]);
  pid_t process = 0;
  run.status = spawn(command, ends[1], process);
  ::close(ends[1]);
  if (run.status != 0) return run;
  Child child(process);
  run.out.reserve(command.most + 1);
  run.end = read_output(output, command, child, run);
  if (run.end != PluginRun::End::exited) {
    child.end();
    return run;
  }
  const int status = child.status();
  run.end = WIFEXITED(status) ? PluginRun::End::exited : PluginRun::End::signalled;
  run.status = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
  return run;
}

}  // namespace meshcheck::live
