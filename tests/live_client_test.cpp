// Lists and single objects read from a server that fails in every way that servers do. What was
// read is all that there is, or the answer says why not.
#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "live/client.h"
#include "live/json_skim.h"
#include "support/live.h"

using namespace meshcheck;
using namespace meshcheck::live;
using namespace meshcheck::test;
using namespace std::chrono_literals;
using kubeapi::FaultKind;

namespace {

constexpr int kPodCount = 130;

std::string pod(int number) {
  return "apiVersion: v1\nkind: Pod\nmetadata: {name: pod-" + std::to_string(1000 + number) +
         ", namespace: " + (number % 2 == 0 ? "shop" : "bank") + "}\n---\n";
}

// Two namespaces of 130 pods together.
struct Cluster {
  Cluster() {
    std::string objects;
    for (const auto* name : {"shop", "bank"}) {
      objects +=
          std::string("apiVersion: v1\nkind: Namespace\nmetadata: {name: ") + name + "}\n---\n";
    }
    for (int i = 0; i < kPodCount; ++i) objects += pod(i);
    objects +=
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: shop}\ndata: {mesh: "
        "x}\n";
    server.add(objects);
  }
  void fail(FaultKind kind, int first, int times, int status = 500) {
    kubeapi::Fault fault;
    fault.path = "*/pods*";
    fault.kind = kind;
    fault.first = first;
    fault.times = times;
    fault.status = status;
    fault.at = 200;
    server.add(fault);
  }
  std::size_t requests_of(std::string_view path) const {
    const auto requests = server.requests();
    return static_cast<std::size_t>(
        std::count_if(requests.begin(), requests.end(),
                      [&](const auto& request) { return request.path == path; }));
  }

  kubeapi::Server server;
};

std::string name_of(std::string_view item) {
  return string_value(find_member(find_member(item, "metadata"), "name"));
}

struct Read {
  Coverage coverage;
  std::vector<std::string> names;  // sorted
  std::size_t pages = 0;           // those of lists that were begun anew included
};

Read read_pods(Client& client, std::size_t page_size = 50) {
  Read read;
  ListQuery query;
  query.resource = kPods;
  query.page_size = page_size;
  read.coverage = client.list(query, {}, [&](const Page& page) {
    if (page.first) read.names.clear();
    ++read.pages;
    for (const auto item : page.items) read.names.push_back(name_of(item));
  });
  std::sort(read.names.begin(), read.names.end());
  return read;
}

void check_all(const Read& read) {
  REQUIRE(read.coverage.reading == Reading::whole);
  CHECK_FALSE(read.coverage.error);
  CHECK(read.coverage.objects == kPodCount);
  REQUIRE(read.names.size() == kPodCount);
  CHECK(std::adjacent_find(read.names.begin(), read.names.end()) == read.names.end());
  CHECK(read.names.front() == "pod-1000");
  CHECK(read.names.back() == "pod-1129");
}

}  // namespace

TEST_CASE("a list is read page by page") {
  Cluster cluster;
  Connected connected(cluster.server);
  const auto version = connected.client().connect();
  REQUIRE(version);
  CHECK(version->git_version == "v1.33.4");
  const Read read = read_pods(connected.client());
  check_all(read);
  CHECK(read.pages == 3);
  CHECK_FALSE(read.coverage.resource_version.empty());
  CHECK(read.coverage.at.has_value());
  for (const auto& request : cluster.server.requests()) CHECK(request.method == "GET");
}

TEST_CASE("without a page size the whole list comes at once") {
  Cluster cluster;
  Connected connected(cluster.server);
  connected.options.page_size = 0;
  const Read read = read_pods(connected.client());
  check_all(read);
  CHECK(read.pages == 1);
  CHECK(cluster.server.requests().back().query.empty());
}

TEST_CASE("an object is got by its name") {
  Cluster cluster;
  Connected connected(cluster.server);
  Client& client = connected.client();
  const Fetched found = client.get(kConfigMaps, "shop", "istio");
  CHECK(found.reading == Reading::whole);
  CHECK(name_of(found.body) == "istio");
  const Fetched none = client.get(kConfigMaps, "shop", "other");
  CHECK(none.reading == Reading::absent);
  const auto before = cluster.server.requests().size();
  CHECK(client.get(kConfigMaps, "shop", "../../secrets").reading == Reading::failed);
  CHECK(cluster.server.requests().size() == before);
}

