#include "input/files.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <sys/stat.h>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "input/file_bytes.h"
#include "support/temporary_folder.h"

namespace meshcheck {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;
using Names = std::vector<std::string>;

Names names(const FileList& list) {
  Names names;
  for (const InputFile& file : list.files) names.push_back(file.name);
  return names;
}

FileList find(const TemporaryFolder& folder, const Names& paths) {
  return find_files(paths, folder.path());
}

// What a command prints, split at NUL bytes; nullopt where it fails.
std::optional<Names> run(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  std::array<char, 4096> buffer;
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) {
    text.append(buffer.data(), got);
  }
  Names parts;
  for (std::size_t at = 0, end = 0; (end = text.find('\0', at)) != std::string::npos;
       at = end + 1) {
    parts.push_back(text.substr(at, end - at));
  }
  return parts;
}

bool have_git() { return std::system("git --version >/dev/null 2>&1") == 0; }

}  // namespace

TEST_CASE("a folder gives its YAML and JSON files, sorted, and nothing hidden") {
  const TemporaryFolder folder;
  for (const char* name :
       {"b.yaml", "a/z.yml", "a/b/c.json", "a.yaml", "notes.txt", "a/Kustomization",
        ".git/config.yaml", ".hidden/x.yaml", "a/.cache/y.yaml"}) {
    folder.write(name, "a: 1\n");
  }
  const Names expected = {"a.yaml", "a/Kustomization", "a/b/c.json", "a/z.yml", "b.yaml"};
  CHECK(names(find(folder, {"."})) == expected);
  CHECK(names(find(folder, {"./"})) == expected);
  CHECK(names(find(folder, {folder.path().string()})) == expected);
  CHECK(names(find(folder, {"a/", "b.yaml"})) ==
        Names{"a/Kustomization", "a/b/c.json", "a/z.yml", "b.yaml"});
}

TEST_CASE("a file named is read whatever its extension, ignored or not") {
  const TemporaryFolder folder;
  folder.write(".git/HEAD", "");
  folder.write(".gitignore", "secret*\n");
  folder.write("secret.yaml", "");
  folder.write("manifest.txt", "");
  folder.write("seen.yaml", "");
  CHECK(names(find(folder, {"secret.yaml", "manifest.txt", "."})) ==
        Names{"secret.yaml", "manifest.txt", "seen.yaml"});
}

TEST_CASE("names are clean and relative below the current folder") {
  const fs::path here = "/home/user/repo";
  CHECK(display_name("./a/../b//c.yaml", here) == "b/c.yaml");
  CHECK(display_name("/home/user/repo/k8s/a.yaml", here) == "k8s/a.yaml");
  CHECK(display_name("/home/user/repo/", here) == ".");
  CHECK(display_name("../other/a.yaml", here) == "../other/a.yaml");
  CHECK(display_name("/etc/a.yaml", here) == "/etc/a.yaml");
  CHECK(display_name("/home/user/repository/a.yaml", here) == "/home/user/repository/a.yaml");
  CHECK(display_name("k8s/", here) == "k8s");
}

TEST_CASE("a file reached twice is listed once, by its own name before a link's") {
  const TemporaryFolder folder;
  folder.write("z/real.yaml", "");
  fs::create_symlink("z/real.yaml", folder / "a-link.yaml");
  fs::create_symlink("z", folder / "b-link");
  CHECK(names(find(folder, {"."})) == Names{"z/real.yaml"});
  CHECK(names(find(folder, {"z/real.yaml", ".", "z"})) == Names{"z/real.yaml"});
  CHECK(names(find(folder, {"a-link.yaml", "."})) == Names{"a-link.yaml"});
  CHECK(names(find(folder, {"-", "-"})) == Names{"-"});
}

