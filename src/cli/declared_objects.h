// Where the objects of a kustomization are declared, looked for once a run.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cli/kept_documents.h"
#include "input/file_bytes.h"
#include "input/render_targets.h"

namespace meshcheck::cli {

struct DeclaredObject {
  std::string file;
  std::string name;
  bool patch = false;
  const KeptDocument* declared = nullptr;
};

struct DeclaredLine {
  const TextLine* line = nullptr;
  std::string file;
};

class DeclaredObjects {
 public:
  explicit DeclaredObjects(const RenderTarget& target);

  // kustomize does not say where an object comes from; its kind and name do, unless they were
  // changed.
  std::vector<DeclaredObject> of(const KeptDocument& made) const;

 private:
  struct File {
    FileBytes bytes;
    std::unique_ptr<KeptDocuments> documents;
  };
  std::vector<File> files_;
  std::map<std::string, std::vector<DeclaredObject>, std::less<>> by_kind_;
  std::map<std::pair<std::string, std::string>, std::vector<DeclaredObject>> by_name_;
};

// The one line of them that says what a line of the object made says: the same of the same field
// or, within a text, the same words. Without a line where there are several or none.
DeclaredLine declared_line(const std::vector<DeclaredObject>& objects, const KeptDocument& made,
                           std::uint32_t line);

}  // namespace meshcheck::cli
