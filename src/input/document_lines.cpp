#include "input/document_lines.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
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

// Where it is no YAML either, what JSON has against it.
Parsed as_yaml(const Source& source, const Chunk& chunk, Arena& arena, const Parsed& as_json) {
  Parsed parsed = parse(source, chunk, arena, Format::yaml);
  return parsed.outcome == Parsed::Outcome::tree ? std::move(parsed) : as_json;
}

std::string lines_of(const Source& source) {
  const bool json = source.name.ends_with(".json");
  const std::vector<Chunk> chunks = json ? json_documents(source.text) : split(source.text);
  std::string lines;
  for (const Chunk& chunk : chunks) {
    Arena arena;
    const Parsed parsed = parse(source, chunk, arena, json ? Format::json : Format::yaml);
    // Go knows no JSON here: a comma too many, single quotes and words without any are YAML.
    const bool loose = json && parsed.outcome == Parsed::Outcome::error;
    append_document_line(source, chunk, loose ? as_yaml(source, chunk, arena, parsed) : parsed,
                         lines);
  }
  return lines;
}

// Of the files of CI and other tools those that hold YAML or JSON, too: whoever asks for documents
// means all of them.
std::vector<InputFile> with_documents(FileList& list) {
  std::vector<InputFile> files = std::move(list.files);
  std::ranges::copy_if(list.tools, std::back_inserter(files), [](const InputFile& file) {
    const auto extension = std::filesystem::path(file.path).extension();
    return extension == ".yaml" || extension == ".yml" || extension == ".json";
  });
  std::ranges::sort(files, {}, &InputFile::place);
  return files;
}

}  // namespace

std::vector<Error> write_document_lines(std::span<const std::string> paths,
                                        const LoadOptions& options,
                                        const std::function<void(std::string_view)>& write) {
  FileList list = find_files(paths, std::filesystem::current_path(), options.own_files);
  for (const InputFile& file : with_documents(list)) {
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
