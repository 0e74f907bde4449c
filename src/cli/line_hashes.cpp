#include "cli/line_hashes.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/line_hash.h"

namespace meshcheck::cli {

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
    if (text == texts.end()) continue;
    const std::vector<std::uint32_t> list(wanted.begin(), wanted.end());
    const std::vector<std::string> found = line_hashes(text->second, list);
    for (std::size_t i = 0; i < list.size(); ++i) hashes[file][list[i]] = found[i];
  }
  for (Finding& finding : report.findings) {
    if (!finding.location) continue;
    const auto file = hashes.find(finding.location->file);
    if (file != hashes.end()) finding.location->line_hash = file->second[finding.location->line];
  }
}

}  // namespace meshcheck::cli