TEST_CASE("what fails and heals changes nothing about what was read") {
  const auto page = GENERATE(1, 2);
  const auto kind = GENERATE(FaultKind::reset, FaultKind::cut, FaultKind::cut_reset,
                             FaultKind::cut_clean, FaultKind::wrong_length, FaultKind::bad_chunk,
                             FaultKind::cut_gzip, FaultKind::garbage);
  CAPTURE(page, static_cast<int>(kind));
  Cluster cluster;
  cluster.fail(kind, page, 2);
  Connected connected(cluster.server);
  check_all(read_pods(connected.client()));
}

TEST_CASE("a server that is busy or broken for a while is asked again") {
  const auto status = GENERATE(429, 500, 502, 503);
  const auto page = GENERATE(1, 3);
  Cluster cluster;
  cluster.fail(FaultKind::answer, page, 3, status);
  Connected connected(cluster.server);
  check_all(read_pods(connected.client()));
  CHECK(connected.time.slept() == 125ms + 250ms + 500ms);
}

TEST_CASE("Retry-After is waited for, up to a minute") {
  Cluster cluster;
  kubeapi::Fault fault;
  fault.path = "*/pods*";
  fault.status = 429;
  fault.headers = {{"Retry-After", "7"}};
  fault.body = "Too many requests, please try again later.";
  cluster.server.add(fault);
  Connected connected(cluster.server);
  check_all(read_pods(connected.client()));
  CHECK(connected.time.slept() == 7s);

  cluster.server.clear_faults();
  fault.headers = {{"Retry-After", "3600"}};
  cluster.server.add(fault);
  const Read read = read_pods(connected.client());
  CHECK(read.coverage.reading == Reading::failed);
  const std::string& message = read.coverage.error->message;
  CHECK(message.starts_with("listing pods: 429 Too Many Requests: Too many requests, please try"));
  CHECK(message.ends_with("; it asks to come back after 3600 s"));
}

TEST_CASE("a server that stays broken is given up, in words") {
  Cluster cluster;
  cluster.fail(FaultKind::answer, 2, 0, 500);
  Connected connected(cluster.server);
  const Read read = read_pods(connected.client());
  CHECK(read.coverage.reading == Reading::failed);
  REQUIRE(read.coverage.error);
  CHECK(read.coverage.error->source == cluster.server.url());
  CHECK(read.coverage.error->message.starts_with("listing pods: 500 Internal Server Error"));
  CHECK(read.coverage.error->message.ends_with("(6 tries)"));
  CHECK(cluster.requests_of("/api/v1/pods") == 7);
}

TEST_CASE("a list that expires is read anew, once in larger pages, then from now on") {
  Cluster cluster;
  Connected connected(cluster.server);
  SECTION("once") {
    cluster.fail(FaultKind::expired, 2, 1);
    const Read read = read_pods(connected.client());
    check_all(read);
    CHECK_FALSE(read.coverage.inconsistent);
    CHECK(cluster.server.requests().back().query.find("limit=100") != std::string::npos);
  }
  SECTION("twice") {
    cluster.fail(FaultKind::expired, 2, 1);
    cluster.fail(FaultKind::expired, 4, 1);
    const Read read = read_pods(connected.client());
    check_all(read);
    CHECK(read.coverage.inconsistent);
  }
  SECTION("for ever") {
    cluster.fail(FaultKind::expired, 2, 0);
    CHECK(read_pods(connected.client()).coverage.reading == Reading::failed);
    CHECK(cluster.server.requests().size() < 30);
  }
}

TEST_CASE("a page that takes too long is asked for in smaller ones") {
  Cluster cluster;
  cluster.fail(FaultKind::answer, 1, 2, 504);
  Connected connected(cluster.server);
  const Read read = read_pods(connected.client(), 500);
  check_all(read);
  CHECK(read.pages == 2);  // of 125
}

TEST_CASE("a request has a time, and so has the whole") {
  Cluster cluster;
  Connected connected(cluster.server);
  SECTION("of one request") {
    connected.options.request_timeout = 300ms;
    cluster.fail(FaultKind::stall, 2, 1);
    check_all(read_pods(connected.client()));
    CHECK(cluster.server.requests().back().query.find("timeout=1s") != std::string::npos);
  }
  SECTION("of everything") {
    connected.options.deadline = std::chrono::steady_clock::time_point(1s);
    cluster.fail(FaultKind::answer, 2, 0, 503);
    const Read read = read_pods(connected.client());
    CHECK(read.coverage.reading == Reading::skipped);
    CHECK(read.coverage.error->message == "listing pods: out of time");
  }
}

