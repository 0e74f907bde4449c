// Typed values of the configuration file. Each reader refuses what is not of its type, with the
// place, and goes on, so that one run tells all that is wrong.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/config_keys.h"
#include "meshcheck/day.h"
#include "meshcheck/document.h"
#include "meshcheck/quantity.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

class ConfigReader {
 public:
  explicit ConfigReader(std::vector<Error>& errors) : errors_(errors) {}

  void refuse(Node where, std::string message, std::string hint = {});

  // Calls `read` with each entry of a mapping. `what` names the mapping in messages: "`rps`".
  void entries(Node mapping, std::string_view what, const std::function<void(const Entry&)>& read);
  // The same for the items of a sequence.
  void items(Node sequence, std::string_view what, const std::function<void(Node)>& read);
  // Refuses keys that are not in the table, and answers whether there were none: what seems to be
  // missing may only be misspelt. Nullopt where `mapping` is none.
  std::optional<bool> keys(Node mapping, std::string_view what, std::span<const KeyInfo> known);

  // A scalar's text; what looks like a number or a date is text too.
  std::optional<std::string> text(Node value, std::string_view what);
  std::vector<std::string> texts(Node sequence, std::string_view what);
  std::optional<Quantity> quantity(Node value, std::string_view what);
  std::optional<Day> day(Node value, std::string_view what);

 private:
  std::vector<Error>& errors_;
};

// "a mapping", "a list", … as a person calls what stands there.
std::string_view describe_kind(Node value);

}  // namespace meshcheck::cli
