// Several lists side by side, and what is read where rights are missing.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "live/namespaced_lists.h"
#include "support/live.h"

using namespace meshcheck;
using namespace meshcheck::live;
using namespace meshcheck::test;

namespace {

const ApiResource kNodes{"", "v1", "nodes", "Node", false};

std::string object(const std::string& kind, const std::string& name,
                   const std::string& name_space) {
  return "apiVersion: v1\nkind: " + kind + "\nmetadata: {name: " + name +
         (name_space.empty() ? "" : ", namespace: " + name_space) + "}\n---\n";
}

// Three namespaces, each with a pod and a service, and one node.
void fill(kubeapi::Server& server) {
  std::string objects = object("Node", "node-1", "");
  for (const auto* name : {"bank", "shop", "zoo"}) {
    objects +=
        object("Namespace", name, "") + object("Pod", "p", name) + object("Service", "s", name);
  }
  server.add(objects);
  server.set_tokens({{"letmein", {"reader", {}}}, {"admin", {"admin", {"system:masters"}}}});
}

std::vector<ListQuery> queries() {
  std::vector<ListQuery> result(3);
  result[0].resource = kPods;
  result[1].resource = kServices;
  result[2].resource = kNodes;
  return result;
}

std::string role(const std::string& kind, const std::string& resources,
                 const std::string& name_space) {
  const std::string place = name_space.empty() ? "" : ", namespace: " + name_space;
  const std::string binding = name_space.empty() ? "ClusterRoleBinding" : "RoleBinding";
  const std::string name = "r-" + name_space;
  return "apiVersion: rbac.authorization.k8s.io/v1\nkind: " + kind + "\nmetadata: {name: " + name +
         place + "}\nrules: [{apiGroups: [\"\"], resources: [" + resources +
         "], verbs: [list, get]}]\n---\n" +
         "apiVersion: rbac.authorization.k8s.io/v1\nkind: " + binding +
         "\nmetadata: {name: " + name + place +
         "}\nsubjects: [{kind: User, name: reader}]\nroleRef: {kind: " + kind + ", name: " + name +
         "}\n---\n";
}

}  // namespace

TEST_CASE("lists side by side answer in the order of the queries") {
  kubeapi::Server server;
  fill(server);
  Connected connected(server);
  std::map<std::size_t, std::size_t> items;
  const auto coverages = connected.client().lists(
      queries(), {},
      [&](std::size_t query, const Page& page) { items[query] += page.items.size(); });
  REQUIRE(coverages.size() == 3);
  for (const auto& coverage : coverages) CHECK(coverage.reading == Reading::whole);
  CHECK(items == std::map<std::size_t, std::size_t>{{0, 3}, {1, 3}, {2, 1}});
  CHECK(coverages[2].resource == kNodes);
}

TEST_CASE("where all namespaces are forbidden, those that are known are read one by one") {
  kubeapi::Server server;
  fill(server);
  server.enforce(role("Role", "pods", "shop") + role("Role", "pods", "bank"));
  Connected connected(server);
  Scope scope;
  scope.known = {"zoo", "shop", "bank", "shop"};
  std::set<std::string> read;
  const auto coverages =
      connected.client().lists(queries(), scope, [&](std::size_t query, const Page& page) {
        CHECK(query == 0);
        read.emplace(page.name_space);
      });
  CHECK(read == std::set<std::string>{"bank", "shop"});
  CHECK(coverages[0].reading == Reading::partial);
  CHECK(coverages[0].namespaces == std::vector<std::string>{"bank", "shop"});
  CHECK(coverages[0].unread == std::vector<std::string>{"zoo"});
  CHECK(coverages[0].objects == 2);
  REQUIRE(coverages[0].error);
  CHECK(coverages[0].error->hint == "grant `list` on `pods` of apiGroup `\"\"` in a ClusterRole");
  CHECK(coverages[1].reading == Reading::forbidden);
  CHECK(coverages[2].reading == Reading::forbidden);
  CHECK(coverages[2].namespaces.empty());
}

TEST_CASE("every namespace read is all of it, where these are all namespaces") {
  kubeapi::Server server;
  fill(server);
  server.enforce(role("Role", "pods", "shop") + role("Role", "pods", "bank") +
                 role("Role", "pods", "zoo"));
  Connected connected(server);
  Scope scope;
  scope.known = {"bank", "shop", "zoo"};
  ListQuery query;
  query.resource = kPods;
  const auto read = [&] { return connected.client().list(query, scope, [](const Page&) {}); };
  CHECK(read().reading == Reading::partial);
  scope.known_are_all = true;
  const Coverage all = read();
  CHECK(all.reading == Reading::whole);
  CHECK_FALSE(all.error);
  CHECK(all.objects == 3);
}

TEST_CASE("only the namespaces that were asked for are read") {
  kubeapi::Server server;
  fill(server);
  Connected connected(server);
  Scope scope;
  scope.only = {"shop"};
  const auto coverages =
      connected.client().lists(queries(), scope, [](std::size_t, const Page&) {});
  CHECK(coverages[0].reading == Reading::whole);
  CHECK(coverages[0].namespaces == std::vector<std::string>{"shop"});
  CHECK(coverages[0].objects == 1);
  CHECK(coverages[2].objects == 1);
  for (const auto& request : server.requests()) {
    CHECK((request.path.find("/namespaces/shop/") != std::string::npos ||
           request.path == "/api/v1/nodes"));
  }
}

TEST_CASE("a failure says more than a missing right") {
  Listed good;
  good.reading = Reading::whole;
  Listed forbidden;
  forbidden.reading = Reading::forbidden;
  forbidden.error = fail("s", "forbidden");
  Listed failed;
  failed.reading = Reading::failed;
  failed.error = fail("s", "failed");
  Parts parts;
  parts.parts = {{"a", forbidden}, {"b", failed}, {"c", forbidden}};
  parts.denied = fail("s", "denied");
  CHECK(unite(kPods, parts).reading == Reading::failed);
  CHECK(unite(kPods, parts).error->message == "failed");
  parts.parts = {{"a", good}, {"b", forbidden}};
  CHECK(unite(kPods, parts).reading == Reading::partial);
  CHECK(unite(kPods, parts).error->message == "denied");
  parts.parts = {{"a", forbidden}};
  CHECK(unite(kPods, parts).reading == Reading::forbidden);
}

TEST_CASE("never more than four requests are in flight") {
  kubeapi::Server server;
  fill(server);
  std::atomic<int> most = 0;
  std::atomic<int> now = 0;
  kubeapi::Fault fault;
  fault.path = "*";
  fault.kind = kubeapi::FaultKind::delay;
  fault.times = 0;
  fault.delay = std::chrono::milliseconds(20);
  fault.then = [&] {
    const int count = ++now;
    most = std::max(most.load(), count);
  };
  server.add(fault);
  Connected connected(server);
  std::vector<ListQuery> many;
  for (int i = 0; i < 20; ++i) many.push_back(queries()[0]);
  connected.client().lists(many, {}, [&](std::size_t, const Page&) { --now; });
  CHECK(server.connections() <= 4);
  CHECK(now == 0);
  CHECK(most <= 5);  // an answer that is delivered may still count
}
