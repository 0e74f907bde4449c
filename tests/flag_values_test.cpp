// Values that no flag takes, from the command line or the environment.
#include <cstdlib>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/golden.h"
#include "support/run_in.h"

using namespace meshcheck;
using test::contains;
using test::Ran;
using test::run_in;
using test::TemporaryFolder;

TEST_CASE("an empty value of a flag is refused, and an empty variable is none") {
  const TemporaryFolder folder;
  const std::string file = (test::testdata() / "mc201/fail.yaml").string();
  for (const std::string flag :
       {"--snapshot", "--config", "--baseline", "--now", "--istio-version", "--kube-version",
        "--default-namespace", "--render-timeout", "--istioctl-analyze", "--proxy-status",
        "--metrics", "--versions", "--values", "--ignore", "--stdin-filename"}) {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{flag, ""}, std::vector<std::string>{flag + "="}}) {
      std::vector<std::string> args = {"audit"};
      args.insert(args.end(), words.begin(), words.end());
      args.push_back(file);
      const Ran run = run_in(folder, args);
      CAPTURE(flag, words.size(), run.err);
      CHECK(run.status == 2);
      CHECK(contains(run.err, flag + " is given an empty value"));
      CHECK(contains(run.err, "is the shell variable that holds it set?"));
    }
  }
  const Ran ttl = run_in(folder, {"baseline", "write", "--ttl", "", file});
  CHECK(ttl.status == 2);
  CHECK(contains(ttl.err, "--ttl is given an empty value"));
  ::setenv("MESHCHECK_NOW", "", 1);
  CHECK(run_in(folder, {"audit", file}).status == 1);
  ::unsetenv("MESHCHECK_NOW");
}

TEST_CASE("a variable that is neither true nor false is refused by its name") {
  const TemporaryFolder folder;
  ::setenv("MESHCHECK_EXIT_ZERO", "maybe", 1);
  const Ran run = run_in(folder, {"audit", (test::testdata() / "mc201/fail.yaml").string()});
  ::unsetenv("MESHCHECK_EXIT_ZERO");
  CHECK(run.status == 2);
  CHECK(contains(run.err, "MESHCHECK_EXIT_ZERO: --exit-zero is `maybe`, not true or false"));
}
