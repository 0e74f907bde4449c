// --render: the charts and kustomizations of the input as helm and kustomize make them. The only
// place that runs another program (docs/decisions/0010-render.md).
#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "cli/run.h"
#include "cli/tool_run.h"
#include "input/load.h"
#include "input/render_targets.h"
#include "meshcheck/result.h"

namespace meshcheck::cli {

// One that was rendered.
struct RenderedTree {
  RenderTarget target;
  std::string name;  // of its text, as reports call it: "charts/app/<helm template>"
  std::string text;  // once it was loaded
};

struct Rendering {
  std::vector<RenderedTree> trees;
  std::vector<RenderedText> texts;              // as `trees`
  std::set<std::string, std::less<>> left_out;  // what the texts stand for
  // Values that they stand for too, but that other values lie over.
  std::set<std::string, std::less<>> layers;
  std::vector<std::string> notes;  // what the tools said although they succeeded
  std::vector<Error> errors;
};

// Says what is wrong with --render-timeout.
Result<ToolLimits> render_limits(const InputOptions& options);

// Renders what lies in `paths`; `options.values` go to each chart.
Rendering render(std::span<const std::string> paths, const InputOptions& options,
                 const ToolLimits& limits, const Surroundings& surroundings);

}  // namespace meshcheck::cli
