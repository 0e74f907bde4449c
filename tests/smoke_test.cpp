// The real binary as a process: what in-process tests cannot see.
#include <string>

#include <catch2/catch.hpp>

#include "support/shell.h"

using meshcheck::test::shell;
using meshcheck::test::ShellRan;

TEST_CASE("the binary's exit status is the contract's") {
  CHECK(shell("$MESHCHECK version").status == 0);
  CHECK(shell("$MESHCHECK audit -q $DATA/mc201/fail.yaml").status == 1);
  CHECK(shell("$MESHCHECK audit --no-such-flag 2>&1").status == 2);
  CHECK(shell("$MESHCHECK audit /no/such/path 2>&1").status == 3);
}

TEST_CASE("a reader that goes away is told of, and the run is incomplete") {
  const ShellRan ran =
      shell("{ { sleep 0.3; $MESHCHECK rules 2>&3; echo status $? >&3; } | true; } 3>&1");
  CAPTURE(ran.out);
  CHECK(ran.out.find("the standard output cannot be written") != std::string::npos);
  CHECK(ran.out.find("status 3") != std::string::npos);
  const ShellRan failing = shell(
      "{ { sleep 0.3; $MESHCHECK audit -q $DATA/mc201/fail.yaml 2>&3; echo status $? >&3; } | true;"
      " } 3>&1");
  CHECK(failing.out.find("status 1") != std::string::npos);
}

TEST_CASE("an output that cannot be written is said, and the run is incomplete") {
  const ShellRan full = shell("$MESHCHECK rules 2>&1 >/dev/full");
  CHECK(full.status == 3);
  CHECK(full.out.find("the standard output cannot be written") != std::string::npos);
  CHECK(shell("$MESHCHECK audit $DATA/mc201/fail.yaml 2>&1 >/dev/full").status == 1);
  CHECK(shell("MESHCHECK_OUTPUT=sarif $MESHCHECK rules").status == 0);
}

TEST_CASE("a folder without permission is an error of the input, not of the program") {
  // Root may read anything; it steps down where it can.
  const ShellRan run = shell(
      "D=$(mktemp -d); chmod 711 $D; mkdir -m 700 $D/closed; [ $(id -u) = 0 ] || chmod 0 $D/closed;"
      "P=; [ $(id -u) = 0 ] && P='setpriv --reuid 65534 --regid 65534 --clear-groups';"
      "cp $MESHCHECK $D/m && chmod 755 $D/m; $P $D/m audit $D/closed 2>&1; S=$?; rm -rf $D; exit "
      "$S");
  CAPTURE(run.out);
  CHECK(run.status == 3);
}

TEST_CASE("without a terminal there are no escapes in the output") {
  const ShellRan ran = shell("$MESHCHECK audit $DATA/mc201/fail.yaml </dev/null");
  CHECK(ran.out.find('\x1b') == std::string::npos);
}

TEST_CASE("findings go to standard output, what is said to the person to standard error") {
  CHECK(shell("$MESHCHECK audit -o json $DATA/mc201/fail.yaml /no/such 2>/dev/null | head -c 1")
            .out == "{");
  CHECK(shell("$MESHCHECK audit /no/such 2>/dev/null >/dev/null").out.empty());
}

TEST_CASE("a stream of many documents comes through standard input") {
  const ShellRan ran = shell(
      "for i in $(seq 2000); do printf -- '---\\napiVersion: v1\\nkind: Service\\nmetadata: "
      "{name: s%d, namespace: x}\\nspec: {}\\n' $i; done | $MESHCHECK audit -q -");
  CHECK(ran.status == 0);
}
