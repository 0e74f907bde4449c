// Severity, documentation and parameters: rules/mc610-unknown-principal.yaml
#include "meshcheck/rule.h"

namespace meshcheck::rules {
namespace {

// istio: pilot/pkg/security/authz/matcher/string.go: a `*` at either end, and nowhere else.
bool is_wildcard(std::string_view text) { return text.starts_with('*') || text.ends_with('*'); }

std::string name_of(const Resource& policy) {
  if (policy.name_space().empty()) return fmt::format("AuthorizationPolicy {}", policy.name());
  return fmt::format("AuthorizationPolicy {}/{}", policy.name_space(), policy.name());
}

class Judge {
 public:
  Judge(const Mesh& mesh, const KnownCallers& callers, Sink& sink)
      : mesh_(mesh), callers_(callers), sink_(sink) {}

  void source(const Resource& policy, Node source) {
    for (const char* const field : {"principals", "notPrincipals"}) {
      for (const Node value : source[field].items()) principal(policy, value, field);
    }
    for (const char* const field : {"serviceAccounts", "notServiceAccounts"}) {
      for (const Node value : source[field].items()) service_account(policy, value, field);
    }
    for (const char* const field : {"trustDomains", "notTrustDomains"}) {
      for (const Node value : source[field].items()) trust_domain(policy, value, field);
    }
    for (const char* const field : {"namespaces", "notNamespaces"}) {
      for (const Node value : source[field].items()) name_space(policy, value, field);
    }
  }

  // The same identities, in a `when`.
  void condition(const Resource& policy, Node when) {
    const std::string_view key = when["key"].text();
    for (const char* const field : {"values", "notValues"}) {
      for (const Node value : when[field].items()) {
        if (key == "source.principal") principal(policy, value, field);
        if (key == "source.serviceAccount") service_account(policy, value, field);
        if (key == "source.trustDomain") trust_domain(policy, value, field);
        if (key == "source.namespace") name_space(policy, value, field);
      }
    }
  }

  void principal(const Resource& policy, Node value, std::string_view field) {
    const std::string_view text = value.text();
    if (text.empty() || name_holds_variable(text)) return;
    if (text.starts_with("spiffe://")) {
      report(policy, value, field, "principal {} begins with spiffe://, which istiod adds itself")
          .compare(std::string(text), std::string(text.substr(9)), {})
          .fix(fmt::format("Write {}.", text.substr(9)));
      return;
    }
    if (is_wildcard(text)) return;
    const auto read = parse_principal(text);
    if (!read) {
      malformed(policy, value, field);
    } else if (text.find('*') != std::string_view::npos) {
      report(policy, value, field,
             "principal {} has a * within, where it stands for itself and nothing else")
          .fix(
              "A * works at the start or the end only: name the principals one by one, or the "
              "namespace in `namespaces`.");
    } else if (callers_.is_foreign(read->trust_domain)) {
      foreign(policy, value, field, read->trust_domain)
          .compare(std::string(read->trust_domain), "cluster.local", {})
          .fix(fmt::format(
              "Write cluster.local/ns/{}/sa/{}; or, if callers do come with {}, add it to "
              "meshConfig.trustDomainAliases.",
              read->name_space, read->account, read->trust_domain));
    } else {
      account(policy, value, field, read->name_space, read->account);
    }
  }

 private:
  Draft report(const Resource& policy, Node value, std::string_view field,
               fmt::format_string<std::string_view> message) {
    return finish(sink_.report(value, "{}: {}; no caller has this name", name_of(policy),
                               fmt::format(message, value.text())),
                  policy, field);
  }

  static Draft finish(Draft draft, const Resource& policy, std::string_view field) {
    const bool conditional = field == "values" || field == "notValues";
    return draft.object(policy.ref())
        .field(fmt::format("spec.rules.{}.{}", conditional ? "when" : "from.source", field));
  }

