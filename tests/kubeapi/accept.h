// The header Accept: what a client takes, best first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace meshcheck::kubeapi {

struct MediaType {
  std::string type;     // "application/json"
  std::string group;    // g=
  std::string version;  // v=
  std::string as;       // as=
};

// Everything where the header is empty.
std::vector<MediaType> accepted(std::string_view header);

// Plain JSON is taken.
bool is_json(const MediaType& type);

}  // namespace meshcheck::kubeapi
