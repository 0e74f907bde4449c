// Which looks a watch remembers, by a clock of the test's own.
#include "cli/watch_looks.h"

#include <chrono>

#include <catch2/catch.hpp>

using namespace meshcheck::cli;
using std::chrono::seconds;

namespace {

std::chrono::steady_clock::time_point at(int second) {
  return std::chrono::steady_clock::time_point{} + seconds(second);
}

void look(Looks& looks, int second) { looks.add({.at = at(second), .cluster = {}}); }

}  // namespace

TEST_CASE("a look is compared with the newest that is older by the limit") {
  Looks looks(seconds(60));
  CHECK(looks.before() == nullptr);
  for (int second = 0; second <= 45; second += 15) look(looks, second);
  CHECK(looks.before() == nullptr);
  look(looks, 60);
  REQUIRE(looks.before() != nullptr);
  CHECK(looks.before()->at == at(0));
  look(looks, 75);
  CHECK(looks.before()->at == at(15));
  CHECK(looks.newest().at == at(75));
}

TEST_CASE("a long limit keeps few looks and is noticed soon after it has passed") {
  Looks looks(seconds(3600));
  int noticed = 0;
  for (int second = 0; second <= 3 * 3600; second += 15) {
    look(looks, second);
    CHECK(looks.size() <= 14);
    if (noticed == 0 && looks.before() != nullptr) noticed = second;
    if (looks.before() != nullptr) CHECK(looks.newest().at - looks.before()->at <= seconds(4000));
  }
  CHECK(noticed == 3600);
}

TEST_CASE("without a limit the look before is enough") {
  Looks looks(seconds(0));
  look(looks, 0);
  CHECK(looks.before() == nullptr);
  look(looks, 15);
  REQUIRE(looks.before() != nullptr);
  CHECK(looks.before()->at == at(0));
  CHECK(looks.size() == 2);
}
