// Reads files, folders and streams into documents; everything foreign comes in through here.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/document.h"
#include "meshcheck/finding.h"
#include "meshcheck/report.h"
#include "meshcheck/result.h"
#include "meshcheck/suppression.h"
#include "meshcheck/tool_pin.h"

namespace meshcheck {

// What helm or kustomize made of a folder.
struct RenderedText {
  std::string name;  // as reports call it
  std::string text;
};

// Objects of a live cluster: a JSON object a line.
struct LiveText {
  std::string name;       // as reports would call it; no file of that name exists
  std::string_view text;  // outlives what is loaded
};

struct LoadOptions {
  bool parse_all = false;   // --parse-all: parse also kinds that no rule reads
  bool keep_values = true;  // documents that are no Kubernetes objects are kept (values files)
  std::string stdin_name = "<stdin>";     // --stdin-filename
  std::string_view stdin_text;            // what the standard input held, where `-` was named
  std::vector<std::string> values_files;  // --values: read whatever they look like
  std::vector<std::string> own_files;     // configuration, baseline: never read as input
  std::vector<RenderedText> rendered;     // read behind the files
  std::vector<LiveText> live;             // read behind those
  std::set<std::string, std::less<>>
      left_out;  // files that are not read: `rendered` stands for them
  // Files, by the name that reports give them, read as this text and not as the disk has them; may
  // be null.
  const std::map<std::string, std::string>* instead = nullptr;
  unsigned threads = 0;  // 0: as many as the machine has, at most 8
};

// Owns every byte and node that Documents point to; never moved once filled.
struct Loaded {
  struct Storage;
  Loaded();
  ~Loaded();
  Loaded(const Loaded&) = delete;
  Loaded& operator=(const Loaded&) = delete;
  Loaded(Loaded&&) noexcept;
  Loaded& operator=(Loaded&&) noexcept;

  std::unique_ptr<Storage> storage;
  std::vector<const Document*> documents;  // in order: files as named or sorted, then by position
  std::vector<Finding> findings;           // MC001, MC006, MC008
  std::vector<ToolPin> tool_pins;          // of Dockerfiles, CI configuration, …; by file and line
  bool named_tools = false;                // a file that may hold such a pin was asked for by name
  std::vector<Suppression> suppressions;   // by comments, in the order of files and lines
  std::vector<Error> errors;               // paths that could not be read
  Inputs inputs;                           // files, documents, skipped; `resources` is the caller's
  bool hides_revisions = false;  // a template that is not rendered makes webhooks or revision tags
  std::size_t skipped_objects = 0;  // of kinds that no rule reads, not in `documents`
};

// `paths` are files, folders or "-". A file named is read whatever its extension; a folder is
// walked for .yaml, .yml and .json, honouring .gitignore. What may say which istioctl is installed
// is scanned for that and read as nothing else.
Loaded load(std::span<const std::string> paths, const LoadOptions& options);

}  // namespace meshcheck
