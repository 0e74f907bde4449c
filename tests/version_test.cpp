#include <string>

#include <catch2/catch.hpp>

#include "meshcheck/quantity.h"

using namespace meshcheck;

TEST_CASE("A version has its numbers and keeps the vendor's suffix apart") {
  const auto [text, major, minor, patch, suffix] =
      GENERATE(table<std::string, int, int, int, std::string>({
          {"1.30.3", 1, 30, 3, ""},
          {"1.30", 1, 30, -1, ""},
          {"v1.28.4", 1, 28, 4, ""},
          {"1.30.3-distroless", 1, 30, 3, "-distroless"},
          {"1.24-alpha.0123abcd", 1, 24, -1, "-alpha.0123abcd"},
          {"1.28.4-tetrate-v0", 1, 28, 4, "-tetrate-v0"},
          {"1.31.0-rc.0", 1, 31, 0, "-rc.0"},
          {"1.18.7-asm.10", 1, 18, 7, "-asm.10"},
          {"1.30.3+vendor", 1, 30, 3, "+vendor"},
          {"1.30.3_vendor", 1, 30, 3, "_vendor"},
      }));
  CAPTURE(text);
  const auto version = Version::parse(text);
  REQUIRE(version);
  CHECK(version->major == major);
  CHECK(version->minor == minor);
  CHECK(version->patch == patch);
  CHECK(version->suffix == suffix);
}

TEST_CASE("What names no version is none") {
  const std::string text = GENERATE(
      values<std::string>({"", "latest", "master", "sha256:0123456789abcdef", "0123456789ab", "1",
                           "1.", "1.x", "1.30.", "1.30.x", "1.*", "~1.30", "1.30.3rc1", "-1.2",
                           "1.-2", "2024.10.01", "20241001.3", "${TAG}", "stable-1.30"}));
  CAPTURE(text);
  CHECK_FALSE(Version::parse(text));
}

TEST_CASE("Versions are compared by their numbers alone") {
  const auto version = [](std::string_view text) { return Version::parse(text).value(); };
  CHECK(version("1.28.4-tetrate-v0").at_least(1, 28, 4));
  CHECK_FALSE(version("1.28.4").at_least(1, 28, 5));
  CHECK(version("1.30").at_least(1, 30));
  CHECK_FALSE(version("1.30").at_least(1, 30, 1));
  CHECK(version("1.30.0").at_least(1, 9, 9));
  CHECK(version("2.0.0").at_least(1, 99));
}

TEST_CASE("A prerelease says so as a word of its own") {
  const auto prerelease = [](std::string_view text) { return Version::parse(text)->prerelease(); };
  CHECK(prerelease("1.31.0-rc.0"));
  CHECK(prerelease("1.24-alpha.0123abcd"));
  CHECK(prerelease("1.32-dev"));
  CHECK(prerelease("1.30.0-beta1"));
  CHECK_FALSE(prerelease("1.30.3"));
  CHECK_FALSE(prerelease("1.30.3-distroless"));
  CHECK_FALSE(prerelease("1.30.3-devious"));
  CHECK_FALSE(prerelease("1.30.3-march"));
}

TEST_CASE("A version is written as it was read, without v") {
  CHECK(Version::parse("v1.28.4-tetrate-v0")->text() == "1.28.4-tetrate-v0");
  CHECK(Version::parse("1.30")->text() == "1.30");
  CHECK(Version::parse("1.30.3")->minor_text() == "1.30");
}

TEST_CASE("The tag of an image is what follows its last colon, ports and digests aside") {
  CHECK(image_tag("docker.io/istio/pilot:1.30.3") == "1.30.3");
  CHECK(image_tag("registry:5000/istio/pilot:1.30.3-distroless") == "1.30.3-distroless");
  CHECK(image_tag("registry:5000/istio/pilot").empty());
  CHECK(image_tag("istio/pilot@sha256:0123").empty());
  CHECK(image_tag("istio/pilot:1.30.3@sha256:0123") == "1.30.3");
  CHECK(image_tag("auto").empty());
  CHECK(image_tag("").empty());
}
