#include "live/definition.h"

#include <iterator>
#include <string>

#include <fmt/format.h>

#include "input/value_json.h"

namespace meshcheck::live {

void append_definition(Node root, std::string_view api_version, std::string& out) {
  fmt::format_to(std::back_inserter(out),
                 R"({{"apiVersion":"{}","kind":"CustomResourceDefinition","metadata":{{"name":)",
                 api_version);
  append_json_string(root["metadata"]["name"].text(), out);
  out += R"(,"uid":)";
  append_json_string(root["metadata"]["uid"].text(), out);
  out += R"(,"labels":)";
  if (root["metadata"]["labels"].is_mapping()) {
    append_json(root["metadata"]["labels"], out);
  } else {
    out += "{}";
  }
  const Node spec = root["spec"];
  out += R"(},"spec":{"group":)";
  append_json_string(spec["group"].text(), out);
  out += R"(,"names":)";
  append_json(spec["names"], out);
  out += R"(,"versions":[)";
  bool first = true;
  for (const Node version : spec["versions"].items()) {
    if (!first) out += ',';
    first = false;
    out += R"({"name":)";
    append_json_string(version["name"].text(), out);
    fmt::format_to(std::back_inserter(out), R"(,"served":{},"storage":{},"deprecated":{}}})",
                   version["served"].boolean().value_or(false),
                   version["storage"].boolean().value_or(false),
                   version["deprecated"].boolean().value_or(false));
  }
  out += R"(]},"status":{"storedVersions":)";
  append_json(root["status"]["storedVersions"], out);
  out += "}}\n";
}

}  // namespace meshcheck::live
