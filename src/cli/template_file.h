// A chart's template by lines and objects, read once a run; and which of its lines alone can have
// become a rendered one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "input/file_bytes.h"
#include "input/text_lines.h"

namespace meshcheck::cli {

// A line of rendered text with those that it stands in, the nearest first: each is indented less
// than the one before. Views into the text.
struct MadeLine {
  std::string_view text;
  std::vector<std::string_view> above;
};

// The line at `index` of `lines`, which are one document's.
MadeLine made_line(std::span<const TextLine> lines, std::size_t index);

class TemplateFile {
 public:
  // One that cannot be read has no lines.
  explicit TemplateFile(const std::string& name);

  // The one line from which the line of an object can come: the same text, or a template that can
  // become it, as deep and under lines that can become those above it. Null where there are several
  // or none, or where something that is put in as a whole (`toYaml`, `include`) may have made it.
  // An empty kind or name is any.
  const TextLine* source_of(const MadeLine& made, std::string_view kind,
                            std::string_view name) const;

 private:
  // A document of the template.
  struct Part {
    std::size_t begin = 0;  // indexes of lines
    std::size_t end = 0;
    std::vector<std::string_view> kinds, names;  // as they are written; several by conditions
    std::size_t kind_line = 0;
  };

  void find_parts();
  void find_blocks();
  bool is_absent(std::size_t line) const { return markup_[line] != 0; }
  bool is_no_key(std::size_t line) const;
  Part read_part(std::size_t begin, std::size_t end) const;
  bool is_certain(const Part& part, std::size_t line) const;
  bool may_insert(const Part& part, std::size_t line, const MadeLine& made) const;
  bool stands_under(const Part& part, std::size_t line, std::size_t depth,
                    std::span<const std::string_view> above) const;

  FileBytes bytes_;
  std::vector<TextLine> lines_;
  std::vector<std::size_t> markup_;  // how much of each line belongs to markup that opened above
  std::vector<Part> parts_;
  // Which `if`, `else`, `range` … each line stands in; 0 is none. The other list has what each of
  // these stands in itself.
  std::vector<std::uint32_t> block_of_, outer_;
};

}  // namespace meshcheck::cli
