// The flags that name a cluster, spelt as kubectl spells them.
#include "cli/flags.h"
#include "cli/options_groups.h"

namespace meshcheck::cli {
namespace {

// The one cluster, and how to reach it. `name_space` is how the flag for namespaces is spelt.
void add_server(CLI::App& app, LiveOptions& live, const std::string& name_space) {
  app.option_defaults()->group("Cluster");
  add_text(app, "--kubeconfig", live.kubeconfig, "Not $KUBECONFIG or ~/.kube/config", "FILE");
  add_list(app, "--context", live.contexts, "Clusters by their contexts; repeatable", "NAME");
  add_text(app, "--cluster", live.cluster, "Another cluster than the context's", "NAME");
  add_text(app, "--user", live.user, "Another user than the context's", "NAME");
  add_text(app, "-s,--server", live.server, "The API server's address", "URL");
  add_text(app, "--tls-server-name", live.tls_server_name, "The name its certificate must have",
           "NAME");
  add_text(app, "--certificate-authority", live.certificate_authority, "Who signs it", "FILE");
  add_flag(app, "--insecure-skip-tls-verify", live.insecure, "Trust any server: unsafe");
  add_text(app, "--client-certificate", live.client_certificate, "Certificate to show", "FILE");
  add_text(app, "--client-key", live.client_key, "Its key", "FILE");
  add_text(app, "--token", live.token, "Bearer token; others see it in the list of processes",
           "TOKEN");
  add_text(app, "--token-file", live.token_file, "Bearer token, read anew when it changes", "FILE");
  add_text(app, "--as", live.as, "Impersonate a user", "USER");
  add_list(app, "--as-group", live.as_group, "Impersonate a group; repeatable", "GROUP");
  add_text(app, "--as-uid", live.as_uid, "Impersonate a UID", "UID");
  add_repeatable(app, "--as-user-extra", live.as_user_extra, "What else to say of it; repeatable",
                 "KEY=VALUE");
  add_text(app, "--proxy-url", live.proxy_url, "Another proxy than the cluster's", "URL");
  add_flag(app, "--disable-compression", live.disable_compression, "Ask for answers as they are");
  add_text(app, "--exec-plugins", live.exec_plugins,
           "Credential plugins: allow, deny, or names [default: allow]", "POLICY");
  add_text(app, "--request-timeout", live.request_timeout, "For each request [default: 30s]",
           "TIME");
  add_list(app, name_space, live.namespaces, "Read these namespaces only; repeatable", "NAME");
  add_flag(app, "-A,--all-namespaces", live.all_namespaces, "Read all of them, the default");
}

void add_access(CLI::App& app, LiveOptions& live, const std::string& name_space) {
  add_server(app, live, name_space);
  add_flag(app, "--all-contexts", live.all_contexts, "Every cluster that the kubeconfig names");
  add_text(app, "--live-timeout", live.timeout, "For a whole cluster [default: 10m]", "TIME");
  add_text(app, "--drift-window", live.drift_window,
           "How long a proxy may be stale; 0s: look once [default: 60s]", "TIME");
  add_flag(app, "--no-drift", live.no_drift, "Do not ask istiods about their proxies");
  add_text(app, "--istioctl", live.istioctl,
           "Run it for its proxy-status where istiods cannot be asked", "PROGRAM");
}

}  // namespace

void add_live(CLI::App& app, LiveOptions& live) {
  app.option_defaults()->group("Input");
  add_flag(app, "--live", live.on, "Read a running cluster; PATHs are laid over it");
  add_text(app, "--snapshot", live.snapshot, "Read what meshcheck snapshot saved", "FILE");
  add_access(app, live, "--namespace");  // -n is of files
}

void add_snapshot(CLI::App& app, SnapshotOptions& snapshot) {
  app.option_defaults()->group("Output");
  add_text(app, "-o,--to", snapshot.to, "Where to write it", "FILE.tar.gz");
  add_access(app, snapshot.live, "-n,--namespace");
  app.footer(
      "Examples:\n"
      "  meshcheck snapshot -o prod.tar.gz --context prod\n"
      "  meshcheck audit --snapshot prod.tar.gz\n\n"
      "It holds what an audit reads: no Secret, no token, and of environment variables\n"
      "only those that configure Istio.");
}

void add_rbac(CLI::App& app, RbacOptions& rbac) {
  app.option_defaults()->group("Rights");
  add_flag(app, "--drift", rbac.drift, "Also those to ask istiods about their proxies");
  add_text(app, "--istio-namespace", rbac.name_space, "Where istiod runs [default: istio-system]",
           "NAME");
  add_list(app, "--revision", rbac.revisions, "Revisions whose settings are read; repeatable",
           "NAME");
  add_list(app, "--shared-mesh-config", rbac.shared_configs,
           "What istiod's SHARED_MESH_CONFIG names; repeatable", "CONFIGMAP");
  add_selection(app, rbac.selection);
  app.footer(
      "Examples:\n"
      "  meshcheck rbac --drift | kubectl apply -f -\n"
      "  meshcheck rbac --select MC1,MC2");
}

void add_watch(CLI::App& app, WatchOptions& watch) {
  app.option_defaults()->group("Watch");
  // No variable: MESHCHECK_PROXY_STATUS names files, for `audit`, and MESHCHECK_OUTPUT its formats.
  app.add_flag("--proxy-status", watch.proxy_status,
               "Proxies that leave configuration unacknowledged");
  add_text(app, "--interval", watch.interval, "Between two looks, 5s at least [default: 15s]",
           "TIME");
  add_text(app, "--for", watch.duration, "Ends after so long [default: Ctrl-C ends it]", "TIME");
  // Spelt as MC701's parameters, which the configuration sets too.
  add_text(app, "--max-stale-percent", watch.max_stale_percent,
           "Share of proxies that may be stale [default: 5]", "N");
  add_text(app, "--min-seconds", watch.min_seconds,
           "How long one may be before it counts [default: 60]", "N");
  app.option_defaults()->group("Output");
  watch.output = kWatchFormats.front();
  offer_words(
      app.add_option("-o,--output", watch.output, "Print each look as " + list_words(kWatchFormats))
          ->type_name("FORMAT"),
      kWatchFormats);
  add_server(app, watch.live, "-n,--namespace");
  add_configuration_file(app, watch.input);
  app.footer(
      "Examples:\n"
      "  meshcheck watch --proxy-status\n"
      "  meshcheck watch --proxy-status --for 5m --context prod\n\n"
      "Exit status 1 as soon as more proxies than allowed are stale for too long, 0\n"
      "when the time is up or Ctrl-C ends it before, 3 if istiods could not be asked.");
}

}  // namespace meshcheck::cli
