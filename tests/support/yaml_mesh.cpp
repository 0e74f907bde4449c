#include "support/yaml_mesh.h"

#include <utility>

#include "input/parse.h"
#include "input/split.h"

namespace meshcheck::test {

YamlText::YamlText(std::string_view text, std::string name)
    : text_(text), source_{std::move(name), text_} {
  const bool json = source_.name.ends_with(".json");
  for (const Chunk& chunk : json ? std::vector{whole(text_)} : split(text_)) {
    const Parsed parsed =
        parse(source_, chunk, arena_, json ? Format::json : Format::yaml, Reader::automatic);
    if (parsed.outcome == Parsed::Outcome::tree) documents_.push_back(parsed.document);
  }
}

YamlMesh::YamlMesh(std::string_view text, const BuildOptions& options, std::string name)
    : text_(text, std::move(name)) {
  std::vector<Node> values;
  for (const Document* document : text_.documents()) {
    const Node root = document->root();
    if (is_values_document(root)) {
      values.push_back(root);
    } else {
      index_.add(root, "default");
    }
  }
  mesh_ = build_mesh(index_, values, options);
}

}  // namespace meshcheck::test
