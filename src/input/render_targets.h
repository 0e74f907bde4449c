// Finds what helm and kustomize can render among the files of a run, and which of these files the
// rendered text stands for.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "input/files.h"

namespace meshcheck {

enum class Renderer : std::uint8_t { helm, kustomize };

struct RenderTarget {
  Renderer renderer = Renderer::helm;
  std::string folder;  // as reports call it; "." for the current one
  std::string file;    // its Chart.yaml or kustomization, as reports call it
  std::string chart;   // the chart's name
  // Files of the run that are not read where this was rendered: a chart's own, and all that a
  // kustomization builds from. Sorted, as reports call them.
  std::set<std::string, std::less<>> covers;
  std::set<std::string, std::less<>> patches;  // of these, what patches others
  // Of these, a values.yaml that other values files of the run lie over: it is read for them.
  std::set<std::string, std::less<>> layers;
  // Files, and a chart's folders, that the tool reads, whether they are of the run, or there, or
  // not.
  std::set<std::string, std::less<>> reads;
  // The folders of a chart's unpacked dependencies, by what `# Source:` calls them behind the
  // chart's name ("charts/db/charts/common"); empty where two would be called so.
  std::map<std::string, std::string, std::less<>> subcharts;
};

// Charts, but for libraries and for those that lie in another one's charts/; and the kustomizations
// that no other one refers to, with one of each circle in which they refer to each other. Sorted by
// folder.
std::vector<RenderTarget> find_render_targets(const FileList& list);

}  // namespace meshcheck
