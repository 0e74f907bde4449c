// Unified diffs, as they read and as `patch` applies them.
#include "edit/diff.h"

#include <cstdlib>
#include <random>
#include <string>

#include <catch2/catch.hpp>

#include "support/golden.h"
#include "support/temporary_folder.h"

using namespace meshcheck;

TEST_CASE("a diff has three lines of context and joins what is near") {
  const std::string before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n";
  std::string after = before;
  after.replace(after.find("5\n"), 2, "five\n");
  after.replace(after.find("17\n"), 3, "");
  CHECK(unified_diff("a.yaml", before, after) ==
        "--- a.yaml\n+++ a.yaml\n"
        "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
        "@@ -14,5 +14,4 @@\n 14\n 15\n 16\n-17\n 18\n");
  CHECK(unified_diff("a.yaml", before, before) == "");
}

TEST_CASE("a missing line break at the end is told on either side") {
  CHECK(unified_diff("a", "x", "x\n") ==
        "--- a\n+++ a\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n");
  CHECK(unified_diff("a", "x\ny", "z\ny") ==
        "--- a\n+++ a\n@@ -1,2 +1,2 @@\n-x\n+z\n y\n\\ No newline at end of file\n");
  CHECK(unified_diff("a", "", "x\n") == "--- a\n+++ a\n@@ -0,0 +1 @@\n+x\n");
}

TEST_CASE("patch applies every diff") {
  if (std::system("patch --version >/dev/null 2>&1") != 0) {
    WARN("skipped: no `patch` here");
    return;
  }
  std::mt19937 random(7);
  for (int round = 0; round < 40; ++round) {
    const auto text = [&](std::size_t lines) {
      std::string out;
      for (std::size_t i = 0; i < lines; ++i) out += std::string(1, "abcde"[random() % 5]) + "\n";
      if (random() % 3 == 0 && !out.empty()) out.pop_back();
      return out;
    };
    const std::string before = text(1 + random() % 60);
    std::string after = before;
    for (auto edits = random() % 4; edits > 0; --edits) {
      after.replace(random() % after.size(), random() % 3, text(random() % 3));
      if (after.empty()) after = "x\n";
    }
    const test::TemporaryFolder folder;
    folder.write("file.yaml", before);
    folder.write("change.diff", unified_diff("file.yaml", before, after));
    const std::string command =
        "cd '" + folder.path().string() + "' && patch -s -p0 < change.diff >/dev/null 2>&1";
    INFO(before << "\n=>\n" << after);
    CHECK(std::system(command.c_str()) == 0);
    CHECK(test::read_file(folder.path() / "file.yaml") == after);
  }
}

TEST_CASE("the names of a diff are written as git writes them") {
  const auto header = [](const std::string& name) {
    const std::string diff = unified_diff(name, "a\n", "b\n");
    return diff.substr(4, diff.find('\n') - 4);
  };
  CHECK(header("a.yaml") == "a.yaml");
  CHECK(header("a b.yaml") == "a b.yaml\t");
  CHECK(header("ä.yaml") == "ä.yaml");
  CHECK(header("a\tb.yaml") == R"("a\tb.yaml")");
  CHECK(header("\x1B[31ma.yaml") == R"("\033[31ma.yaml")");
  CHECK(header("\xC2\x9B"
               "1ä") == R"("\302\2331\303\244")");
  CHECK(header("a\"\\.yaml") == R"("a\"\\.yaml")");
}

TEST_CASE("patch and git find the file of every name") {
  for (const char* tool : {"patch -s -p0 <", "git apply -p0"}) {
    const std::string program = std::string(tool).substr(0, std::string(tool).find(' '));
    if (std::system((program + " --version >/dev/null 2>&1").c_str()) != 0) continue;
    for (const char* name : {"a b.yaml", "a\"b.yaml", "a\\b.yaml", "a\tb.yaml", "\x1B[1mä.yaml"}) {
      const test::TemporaryFolder folder;
      folder.write(name, "a\n");
      folder.write("change.diff", unified_diff(name, "a\n", "b\n"));
      const std::string command =
          "cd '" + folder.path().string() + "' && " + tool + " change.diff >/dev/null 2>&1";
      CAPTURE(tool, name);
      CHECK(std::system(command.c_str()) == 0);
      CHECK(test::read_file(folder.path() / name) == "b\n");
    }
  }
}