TEST_CASE("hard links are files of their own") {
  const TemporaryFolder folder;
  folder.write("base.yaml", "");
  fs::create_hard_link(folder / "base.yaml", folder / "overlay.yaml");
  CHECK(names(find(folder, {".", "base.yaml"})) == Names{"base.yaml", "overlay.yaml"});
}

TEST_CASE("links are followed, but never in a circle or up") {
  const TemporaryFolder folder;
  folder.write("tree/a.yaml", "");
  folder.write("elsewhere/b.yaml", "");
  fs::create_symlink("..", folder / "tree/up");
  fs::create_symlink("/", folder / "tree/root");
  fs::create_symlink(".", folder / "tree/self");
  fs::create_symlink("../elsewhere", folder / "tree/over");
  fs::create_symlink("../elsewhere/b.yaml", folder / "tree/file.yaml");
  fs::create_symlink("nowhere", folder / "tree/dangling.yaml");
  const FileList list = find(folder, {"tree"});
  CHECK(names(list) == Names{"tree/a.yaml", "tree/file.yaml"});
  REQUIRE(list.skipped.size() == 1);
  CHECK(list.skipped[0].file == "tree/dangling.yaml");
  CHECK(list.errors.empty());
}

TEST_CASE("a pipe in a folder is not waited for") {
  const TemporaryFolder folder;
  REQUIRE(mkfifo((folder / "pipe.yaml").c_str(), 0600) == 0);
  const FileList list = find(folder, {"."});
  CHECK(list.files.empty());
  REQUIRE(list.skipped.size() == 1);
  CHECK(list.skipped[0].reason == "not a regular file");
}

TEST_CASE("a missing path is an error that names what is there, and the rest is still read") {
  const TemporaryFolder folder;
  folder.write("deploy.yaml", "");
  folder.write("service.yml", "");
  const FileList list = find(
      folder, {"depoly.yaml", "service.yaml", "nothing-like-it", "no/where.yaml", "deploy.yaml"});
  REQUIRE(list.errors.size() == 4);
  CHECK(list.errors[0].source == "depoly.yaml");
  CHECK(list.errors[0].message == "there is no such file or folder");
  CHECK(list.errors[0].hint == "did you mean deploy.yaml?");
  CHECK(list.errors[1].hint == "did you mean service.yml?");
  CHECK(list.errors[2].hint.empty());
  CHECK(list.errors[3].hint == "there is no such folder either: check how the path begins");
  CHECK(names(list) == Names{"deploy.yaml"});
}

TEST_CASE(".gitignore of the folders above counts, up to the repository's root and no further") {
  const TemporaryFolder folder;
  folder.write(".gitignore", "outside.yaml\n");
  folder.write("repo/.git/HEAD", "");
  folder.write("repo/.gitignore", "/apps/*.tmp.yaml\nbuild/\n");
  folder.write("repo/apps/a.yaml", "");
  folder.write("repo/apps/a.tmp.yaml", "");
  folder.write("repo/apps/outside.yaml", "");
  folder.write("repo/apps/build/x.yaml", "");
  folder.write("repo/apps/deep/b.tmp.yaml", "");
  CHECK(names(find(folder, {"repo/apps"})) ==
        Names{"repo/apps/a.yaml", "repo/apps/deep/b.tmp.yaml", "repo/apps/outside.yaml"});
  CHECK(names(find(folder, {"repo/apps/build"})) == Names{"repo/apps/build/x.yaml"});
}

