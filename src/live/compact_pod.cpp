// Of workloads and their pods: what rules read.
#include <array>
#include <iterator>

#include <fmt/format.h>

#include "live/compact_writer.h"
#include "live/kept.h"
#include "live/redact.h"

namespace meshcheck::live {
namespace {

constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

}  // namespace

// A probe's place is read, not the command it runs.
void CompactWriter::probe(Node value) {
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

void CompactWriter::container(Node value) {
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

void CompactWriter::environment(Node list, bool istio) {
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
      scalar(variable["value"]);
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

void CompactWriter::metadata(Node value) {
  constexpr std::array<std::string_view, 7> kKept = {
      "name", "namespace", "uid", "labels", "creationTimestamp", "deletionTimestamp", "generation"};
  open('{');
  keep(value, kKept);
  if (value["ownerReferences"].is_sequence()) owners(value["ownerReferences"]);
  if (value["annotations"].is_mapping()) annotations(value["annotations"]);
  if (value["managedFields"].is_sequence()) managed_fields(value["managedFields"]);
  close('}');
}

void CompactWriter::owners(Node list) {
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
void CompactWriter::arguments(Node list) {
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
void CompactWriter::annotations(Node value) {
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
      if (name == "proxy.istio.io/config") {
        scalar(text);
      } else {
        append_json_string(without_user(text.text()), out_);
      }
    }
  }
  close('}');
}

// Who declares the replicas of a Deployment is read from here.
void CompactWriter::managed_fields(Node list) {
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

void CompactWriter::status(Node value) {
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

void CompactWriter::pod_status(Node value) {
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

void CompactWriter::container_status(Node value) {
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

}  // namespace meshcheck::live
