#include "support/yaml_mesh.h"

#include <array>
#include <memory>
#include <span>

namespace meshcheck::test {
namespace {

Loaded load_text(std::string_view text) {
  const std::array paths = {std::string("-")};
  LoadOptions options;
  options.stdin_text = text;
  return load(paths, options);
}

void build(YamlMesh& built, const BuildOptions& options) {
  built.index = std::make_unique<ResourceIndex>();
  std::vector<Node> values;
  for (const Document* document : built.loaded.documents) {
    const Node root = document->root();
    if (is_values_document(root)) {
      values.push_back(root);
    } else {
      built.index->add(root, "default");
    }
  }
  built.mesh = build_mesh(*built.index, values, options);
}

}  // namespace

YamlText::YamlText(std::string_view yaml) : text(yaml), loaded(load_text(text)) {}

YamlMesh YamlMesh::of_text(std::string_view text, const BuildOptions& options) {
  YamlMesh built;
  built.text = std::make_unique<std::string>(text);
  built.loaded = load_text(*built.text);
  build(built, options);
  return built;
}

YamlMesh YamlMesh::of_file(const std::string& path, const BuildOptions& options) {
  YamlMesh built;
  const std::array paths = {path};
  built.loaded = load(paths, LoadOptions{});
  build(built, options);
  return built;
}

}  // namespace meshcheck::test
