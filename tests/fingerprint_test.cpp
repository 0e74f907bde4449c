#include <catch2/catch.hpp>

#include "engine/run.h"
#include "engine/sha256.h"

using namespace meshcheck;

TEST_CASE("SHA-256 gives the digests of FIPS 180-4") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("a fingerprint names the thing, not where or what it is just now") {
  Finding a;
  a.rule = "MC201";
  a.object = {"apps/v1", "Deployment", "istio-system", "istiod", "default"};
  a.field = "spec.replicas";
  Finding b = a;
  b.message = "other words";
  b.location.emplace();
  b.location->file = "other.yaml";
  b.location->line = 7;
  b.object.api_version = "apps/v1beta1";
  CHECK(fingerprint(a).size() == 16);
  CHECK(fingerprint(a) == fingerprint(b));
  b.object.name = "istiod-canary";
  CHECK(fingerprint(a) != fingerprint(b));
}
