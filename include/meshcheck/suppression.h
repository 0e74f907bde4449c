// A finding that the user accepts, and why: by a comment or an annotation beside what it is about,
// or by an entry of the configuration.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "meshcheck/location.h"

namespace meshcheck {

// The keys of the annotations.
inline constexpr std::string_view kIgnore = "meshcheck/ignore";
inline constexpr std::string_view kIgnoreReason = "meshcheck/ignore-reason";
inline constexpr std::string_view kIgnoreUntil = "meshcheck/ignore-until";

// Of a comment: the findings that stand in a piece of a file, whose end is not part of it.
struct CoveredText {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t end_line = 0;
  std::uint32_t end_column = 0;
};

// Of an annotation: what is about its object. A Namespace's covers what is in it too, as the labels
// of a Namespace hold for all that is in it.
struct CoveredObject {
  std::string mesh;  // its folder, where a run holds several
};

// Of the configuration: objects by name. Empty: any.
struct CoveredNames {
  std::string kind;
  std::string name_space;  // `*` and `?` stand for any letters, and for one; as in the next
  std::string name;
  // The folder of the configuration is in the input as a whole, so that an entry which meets no
  // object is of no use.
  bool sees_all = false;
};

// The rules of a list: "MC201, MC204".
std::vector<std::string> rule_words(std::string_view list);

struct Suppression {
  std::vector<std::string> rules;  // as written: IDs or names
  std::string reason;              // may be empty
  std::string until;               // as written, a date; empty: for good
  Location where;                  // of the suppression itself
  ObjectRef object;                // that it stands in; of the configuration, the file
  std::string malformed;           // what is wrong with its form, as a sentence; else empty
  std::variant<CoveredText, CoveredObject, CoveredNames> covers;
};

}  // namespace meshcheck
