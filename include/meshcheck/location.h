// A place in the user's input, and the object it belongs to; plain values that outlive the input.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace meshcheck {

// Lines and columns count from 1; a column counts Unicode code points. Line 0 means the whole file.
struct Location {
  std::string file;  // as the user would name it: relative, `/` between parts, "<stdin>"
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t end_line = 0;
  std::uint32_t end_column = 0;  // one past the last column
  std::uint32_t document = 0;    // counts from 0 within the file
  std::string source;            // `# Source: chart/templates/x.yaml` of rendered charts, or empty
  std::string excerpt;           // the text of `line`, without its line end, for people to read
  std::string line_hash;         // of `line`, by line_hashes(); empty where nobody computed it

  auto operator<=>(const Location&) const = default;
};

// Names one Kubernetes object. `name_space` is empty for cluster-scoped objects and for objects
// whose manifest names none.
struct ObjectRef {
  std::string api_version;
  std::string kind;
  std::string name_space;
  std::string name;
  std::string revision;  // of the control plane it belongs to, where that is known; else empty

  auto operator<=>(const ObjectRef&) const = default;
};

}  // namespace meshcheck
