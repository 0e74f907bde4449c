// Places in rendered text as places in files that are there.
#pragma once

#include <span>

#include "cli/render.h"
#include "engine/run.h"
#include "meshcheck/report.h"

namespace meshcheck::cli {

// Says of each place in rendered text which file on the disk it comes from (Location::source).
void name_sources(Report& report, std::span<const RenderedTree> trees);

// Has overrides of the configuration hold where they name the file that a rendered finding comes
// from, as where they name what was rendered. `trees` outlive the run.
void match_sources(RunOptions& run, std::span<const RenderedTree> trees);

// The report for a platform that shows findings in the files of a repository: what stands in
// rendered text stands in the template, or the manifest, that made it. The line there is the one
// that alone can have become the rendered one; where there is none, the finding is the whole
// file's. The rendered line is told beside it.
Report in_repository(const Report& report, std::span<const RenderedTree> trees);

// True of the formats that such platforms read.
bool marks_files(std::string_view format);

}  // namespace meshcheck::cli