  // Identities of a foreign SPIFFE server may have any form; those of Istio have one.
  void malformed(const Resource& policy, Node value, std::string_view field) {
    const std::string_view text = value.text();
    const std::string_view domain = text.substr(0, text.find('/'));
    const bool ours = domain == "cluster.local" || callers_.trust_domains.contains(domain) ||
                      domain.size() == text.size() || mesh_.find_namespace(domain) != nullptr ||
                      text.find("/ns/") != std::string_view::npos ||
                      text.find("/sa/") != std::string_view::npos;
    if (!ours) return;
    report(policy, value, field, "principal {} is not <trust domain>/ns/<namespace>/sa/<account>")
        .compare(std::string(text), "cluster.local/ns/<namespace>/sa/<service account>", {})
        .fix(
            "Write the trust domain (cluster.local is always the mesh's own), the namespace and "
            "the service account.");
  }

  Draft foreign(const Resource& policy, Node value, std::string_view field,
                std::string_view domain) {
    return finish(
        sink_.report_as("absent", value,
                        "{}: trust domain {} is neither the mesh's own nor one of its aliases ({})",
                        name_of(policy), domain, fmt::join(callers_.trust_domains, ", ")),
        policy, field);
  }

  void trust_domain(const Resource& policy, Node value, std::string_view field) {
    const std::string_view text = value.text();
    if (text.empty() || name_holds_variable(text) || text.find('*') != std::string_view::npos)
      return;
    if (!callers_.is_foreign(text)) return;
    foreign(policy, value, field, text)
        .fix(
            fmt::format("Write the trust domain of the callers; if they do come with {}, add it to "
                        "meshConfig.trustDomainAliases.",
                        text));
  }

  void service_account(const Resource& policy, Node value, std::string_view field) {
    const std::string_view text = value.text();
    const std::size_t slash = text.find('/');
    if (text.empty() || name_holds_variable(text)) return;
    if (text.find('*') != std::string_view::npos) {
      report(policy, value, field, "service account {} has a *, which is not allowed there")
          .fix(
              "Name the accounts one by one, or all of a namespace in `namespaces`; `principals` "
              "takes a * at the start or the end.");
    } else if (slash == std::string_view::npos) {
      account(policy, value, field, policy.name_space(), text);
    } else {
      account(policy, value, field, text.substr(0, slash), text.substr(slash + 1));
    }
  }

  void name_space(const Resource& policy, Node value, std::string_view field) {
    const std::string_view text = value.text();
    if (text.empty() || name_holds_variable(text) || is_wildcard(text) ||
        !mesh_.covers_all("Namespace"))
      return;
    if (mesh_.find_namespace(text) != nullptr || mesh_.namespaces.empty()) return;
    absent(policy, value, field, fmt::format("namespace {} does not exist", text));
  }

  void account(const Resource& policy, Node value, std::string_view field,
               std::string_view name_space, std::string_view name) {
    if (mesh_.covers_all("Namespace") && !mesh_.namespaces.empty() &&
        mesh_.find_namespace(name_space) == nullptr) {
      absent(policy, value, field, fmt::format("namespace {} does not exist", name_space));
      return;
    }
    if (!callers_.lacks_account(name_space, name)) return;
    absent(policy, value, field,
           fmt::format("namespace {} has no service account {}", name_space, name));
  }

  void absent(const Resource& policy, Node value, std::string_view field, const std::string& what) {
    const bool live = mesh_.covers_all("Namespace") && policy.is_live();
    finish(sink_.report_as(live ? "absent-live" : "absent", value,
                           "{} names a caller that is not there: {}", name_of(policy), what),
           policy, field)
        .fix("Correct the name, or take it out if the caller is gone.");
  }

  const Mesh& mesh_;
  const KnownCallers& callers_;
  Sink& sink_;
};

}  // namespace

void mc610_unknown_principal(const Mesh& mesh, const Parameters& /*parameters*/, Sink& sink) {
  const KnownCallers callers = known_callers(mesh);
  Judge judge(mesh, callers, sink);
  for (const Resource* policy : mesh.resources->of_kind("AuthorizationPolicy")) {
    if (policy->group() != "security.istio.io") continue;
    sink.judged();
    for (const Node rule : policy->spec()["rules"].items()) {
      for (const Node from : rule["from"].items()) judge.source(*policy, from["source"]);
      for (const Node when : rule["when"].items()) judge.condition(*policy, when);
    }
  }
}

}  // namespace meshcheck::rules
