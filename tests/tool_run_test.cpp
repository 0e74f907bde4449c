// Programs that end, fail, hang and print without end.
#include "cli/tool_run.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>

#include <catch2/catch.hpp>

#include "support/temporary_folder.h"

namespace fs = std::filesystem;
using namespace meshcheck;
using cli::run_tool;
using cli::ToolLimits;
using cli::ToolRun;

namespace {

std::string script(const test::TemporaryFolder& folder, const std::string& body) {
  folder.write("tool", "#!/bin/sh\n" + body);
  fs::permissions(folder.path() / "tool", fs::perms::owner_all);
  return folder / "tool";
}

}  // namespace

TEST_CASE("what a program prints comes apart, with its exit status and its arguments as they are") {
  const test::TemporaryFolder folder;
  const ToolRun run = run_tool(script(folder, "printf '%s|' \"$@\"; echo oh >&2; cat; exit 3\n"),
                               {"a b", "$HOME", "-n"}, {});
  CHECK(run.end == ToolRun::End::exited);
  CHECK(run.status == 3);
  CHECK(run.out == "a b|$HOME|-n|");
  CHECK(run.err == "oh\n");
}

TEST_CASE("a program that hangs is ended with what it has started") {
  const test::TemporaryFolder folder;
  const auto begin = std::chrono::steady_clock::now();
  ToolLimits limits;
  limits.time = std::chrono::milliseconds(300);
  CHECK(run_tool(script(folder, "sleep 100 & echo $! > " + (folder / "pid") + "\nsleep 100\n"), {},
                 limits)
            .end == ToolRun::End::timed_out);
  // It closes what we read and goes on.
  CHECK(run_tool(script(folder, "exec >&- 2>&-\nsleep 100\n"), {}, limits).end ==
        ToolRun::End::timed_out);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(30));
}

TEST_CASE("a program is ended when we are interrupted") {
  const test::TemporaryFolder folder;
  const auto begin = std::chrono::steady_clock::now();
  std::atomic<bool> cancel = false;
  ToolLimits limits;
  limits.cancel = &cancel;
  const std::jthread interrupt([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    cancel = true;
  });
  CHECK(run_tool(script(folder, "sleep 100\n"), {}, limits).end == ToolRun::End::cancelled);
  CHECK(run_tool(script(folder, "exec >&- 2>&-\nsleep 100\n"), {}, limits).end ==
        ToolRun::End::cancelled);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(30));
}

TEST_CASE("a program that prints without end is ended") {
  const test::TemporaryFolder folder;
  ToolLimits limits;
  limits.output = 100'000;
  CHECK(run_tool(script(folder, "yes\n"), {}, limits).end == ToolRun::End::too_large);
  // What it says on the standard error is cut and does not make it wait.
  limits.complaint = 1000;
  const ToolRun loud = run_tool(
      script(folder, "head -c 300000 /dev/zero | tr '\\0' x >&2\necho done\n"), {}, limits);
  CHECK(loud.end == ToolRun::End::exited);
  CHECK(loud.out == "done\n");
  CHECK(loud.err.size() == 1000);
}

TEST_CASE("a signal, and what cannot be started, are told") {
  const test::TemporaryFolder folder;
  const ToolRun killed = run_tool(script(folder, "kill -TERM $$\n"), {}, {});
  CHECK(killed.end == ToolRun::End::signalled);
  CHECK(killed.status == SIGTERM);
  CHECK(run_tool(folder / "none", {}, {}).end == ToolRun::End::unstartable);
}

TEST_CASE("a tool is the first of PATH that may be executed") {
  const test::TemporaryFolder folder;
  folder.write("a/tool", "no program");
  folder.write("b/tool", "#!/bin/sh\n");
  fs::permissions(folder.path() / "b/tool", fs::perms::owner_all);
  CHECK(cli::find_tool("tool", (folder / "a") + "::" + (folder / "b")) == folder / "b/tool");
  CHECK(!cli::find_tool("tool", folder / "a"));
  CHECK(!cli::find_tool("tool", ""));
}
