// Which files of a chart's folder helm makes its manifests of.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "input/files.h"
#include "input/render_targets.h"

namespace meshcheck {

// The files of a run: how the system opens them, by the names that reports have for them.
using FilePaths = std::map<std::string, std::string, std::less<>>;

// The chart that a Chart.yaml describes; nothing where it is none, or a library.
std::optional<RenderTarget> read_chart(const InputFile& file, const FilePaths& files);

}  // namespace meshcheck
