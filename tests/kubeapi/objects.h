// Objects of YAML or JSON texts as JSON values, as Kubernetes decodes them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace meshcheck::kubeapi {

using Json = nlohmann::json;

// Of each document, the items of Lists in their place. Throws std::runtime_error, with `name` and
// the line, where a document does not parse or is no object of Kubernetes.
std::vector<Json> read_objects(std::string_view text, const std::string& name);

std::string file_text(const std::filesystem::path& file);

// A member, or a member of a member, as text; empty where there is none.
std::string text_at(const Json& object, const char* key);
std::string text_at(const Json& object, const char* outer, const char* inner);

}  // namespace meshcheck::kubeapi