TEST_CASE("the first contact takes seconds, whatever the server does") {
  kubeapi::Server server;
  kubeapi::Fault fault;
  fault.path = "/version*";
  fault.times = 0;
  SECTION("an error") {
    server.add(fault);
    Connected connected(server);
    CHECK_FALSE(connected.client().connect());
    CHECK(server.requests().size() == 2);
  }
  SECTION("silence") {
    fault.kind = FaultKind::stall;
    server.add(fault);
    Connected connected(server);
    connected.options.request_timeout = 200ms;
    const auto version = connected.client().connect();
    REQUIRE_FALSE(version);
    CHECK(version.error().message == "cannot reach the server: timed out");
    CHECK(server.requests().size() <= 1);
  }
  SECTION("a refusal, by a server that is there") {
    fault.status = 403;
    server.add(fault);
    Connected connected(server);
    CHECK(connected.client().connect()->git_version.empty());
  }
}

TEST_CASE("an interruption ends what is under way") {
  Cluster cluster;
  std::atomic<bool> cancel = false;
  kubeapi::Fault fault;
  fault.path = "*/pods*";
  fault.kind = FaultKind::stall;
  fault.then = [&] { cancel = true; };
  cluster.server.add(fault);
  Connected connected(cluster.server);
  connected.options.cancel = &cancel;
  const Read read = read_pods(connected.client());
  CHECK(read.coverage.reading == Reading::skipped);
  CHECK(read.coverage.error->message == "listing pods: interrupted");
  CHECK(connected.client().ended());
}

TEST_CASE("a redirect is refused, and its target never asked") {
  Cluster cluster;
  kubeapi::Server other;
  kubeapi::Fault fault;
  fault.path = "*/pods*";
  fault.status = 302;
  fault.headers = {{"Location", other.url() + "/api/v1/pods"}};
  cluster.server.add(fault);
  Connected connected(cluster.server);
  const Read read = read_pods(connected.client());
  CHECK(read.coverage.reading == Reading::failed);
  CHECK(read.coverage.error->message.find("redirects") != std::string::npos);
  CHECK(other.requests().empty());
  CHECK(other.connections() == 0);
}

TEST_CASE("a refused credential is renewed once, and then the end of everything") {
  Cluster cluster;
  Connected connected(cluster.server);
  SECTION("a newer one is good") {
    connected.tokens = std::make_shared<Tokens>(std::vector<std::string>{"stale", "letmein"});
    connected.access.credentials = connected.tokens;
    check_all(read_pods(connected.client()));
    CHECK(connected.tokens->refreshes() == 1);
  }
  SECTION("none is") {
    connected.tokens = std::make_shared<Tokens>(std::vector<std::string>{"canary-a", "canary-b"});
    connected.access.credentials = connected.tokens;
    const Read read = read_pods(connected.client());
    CHECK(read.coverage.reading == Reading::failed);
    CHECK(read.coverage.error->message.starts_with("listing pods: 401 Unauthorized"));
    CHECK(read.coverage.error->message.find("canary") == std::string::npos);
    CHECK(connected.tokens->refreshes() == 1);
    const auto sent = cluster.server.requests().size();
    CHECK(read_pods(connected.client()).coverage.reading == Reading::skipped);
    CHECK(cluster.server.requests().size() == sent);
  }
}

TEST_CASE("a resource that is not served is absent, whatever the words") {
  Cluster cluster;
  Connected connected(cluster.server);
  ListQuery query;
  query.resource = {"nowhere.example", "v1", "things", "Thing", true};
  const Coverage coverage = connected.client().list(query, {}, [](const Page&) { FAIL(); });
  CHECK(coverage.reading == Reading::absent);
  CHECK(coverage.complete());
}

TEST_CASE("metadata alone is asked for where that is enough") {
  Cluster cluster;
  Connected connected(cluster.server);
  ListQuery query;
  query.resource = kNamespaces;
  query.metadata_only = true;
  std::string body;
  const auto coverage =
      connected.client().list(query, {}, [&](const Page& page) { body = page.body; });
  CHECK(coverage.reading == Reading::whole);
  CHECK(string_value(find_member(body, "kind")) == "PartialObjectMetadataList");

  kubeapi::Fault fault;
  fault.path = "/api/v1/namespaces*";
  fault.status = 406;
  cluster.server.add(fault);
  CHECK(connected.client().list(query, {}, [&](const Page& page) { body = page.body; }).reading ==
        Reading::whole);
  CHECK(string_value(find_member(body, "kind")) == "NamespaceList");
}
