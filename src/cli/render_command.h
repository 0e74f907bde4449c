// The command lines by which --render has helm and kustomize render a folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "input/render_targets.h"

namespace meshcheck::cli {

// What is run for a folder.
struct RenderTool {
  std::string program;                 // a path
  std::string words;                   // as people type it: "kubectl kustomize"
  std::vector<std::string> arguments;  // before the others
};

// The first ones in the folders of `path` (the value of PATH).
std::optional<RenderTool> find_helm(std::string_view path);
std::optional<RenderTool> find_kustomize(std::string_view path);

// A name that helm takes for a release, made of the chart's. A stranger wrote that one: as it
// stands it may be a flag that makes helm run a program.
std::string release_name(std::string_view chart);

// A folder so that it is never taken for a flag, or by helm for a chart of a repository.
std::string as_argument(const std::string& folder);

// Everything behind the program's name. What a chart says stands behind `--`, where nothing is a
// flag.
std::vector<std::string> render_arguments(const RenderTool& tool, const RenderTarget& target,
                                          const InputOptions& options);

// A word as a shell takes it.
std::string shell_word(std::string_view word);

// The same command for a person to type.
std::string typed_command(const RenderTool& tool, const RenderTarget& target,
                          const InputOptions& options);

}  // namespace meshcheck::cli
