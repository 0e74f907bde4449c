#include "kubeapi/objects.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "input/parse.h"
#include "input/split.h"
#include "input/value_json.h"

namespace meshcheck::kubeapi {
namespace {

void add_object(Json object, const std::string& where, std::vector<Json>& out) {
  const std::string kind = text_at(object, "kind");
  if (kind.ends_with("List") && object.contains("items")) {
    for (Json& item : object["items"]) {
      if (kind != "List" && !item.contains("kind")) {
        item["kind"] = kind.substr(0, kind.size() - 4);
        item["apiVersion"] = object["apiVersion"];
      }
      add_object(std::move(item), where, out);
    }
    return;
  }
  if (kind.empty() || text_at(object, "apiVersion").empty() ||
      text_at(object, "metadata", "name").empty()) {
    throw std::runtime_error(where + ": no object with kind, apiVersion and metadata.name");
  }
  for (const char* member : {"labels", "annotations"}) {
    const Json texts = object["metadata"].value(member, Json::object());
    for (const auto& [key, value] : texts.items()) {
      if (!value.is_string()) {
        throw std::runtime_error(where + ": " + member + "." + key + ": not a string");
      }
    }
  }
  out.push_back(std::move(object));
}

}  // namespace

std::vector<Json> read_objects(std::string_view text, const std::string& name) {
  const Source source{name, text};
  Arena arena;
  std::vector<Json> objects;
  for (const Chunk& chunk : split(text)) {
    const Parsed parsed = parse(source, chunk, arena);
    const std::string where = name + ":" + std::to_string(chunk.first_line);
    if (parsed.outcome == Parsed::Outcome::empty) continue;
    if (parsed.outcome != Parsed::Outcome::tree) {
      throw std::runtime_error(name + ":" + std::to_string(parsed.line) + ": " + parsed.message);
    }
    std::string json;
    append_json(parsed.document->root(), json);
    add_object(Json::parse(json), where, objects);
  }
  return objects;
}

std::string file_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(file.string() + ": cannot be read");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string text_at(const Json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string text_at(const Json& object, const char* outer, const char* inner) {
  if (!object.is_object()) return {};
  const auto found = object.find(outer);
  return found == object.end() ? std::string() : text_at(*found, inner);
}

}  // namespace meshcheck::kubeapi