TEST_CASE("what a folder gives is what git lists, for random trees and patterns") {
  if (!have_git()) {
    std::puts("skipped: git is not installed");
    return;
  }
  constexpr unsigned kRounds = 40;
  std::mt19937 random(20221107);
  const auto pick = [&](auto& from) -> const auto& { return from[random() % std::size(from)]; };
  const std::array<const char*, 8> parts = {"a", "b", "ab", "abc", "a-b", "x]", "b d", "foo"};
  const std::array<const char*, 36> pieces = {
      "a",    "b",      "c",   "*",   "**",     "?",           "/",     "/",          "[ab]",
      "[!a]", "[^b-z]", "[a-", "\\",  "\\a",    "*.yaml",      ".yaml", "/**/",       "**/",
      "/**",  "foo",    "ab",  "a*",  "[]x]",   "[[:alpha:]]", " ",     "\\ ",        "x]",
      "***",  "[b-]",   "-",   "b d", "[\\]x]", "#",           "!",     "[[:nope:]]", "d"};
  std::size_t compared = 0;
  for (unsigned round = 0; round < kRounds; ++round) {
    const TemporaryFolder folder;
    Names folders = {""};
    for (int i = 0; i < 12; ++i) folders.push_back(pick(folders) + pick(parts) + "/");
    for (const std::string& at : folders) {
      for (int i = 0; i < 4; ++i) {
        const std::string file = at + pick(parts) + ".yaml";
        if (!fs::exists(folder / file)) folder.write(file, "");
      }
    }
    for (int i = 0; i < 3; ++i) {
      std::string text = random() % 4 == 0 ? "\xEF\xBB\xBF" : "";
      const auto lines = 1 + random() % 6;
      for (auto line = lines; line > 0; --line) {
        if (random() % 4 == 0) text += "!";
        const auto length = 1 + random() % 5;
        for (auto piece = length; piece > 0; --piece) text += pick(pieces);
        if (random() % 4 == 0) text += "/";
        text += random() % 8 == 0 ? "\r\n" : "\n";
      }
      folder.write((i == 0 ? std::string() : pick(folders)) + ".gitignore", text);
    }
    const std::string git =
        fmt::format("cd '{}' && git init -q . 2>/dev/null && ", folder.path().string());
    auto expected = run(git +
                        "git -c core.excludesFile=/dev/null ls-files -z --others "
                        "--exclude-per-directory=.gitignore -- '*.yaml'");
    REQUIRE(expected);
    std::ranges::sort(*expected);
    const Names found = names(find(folder, {"."}));
    if (found != *expected) {
      for (const std::string& at : folders) {
        std::ifstream stream(folder / (at + ".gitignore"));
        if (stream) UNSCOPED_INFO(at << ".gitignore:\n" << stream.rdbuf());
      }
    }
    CHECK(found == *expected);
    compared += found.size();
  }
  CHECK(compared > 500);
}

TEST_CASE("bytes come from regular files, pipes and devices alike") {
  const TemporaryFolder folder;
  const std::string large(3 << 20, 'x');
  folder.write("large.yaml", large);
  folder.write("small.yaml", "a: 1\n");
  folder.write("empty.yaml", "");
  const auto text = [&](const std::string& path) {
    const auto bytes = FileBytes::read(path, "name");
    REQUIRE(bytes);
    return std::string(bytes->text());
  };
  CHECK(text(folder / "large.yaml") == large);
  CHECK(text(folder / "small.yaml") == "a: 1\n");
  CHECK(text(folder / "empty.yaml").empty());
  CHECK(text("/dev/null").empty());
  CHECK(text("/proc/self/status").starts_with("Name:"));

  const auto missing = FileBytes::read(folder / "missing.yaml", "missing.yaml");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().source == "missing.yaml");
  CHECK(missing.error().message == "cannot be opened (No such file or directory)");
}

TEST_CASE("a file of 4 GiB is refused") {
  const TemporaryFolder folder;
  folder.write("huge.yaml", "");
  std::error_code failure;
  fs::resize_file(folder / "huge.yaml", std::uintmax_t{1} << 32, failure);  // sparse
  if (failure) {
    std::puts("skipped: the file system has no sparse files of 4 GiB");
    return;
  }
  const auto bytes = FileBytes::read(folder / "huge.yaml", "huge.yaml");
  REQUIRE_FALSE(bytes);
  CHECK(bytes.error().message == "is 4 GiB or larger, more than can be read");
}

}  // namespace meshcheck
