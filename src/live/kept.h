// Which words of a cluster's objects are kept: those that rules read and that cannot be secret.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "meshcheck/document.h"

namespace meshcheck::live {

bool is_istio_container(std::string_view name);
// The name of a variable that configures Istio and never holds a credential.
bool is_istio_variable(std::string_view name);
// An annotation that says how an object is installed or what Istio makes of it.
bool is_kept_annotation(std::string_view name);
// Of a pod's spec and its containers, what no rule reads and what is long.
bool is_heavy(std::string_view key);

// The word by which a job ends its own proxy, as MC411 looks for it; the rest may be secret. Empty
// where there is none.
std::string_view ends_the_proxy(Node value);
// spec.replicas of the object that kubectl recorded. The item of a list names no kind, by which the
// reader would know that the text holds an object.
std::optional<std::int64_t> replicas_in(std::string_view recorded);
// The revision in what the injector wrote on a pod; of the rest, names of volumes and containers,
// nothing is read. Empty for another annotation.
std::string injected_by(std::string_view annotation, Node value);

}  // namespace meshcheck::live
