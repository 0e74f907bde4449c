// What who may not read all of a cluster is told: one sentence a cause, and a way out that works.
#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "kubeapi/server.h"
#include "support/private_file.h"
#include "support/run_in.h"

using meshcheck::kubeapi::Options;
using meshcheck::kubeapi::Server;
using meshcheck::test::contains;
using meshcheck::test::Ran;
using meshcheck::test::run_in;
using meshcheck::test::TemporaryFolder;

namespace {

std::string istiod(const std::string& revision) {
  return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: istiod-" + revision +
         ", namespace: istio-system}\nspec:\n  selector: {matchLabels: {app: istiod, "
         "istio.io/rev: " +
         revision +
         "}}\n  template:\n    metadata: {labels: {app: istiod, istio.io/rev: " + revision +
         "}}\n    spec: {containers: [{name: discovery, image: \"istio/pilot:1.30.1\"}]}\n"
         "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio-" +
         revision +
         ", namespace: istio-system}\ndata: {mesh: \"accessLogFile: ''\"}\n"
         "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio-sidecar-injector-" +
         revision + ", namespace: istio-system}\ndata: {config: '{}', values: '{}'}\n";
}

struct Cluster {
  explicit Cluster(Options options = {}) : server(std::move(options)) {
    server.set_tokens({{"letmein", {"reader", {}}}});
    server.add(
        "{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}\n---\n"
        "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n" +
        istiod("1-30") + istiod("1-29"));
    meshcheck::test::write_private(folder, "kubeconfig", server.kubeconfig());
  }

  Ran audit(std::vector<std::string> more = {}) const {
    std::vector<std::string> args = {"audit",        "--isolated", "--live",    "--no-drift",
                                     "--kubeconfig", "kubeconfig", "--fail-on", "never"};
    args.insert(args.end(), more.begin(), more.end());
    return run_in(folder, args);
  }

  TemporaryFolder folder;
  Server server;
};

std::ptrdiff_t lines(const std::string& text) { return std::ranges::count(text, '\n'); }

}  // namespace

TEST_CASE("the ConfigMaps of revisions that may not be read are named, and the rights that help") {
  Cluster cluster;
  cluster.server.enforce(run_in(cluster.folder, {"rbac"}).out);
  const Ran ran = cluster.audit();
  INFO(ran.err);
  CHECK(ran.status == 3);
  CHECK(contains(ran.err, "ConfigMap istio-system/istio-1-29 may not be read (403 Forbidden)"));
  CHECK(contains(ran.err, "meshcheck rbac --revision 1-29 --revision 1-30 | kubectl apply -f -"));
  cluster.server.enforce(
      run_in(cluster.folder, {"rbac", "--revision", "1-29", "--revision", "1-30"}).out);
  CHECK(cluster.audit().err.empty());
}

TEST_CASE("who may read one namespace is told so in one sentence") {
  Cluster cluster;
  std::string role = run_in(cluster.folder, {"rbac"}).out;
  role = role.substr(0, role.find("---"));
  role.replace(role.find("ClusterRole"), 11, "Role");
  role.replace(role.find("  name: meshcheck"), 17, "  name: reader\n  namespace: shop");
  cluster.server.enforce(role +
                         "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n"
                         "metadata: {name: lists}\nrules: [{apiGroups: [\"\"], resources: "
                         "[namespaces], verbs: [list]}]\n");
  const Ran ran = cluster.audit();
  INFO(ran.err);
  CHECK(ran.status == 3);
  CHECK(contains(ran.err, "more kinds were read in namespace shop only"));
  CHECK(contains(ran.err, "or read less: --namespace shop"));
  CHECK(lines(ran.err) <= 6);
}

TEST_CASE("who is nobody is not told to be granted rights") {
  Options options;
  options.anonymous = true;
  Cluster cluster(options);
  cluster.folder.write("kubeconfig", [&] {
    std::string text = cluster.server.kubeconfig();
    text.replace(text.find("token: letmein"), 14, "username: ''");
    return text;
  }());
  cluster.server.enforce(
      "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: "
      "{name: none}, rules: []}");
  const Ran ran = cluster.audit();
  INFO(ran.err);
  CHECK(ran.status == 3);
  CHECK(contains(ran.err, "by system:anonymous"));
  CHECK(contains(ran.err, "log in"));
  CHECK_FALSE(contains(ran.err, "meshcheck rbac"));
}
