#include "input/document_lines.h"

#include <filesystem>
#include <utility>

#include "input/arena.h"
#include "input/file_bytes.h"
#include "input/files.h"
#include "input/json_stream.h"
#include "input/parse.h"
#include "input/split.h"
#include "input/value_json.h"

namespace meshcheck {
namespace {

std::string lines_of(const Source& source) {
  const bool json = source.name.ends_with(".json");
  const std::vector<Chunk> chunks = json ? json_documents(source.text) : split(source.text);
  std::string lines;
  for (const Chunk& chunk : chunks) {
    Arena arena;
    const Parsed parsed = parse(source, chunk, arena, json ? Format::json : Format::yaml);
    append_document_line(source, chunk, parsed, lines);
  }
  return lines;
}

}  // namespace

std::vector<Error> write_document_lines(std::span<const std::string> paths,
                                        const LoadOptions& options,
                                        const std::function<void(std::string_view)>& write) {
  FileList list = find_files(paths, std::filesystem::current_path(), options.own_files);
  for (const InputFile& file : list.files) {
    if (file.path == "-") {
      write(lines_of({options.stdin_name, options.stdin_text}));
      continue;
    }
    const auto bytes = FileBytes::read(file.path, file.name);
    if (bytes) {
      write(lines_of({file.name, bytes->text()}));
    } else {
      list.errors.push_back(bytes.error());
    }
  }
  return std::move(list.errors);
}

}  // namespace meshcheck
