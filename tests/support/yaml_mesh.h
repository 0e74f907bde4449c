// A mesh read from text or files, with everything that it points to.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "input/load.h"
#include "mesh/build.h"
#include "meshcheck/mesh.h"
#include "meshcheck/resource.h"

namespace meshcheck::test {

// The documents of a YAML text.
struct YamlText {
  explicit YamlText(std::string_view text);

  Node root() const { return loaded.documents.at(0)->root(); }

  std::string text;
  Loaded loaded;
};

struct YamlMesh {
  static YamlMesh of_text(std::string_view text, const BuildOptions& options = {});
  static YamlMesh of_file(const std::string& path, const BuildOptions& options = {});

  const Mesh* operator->() const { return &mesh; }

  Loaded loaded;
  std::unique_ptr<std::string> text;  // that `loaded` points to
  std::unique_ptr<ResourceIndex> index;
  Mesh mesh;
};

}  // namespace meshcheck::test
