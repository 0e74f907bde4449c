// A small file of one document, read for a few of its keys: a Chart.yaml, a kustomization.
#pragma once

#include <string>

#include "input/arena.h"
#include "input/file_bytes.h"
#include "meshcheck/document.h"

namespace meshcheck {

class Descriptor {
 public:
  // Holds nothing where the file cannot be read or is no YAML.
  Descriptor(const std::string& path, const std::string& name);
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() = default;

  Node root() const { return document_ == nullptr ? Node{} : document_->root(); }
  const Document* document() const { return document_; }

 private:
  FileBytes bytes_;
  Source source_;
  Arena arena_;
  const Document* document_ = nullptr;
};

}  // namespace meshcheck
