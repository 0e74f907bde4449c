#include "cli/line_hashes.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "input/file_bytes.h"
#include "meshcheck/line_hash.h"

namespace meshcheck::cli {
namespace {

// Empty where there is no such file: what was rendered has a name of ours.
FileBytes read(std::string_view name) {
  const std::string file(name);
  std::error_code failure;
  if (!std::filesystem::is_regular_file(file, failure)) return {};
  auto bytes = FileBytes::read(file, file);
  return bytes ? *std::move(bytes) : FileBytes();
}

}  // namespace

void add_line_hashes(Report& report, std::span<const Document* const> documents) {
  std::map<std::string_view, std::string_view> texts;
  for (const Document* document : documents) {
    texts.emplace(document->source->name, document->source->text);
  }
  std::map<std::string_view, std::set<std::uint32_t>> lines;
  for (const Finding& finding : report.findings) {
    if (finding.location && finding.location->line != 0) {
      lines[finding.location->file].insert(finding.location->line);
    }
  }
  std::map<std::string_view, std::map<std::uint32_t, std::string>> hashes;
  for (const auto& [file, wanted] : lines) {
    const auto text = texts.find(file);
    const FileBytes bytes = text == texts.end() ? read(file) : FileBytes();
    const std::vector<std::uint32_t> list(wanted.begin(), wanted.end());
    const std::vector<std::string> found =
        line_hashes(text == texts.end() ? bytes.text() : text->second, list);
    for (std::size_t i = 0; i < list.size(); ++i) hashes[file][list[i]] = found[i];
  }
  for (Finding& finding : report.findings) {
    if (!finding.location) continue;
    const auto file = hashes.find(finding.location->file);
    if (file != hashes.end()) finding.location->line_hash = file->second[finding.location->line];
  }
}

}  // namespace meshcheck::cli
