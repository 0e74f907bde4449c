// Cuts the raw bytes of a file into YAML documents, in one pass and before anything is parsed: a
// broken document then loses only itself.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace meshcheck {

// One document as bytes. The views point into the text that was split.
struct Chunk {
  std::uint64_t begin = 0;  // byte range, without the separator line
  std::uint64_t end = 0;
  std::uint32_t number = 0;      // counts from 0 within the file
  std::uint32_t first_line = 1;  // line of the byte at `begin`

  // What stands at column 0 of a block-style root. Empty where the splitter is not certain: a
  // quoted key, a flow or JSON root, a key that stands there twice. Never skip on an empty kind.
  std::string_view kind;
  std::string_view api_version;
  std::string_view name;          // metadata.name, looked for in ConfigMaps only
  std::string_view chart_source;  // of a `# Source:` comment before the first key
};

// Splits at lines that begin with `---`, as kubectl does (k8s.io/apimachinery
// pkg/util/yaml/decoder.go, YAMLReader): a separator with nothing before it opens no document, so
// a file of N separators has at most N + 1 documents and comments are a document too. Text after
// the dashes (`--- {a: 1}`) belongs to the document that it opens.
std::vector<Chunk> split(std::string_view text);

// The whole text as one chunk: JSON files are never split.
Chunk whole(std::string_view text);

}  // namespace meshcheck
