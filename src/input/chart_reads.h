// The files of its own folder that a chart's templates read, by `.Files`.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

namespace meshcheck {

struct ChartReads {
  // As templates write them: below the chart's folder.
  std::set<std::string, std::less<>> files;
  std::set<std::string, std::less<>> beginnings;  // of the paths that a pattern can stand for
};

// What one template reads. Where it does not say in so many words, that is `files/`, where charts
// have them by custom.
void add_reads(std::string_view text, ChartReads& reads);

// What the templates of a chart read, those of its unpacked dependencies among them: a library's
// are called with the chart's own `.Files`.
ChartReads find_chart_reads(const std::filesystem::path& folder);

}  // namespace meshcheck
