#include "live/compact.h"

#include <array>
#include <span>

#include <fmt/format.h>

#include "input/arena.h"
#include "input/parse.h"
#include "input/value_json.h"
#include "live/definition.h"
#include "live/kept.h"

namespace meshcheck::live {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void object(Node root, std::string_view api_version, std::string_view kind) {
    kind_ = kind;
    open('{');
    member("apiVersion");
    append_json_string(api_version, out_);
    member("kind");
    append_json_string(kind, out_);
    for (const auto [key, value] : root.entries()) {
      const std::string_view name = key.text();
      if (name == "apiVersion" || name == "kind") continue;
      if (name == "metadata") {
        member(name);
        metadata(value);
      } else if (name == "status") {
        status(value);
      } else {
        member(name);
        any(value);
      }
    }
    close('}');
    out_ += '\n';
  }

 private:
  void open(char bracket) {
    out_ += bracket;
    first_ = true;
  }
  void close(char bracket) {
    out_ += bracket;
    first_ = false;
  }
  void separate() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  void member(std::string_view key) {
    separate();
    append_json_string(key, out_);
    out_ += ':';
  }
  void verbatim(Node value) { append_json(value, out_); }
  void keep(Node mapping, Names keys) {
    for (const std::string_view key : keys) {
      const Node value = mapping[key];
      if (!value) continue;
      member(key);
      any(value);
    }
  }

  void any(Node value);
  void mapping(Node value);
  void probe(Node value);
  void container(Node value);
  void environment(Node list, bool istio);
  void metadata(Node value);
  void owners(Node list);
  void arguments(Node list);
  void annotations(Node value);
  void managed_fields(Node list);
  void status(Node value);
  void pod_status(Node value);
  void container_status(Node value);

  std::string& out_;
  std::string_view kind_;
  bool first_ = true;
};

// Only in a mapping that has an image, so that a custom resource's `env` of another meaning stays.
bool is_container(Node value) { return value["name"].is_scalar() && value["image"].is_scalar(); }

void Writer::any(Node value) {
  if (value.is_mapping()) {
    if (is_container(value)) {
      container(value);
    } else {
      mapping(value);
    }
  } else if (value.is_sequence()) {
    open('[');
    for (const Node item : value.items()) {
      separate();
      any(item);
    }
    close(']');
  } else {
    verbatim(value);
  }
}

void Writer::mapping(Node value) {
  open('{');
  for (const auto [key, child] : value.entries()) {
    const std::string_view name = key.text();
    // A pod template's.
    if (name == "metadata" && child.is_mapping()) {
      member(name);
      metadata(child);
    } else if (name == "env" && child.is_sequence()) {
      member(name);
      environment(child, true);
    } else if (!is_heavy(name)) {
      member(name);
      any(child);
    }
  }
  close('}');
}

// A probe's place is read, not the command it runs.
void Writer::probe(Node value) {
  constexpr std::array<std::string_view, 3> kHow = {"httpGet", "tcpSocket", "grpc"};
  constexpr std::array<std::string_view, 4> kWhere = {"port", "path", "scheme", "host"};
  open('{');
  for (const std::string_view how : kHow) {
    if (!value[how]) continue;
    member(how);
    open('{');
    keep(value[how], kWhere);
    close('}');
  }
  close('}');
}

void Writer::container(Node value) {
  const bool istio = is_istio_container(value["name"].text());
  open('{');
  for (const auto [key, child] : value.entries()) {
    const std::string_view name = key.text();
    if (is_heavy(name)) continue;
    if (name == "env") {
      member(name);
      environment(child, istio);
    } else if (name == "command" || name == "args" || name == "lifecycle") {
      if (istio) {
        member(name);
        if (name == "args") {
          arguments(child);
        } else {
          verbatim(child);
        }
      } else if (const auto word = ends_the_proxy(child); !word.empty()) {
        member(name);
        fmt::format_to(std::back_inserter(out_), R"(["{}"])", word);
      }
    } else if (name.ends_with("Probe")) {
      member(name);
      probe(child);
    } else {
      member(name);
      any(child);
    }
  }
  close('}');
}

void Writer::environment(Node list, bool istio) {
  open('[');
  for (const Node variable : list.items()) {
    const std::string_view name = variable["name"].text();
    separate();
    open('{');
    member("name");
    append_json_string(name, out_);
    const bool kept = istio && is_istio_variable(name);
    const std::string_view word = ends_the_proxy(variable["value"]);
    if (kept && variable["value"]) {
      member("value");
      verbatim(variable["value"]);
    } else if (!word.empty()) {
      member("value");
      append_json_string(word, out_);
    }
    if (variable["valueFrom"]) {
      member("valueFrom");
      verbatim(variable["valueFrom"]);
    }
    close('}');
  }
  close(']');
}

