// Values that know where they came from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "meshcheck/document.h"
#include "meshcheck/quantity.h"

namespace meshcheck {

// Where a value came from.
struct Provenance {
  enum class Kind : std::uint8_t {
    input,          // the user wrote it, at `node`
    chart_default,  // the istiod chart of some version
    profile,        // a profile of that version
    api_default,    // the API server's default for an absent field
    absent,         // nothing says it
    unknown,        // said, but not to us: `${VAR}`, a reference, a file that is not in the input
  };
  Kind kind = Kind::absent;
  Node node;         // the value's own node for `input`, else the nearest node that exists
  std::string text;  // "chart 1.30 default", "profile demo", "values.yaml:14"

  bool known() const { return kind != Kind::unknown; }
};

// Where the value came from, for people: its text, or "values.yaml:14" for what the user wrote.
std::string describe(const Provenance& from);
// The same in parentheses after a space, for messages; empty for what the user wrote, since there
// the finding's mark is on the value.
std::string in_parentheses(const Provenance& from);

// A value and where it came from.
template <class T>
struct Traced {
  T value{};
  Provenance from;

  bool known() const { return from.known(); }
};

// Container resources; a member is nullopt where nothing asks for or limits it.
struct Resources {
  Traced<std::optional<Quantity>> cpu_request;
  Traced<std::optional<Quantity>> memory_request;
  Traced<std::optional<Quantity>> cpu_limit;
  Traced<std::optional<Quantity>> memory_limit;
};

}  // namespace meshcheck
