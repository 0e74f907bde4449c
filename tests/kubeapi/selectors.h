// Label and field selectors as a list's query has them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kubeapi/objects.h"

namespace meshcheck::kubeapi {

struct Requirement {
  enum class Kind : std::uint8_t { in, not_in, exists, not_exists };
  std::string key;
  Kind kind = Kind::in;
  std::vector<std::string> values;

  bool holds(const std::optional<std::string>& value) const;
};

class Selectors {
 public:
  // Throws std::runtime_error with the API server's words where one of them is malformed.
  Selectors(std::string_view label_selector, std::string_view field_selector);

  bool empty() const { return labels_.empty() && fields_.empty(); }
  // Throws where a field cannot be selected by.
  bool match(const Json& object) const;

 private:
  std::vector<Requirement> labels_;
  std::vector<Requirement> fields_;
};

}  // namespace meshcheck::kubeapi
