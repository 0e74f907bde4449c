// A mesh read from text, with everything that it points to.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "input/arena.h"
#include "mesh/build.h"
#include "meshcheck/document.h"
#include "meshcheck/mesh.h"
#include "meshcheck/resource.h"

namespace meshcheck::test {

// The documents of a YAML or JSON text. Stays where it is: they point into it.
class YamlText {
 public:
  explicit YamlText(std::string_view text, std::string name = "test.yaml");
  YamlText(const YamlText&) = delete;
  YamlText& operator=(const YamlText&) = delete;

  const std::vector<const Document*>& documents() const { return documents_; }
  Node root() const { return documents_.at(0)->root(); }

 private:
  std::string text_;
  Source source_;
  Arena arena_;
  std::vector<const Document*> documents_;
};

// The mesh of one text, as `build_mesh` sees it.
class YamlMesh {
 public:
  explicit YamlMesh(std::string_view text, const BuildOptions& options = {},
                    std::string name = "test.yaml");

  const Mesh* operator->() const { return &mesh_; }
  const Mesh& operator*() const { return mesh_; }
  const ResourceIndex& resources() const { return index_; }

 private:
  YamlText text_;
  ResourceIndex index_;
  Mesh mesh_;
};

}  // namespace meshcheck::test