void Writer::metadata(Node value) {
  constexpr std::array<std::string_view, 7> kKept = {
      "name", "namespace", "uid", "labels", "creationTimestamp", "deletionTimestamp", "generation"};
  open('{');
  keep(value, kKept);
  if (value["ownerReferences"].is_sequence()) owners(value["ownerReferences"]);
  if (value["annotations"].is_mapping()) annotations(value["annotations"]);
  if (value["managedFields"].is_sequence()) managed_fields(value["managedFields"]);
  close('}');
}

void Writer::owners(Node list) {
  constexpr std::array<std::string_view, 3> kOwner = {"kind", "name", "controller"};
  member("ownerReferences");
  open('[');
  for (const Node owner : list.items()) {
    separate();
    open('{');
    keep(owner, kOwner);
    close('}');
  }
  close(']');
}

// Which part a proxy plays is a word of its own; a pod's flags are its template's, and many.
void Writer::arguments(Node list) {
  open('[');
  for (const Node argument : list.items()) {
    if (kind_ == "Pod" && argument.text().starts_with('-')) continue;
    separate();
    verbatim(argument);
  }
  close(']');
}

// Of what kubectl recorded only the number of replicas: the rest repeats the object, its secrets
// included.
void Writer::annotations(Node value) {
  member("annotations");
  open('{');
  for (const auto [key, text] : value.entries()) {
    const std::string_view name = key.text();
    if (name == kLastApplied) {
      const auto replicas = replicas_in(text.text());
      if (!replicas) continue;
      member(name);
      append_json_string(fmt::format(R"({{"spec":{{"replicas":{}}}}})", *replicas), out_);
    } else if (const auto revision = injected_by(name, text); !revision.empty()) {
      member(name);
      append_json_string(fmt::format(R"({{"revision":"{}"}})", revision), out_);
    } else if (is_kept_annotation(name)) {
      member(name);
      verbatim(text);
    }
  }
  close('}');
}

// Who declares the replicas of a Deployment is read from here.
void Writer::managed_fields(Node list) {
  const auto declares = [](Node entry) {
    return entry["operation"].text() == "Apply" && entry["subresource"].text().empty() &&
           entry["fieldsV1"]["f:spec"]["f:replicas"];
  };
  for (const Node entry : list.items()) {
    if (!declares(entry)) continue;
    member("managedFields");
    out_ += R"([{"operation":"Apply","fieldsV1":{"f:spec":{"f:replicas":{}}}}])";
    return;
  }
}

void Writer::status(Node value) {
  if (kind_ == "Pod") {
    pod_status(value);
    return;
  }
  member("status");
  if (kind_ == "Node") {
    constexpr std::array<std::string_view, 3> kNode = {"allocatable", "capacity", "nodeInfo"};
    open('{');
    keep(value, kNode);
    close('}');
  } else {
    any(value);
  }
}

void Writer::pod_status(Node value) {
  constexpr std::array<std::string_view, 4> kPod = {"phase", "reason", "startTime", "conditions"};
  constexpr std::array<std::string_view, 2> kLists = {"containerStatuses", "initContainerStatuses"};
  member("status");
  open('{');
  keep(value, kPod);
  for (const std::string_view list : kLists) {
    if (!value[list]) continue;
    member(list);
    open('[');
    for (const Node container : value[list].items()) {
      if (container["restartCount"].integer().value_or(0) == 0) continue;
      separate();
      container_status(container);
    }
    close(']');
  }
  close('}');
}

void Writer::container_status(Node value) {
  constexpr std::array<std::string_view, 3> kContainer = {"name", "ready", "restartCount"};
  constexpr std::array<std::string_view, 2> kStates = {"state", "lastState"};
  constexpr std::array<std::string_view, 5> kState = {"reason", "exitCode", "startedAt",
                                                      "finishedAt", "signal"};
  open('{');
  keep(value, kContainer);
  for (const std::string_view state : kStates) {
    if (value[state].size() == 0) continue;
    member(state);
    open('{');
    for (const auto [key, what] : value[state].entries()) {
      if (key.text() == "running") continue;
      member(key.text());
      open('{');
      keep(what, kState);
      close('}');
    }
    close('}');
  }
  close('}');
}

}  // namespace

Result<bool> append_object(std::string_view object, std::string_view api_version,
                           std::string_view kind, std::string& out) {
  Source source;
  source.text = object;
  Arena arena;
  const Parsed parsed = parse(source, whole(object), arena, Format::json);
  if (parsed.outcome != Parsed::Outcome::tree) {
    return fail("", fmt::format("the answer is no JSON: {}", parsed.message));
  }
  const Node root = parsed.document->root();
  if (kind == "CustomResourceDefinition") {
    append_definition(root, api_version, out);
  } else {
    Writer(out).object(root, api_version, kind);
  }
  return true;
}

}  // namespace meshcheck::live
