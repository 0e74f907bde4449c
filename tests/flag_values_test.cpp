// Values that no flag takes, from the command line or the environment.
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/golden.h"
#include "support/run_in.h"
#include "support/shell.h"

using namespace meshcheck;
using test::contains;
using test::Ran;
using test::run_in;
using test::shell;
using test::ShellRan;
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

TEST_CASE("inspect --policies refuses what is no request, and names the flag") {
  const TemporaryFolder folder;
  const std::string file = (test::testdata() / "mc201/fail.yaml").string();
  struct Case {
    const char* flag;
    const char* wrong;
    const char* hint;
  };
  for (const Case& one : std::vector<Case>{
           {"--from", "shop/sa/web", "cluster.local/ns/NAMESPACE/sa/SERVICE-ACCOUNT"},
           {"--from", "cluster.local/ns//sa/web", "cluster.local/ns/NAMESPACE/sa/SERVICE-ACCOUNT"},
           {"--from", "ns/shop/sa/web", "cluster.local/ns/NAMESPACE/sa/SERVICE-ACCOUNT"},
           {"--port", "abc", "from 1 to 65535"},
           {"--port", "99999", "from 1 to 65535"},
           {"--port", "0", "from 1 to 65535"},
           {"--path", "pay", "did you mean `/pay`?"},
           {"--method", "post", "did you mean `POST`?"}}) {
    const Ran run =
        run_in(folder, {"inspect", "--policies", "shop/web", one.flag, one.wrong, file});
    CAPTURE(one.flag, one.wrong, run.err);
    CHECK(run.status == 2);
    CHECK(run.out.empty());
    CHECK(contains(run.err, std::string("meshcheck: ") + one.flag + ": `" + one.wrong + "`"));
    CHECK(contains(run.err, one.hint));
    const Ran alone = run_in(folder, {"inspect", one.flag, one.wrong, file});
    CHECK(alone.status == 2);
    CHECK(contains(alone.err, std::string(one.flag) + " tells of a request"));
  }
}

TEST_CASE("inspect --policies takes every request that there can be") {
  const TemporaryFolder folder;
  folder.write("web.yaml",
               "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n"
               "spec:\n  selector: {matchLabels: {app: web}}\n  template:\n"
               "    metadata: {labels: {app: web, sidecar.istio.io/inject: \"true\"}}\n"
               "    spec: {containers: [{name: web, image: web}]}\n");
  for (const std::vector<std::string>& request : std::vector<std::vector<std::string>>{
           {"--from", "none"},
           {"--from", "spiffe://cluster.local/ns/shop/sa/web"},
           {"--from", "td.example/ns/shop/sa/web", "--port", "65535"},
           {"--from", "spiffe://foreign.example/workload/x"},
           {"--path", "*", "--method", "OPTIONS"},
           {"--path", "/", "--method", "propfind"},
           {"--path", "/", "--method", "PROPFIND"}}) {
    std::vector<std::string> args = {"inspect", "--policies", "shop/web", "web.yaml"};
    args.insert(args.end(), request.begin(), request.end());
    const Ran run = run_in(folder, args);
    CAPTURE(request, run.err);
    CHECK(run.status == 0);
    CHECK_FALSE(run.out.empty());
  }
}

TEST_CASE("a variable that is nearly a flag's is told, one of a Service is not") {
  const TemporaryFolder folder;
  const Ran run = run_in(folder, {"version"}, "",
                         {"MESHCHECK_FIAL_ON=warning", "MESHCHECK_FAIL_ON=never", "PATH=/bin",
                          "MESHCHECK_PORT_80_TCP_ADDR=10.0.0.1", "MESHCHECK_SERVICE_HOST=10.0.0.1",
                          "MESHCHECK_ACTION_FAIL_ON=error"});
  CHECK(run.status == 0);
  CHECK(run.err ==
        "meshcheck: no flag has the variable MESHCHECK_FIAL_ON, so it does nothing\n"
        "  hint: did you mean `MESHCHECK_FAIL_ON`?\n");
}

TEST_CASE("a wrong severity of the environment is told of its variable") {
  const ShellRan run = shell("MESHCHECK_FAIL_ON=foo $MESHCHECK audit $DATA/mc201/fail.yaml 2>&1");
  CHECK(run.status == 2);
  CHECK(contains(run.out, "meshcheck: MESHCHECK_FAIL_ON: `foo` is not error"));
  const ShellRan flag =
      shell("MESHCHECK_FAIL_ON=bar $MESHCHECK audit --fail-on foo $DATA/mc201/fail.yaml 2>&1");
  CHECK(contains(flag.out, "meshcheck: --fail-on: `foo` is not error"));
}

TEST_CASE("a snapshot does not go to a file that is called -") {
  const TemporaryFolder folder;
  const Ran run = run_in(folder, {"snapshot", "-o", "-"});
  CHECK(run.status == 2);
  CHECK(contains(run.err, "a snapshot goes to a file, not to the standard output"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "-"));
}

TEST_CASE("what was most likely meant is said where nothing can be judged") {
  const TemporaryFolder folder;
  folder.write("prod.tar.gz", std::string("\x1F\x8B\x08\0\0", 5));
  const Ran packed = run_in(folder, {"audit", "prod.tar.gz"});
  CHECK(contains(packed.out, "the file is compressed with gzip"));
  CHECK(contains(packed.err, "--snapshot prod.tar.gz"));
  const Ran table = run_in(folder, {"audit", "-"}, "NAME   READY   AGE\nweb    1/1     3d\n");
  CHECK(contains(table.err, "-o yaml"));
  folder.write("values.yaml", "replicaCount: 2\nimage: web\n");
  CHECK(contains(run_in(folder, {"audit", "values.yaml"}).err,
                 "hint: name Helm values with --values FILE"));
}
