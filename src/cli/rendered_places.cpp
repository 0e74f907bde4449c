#include "cli/rendered_places.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/declared_objects.h"
#include "cli/kept_documents.h"
#include "cli/template_file.h"
#include "input/report_paths.h"
#include "input/text_lines.h"
#include "meshcheck/ascii.h"
#include "meshcheck/utf8.h"

namespace meshcheck::cli {
namespace {

namespace fs = std::filesystem;

// The bytes of a line between two columns that count code points from 1.
std::string_view between_columns(std::string_view line, std::uint32_t column,
                                 std::uint32_t end_column) {
  std::size_t begin = line.size();
  std::size_t offset = 0;
  for (std::uint32_t at = 1; offset < line.size() && at < end_column; ++at) {
    if (at == column) begin = offset;
    offset += decode_utf8(line.substr(offset)).length;
  }
  return begin < offset ? line.substr(begin, offset - begin) : std::string_view{};
}

Location whole_file(std::string file) {
  Location at;
  at.file = std::move(file);
  return at;
}

// Where what is marked in the rendered line stands in the line that made it; else that whole line.
Location on_line(const TextLine& line, const std::string& file, const Location& rendered) {
  const std::string_view marked =
      rendered.end_line == rendered.line
          ? between_columns(rendered.excerpt, rendered.column, rendered.end_column)
          : std::string_view{};
  const std::size_t at = marked.empty() ? std::string_view::npos : line.text.find(marked);
  const bool once =
      at != std::string_view::npos && line.text.find(marked, at + 1) == std::string_view::npos;
  return place_on(
      line, once ? line.text.substr(at, marked.size()) : trimmed(line.text, kLineBlanks), file);
}

// A file that helm read for this chart. What a template prints as its `# Source:` may be anything.
bool is_of_chart(const RenderTarget& target, const std::string& file) {
  if (target.covers.contains(file)) return true;
  constexpr std::array<std::string_view, 3> kFolders = {"templates", "charts", "crds"};
  const bool within = std::ranges::any_of(kFolders, [&](std::string_view folder) {
    return is_below(file, resolve(target.folder, folder));
  });
  std::error_code failure;
  return within && fs::is_regular_file(file, failure);
}

// The file of a `# Source:` comment, where it is there: helm calls the chart by its name and its
// dependencies by theirs, whatever their folders are called.
std::optional<std::string> file_of_source(const RenderTarget& target, const std::string& source) {
  const std::size_t slash = source.find('/');
  if (target.renderer != Renderer::helm || slash == std::string::npos) return std::nullopt;
  std::string within = source.substr(slash + 1);
  std::string folder = target.folder;
  for (std::size_t at = within.rfind('/'); at != std::string::npos && at != 0;
       at = within.rfind('/', at - 1)) {
    const auto part = target.subcharts.find(std::string_view(within).substr(0, at));
    if (part == target.subcharts.end()) continue;
    if (part->second.empty()) return std::nullopt;
    folder = part->second;
    within.erase(0, at + 1);
    break;
  }
  std::string file = resolve(folder, within);
  if (!is_of_chart(target, file)) return std::nullopt;
  return file;
}

// What a tree was rendered to and from; each is read when it is asked for, and once.
struct Sources {
  explicit Sources(const RenderedTree& of) : tree(of), made(of.name, of.text) {}
  const RenderedTree& tree;
  KeptDocuments made;
  std::optional<DeclaredObjects> declared;
};

class Mapper {
 public:
  explicit Mapper(std::span<const RenderedTree> trees) {
    for (const RenderedTree& tree : trees) trees_.emplace(tree.name, &tree);
  }

  const RenderedTree* tree_of(const Location& at) const {
    const auto found = trees_.find(at.file);
    return found == trees_.end() ? nullptr : found->second;
  }
  // The template that a `# Source:` comment names.
  std::optional<std::string> source_of(const Location& at) const {
    const RenderedTree* tree = tree_of(at);
    return tree == nullptr ? std::nullopt : file_of_source(tree->target, at.source);
  }
  Location map(const RenderedTree& tree, const Location& at);

 private:
  Location in_chart(Sources& sources, const Location& at);
  static Location in_kustomization(Sources& sources, const Location& at);

  std::map<std::string, const RenderedTree*, std::less<>> trees_;
  std::map<const RenderedTree*, Sources> sources_;
  std::map<std::string, TemplateFile> templates_;
};

Location Mapper::in_chart(Sources& sources, const Location& at) {
  const RenderTarget& target = sources.tree.target;
  if (!is_of_chart(target, at.source)) return whole_file(target.file);
  const KeptDocument* made = sources.made.holding(at.line);
  if (made == nullptr) return whole_file(at.source);
  const TextLine* line = made->line_at(at.line);
  if (line == nullptr) return whole_file(at.source);
  const auto index = static_cast<std::size_t>(line - made->lines.data());
  const TemplateFile& file = templates_.try_emplace(at.source, at.source).first->second;
  const TextLine* found = file.source_of(made_line(made->lines, index), made->kind(), made->name());
  return found == nullptr ? whole_file(at.source) : on_line(*found, at.source, at);
}

Location Mapper::in_kustomization(Sources& sources, const Location& at) {
  const RenderTarget& target = sources.tree.target;
  const KeptDocument* made = sources.made.holding(at.line);
  if (made == nullptr) return whole_file(target.file);
  if (!sources.declared) sources.declared.emplace(target);
  const std::vector<DeclaredObject> objects = sources.declared->of(*made);
  const DeclaredLine found = declared_line(objects, *made, at.line);
  if (found.line != nullptr) return on_line(*found.line, found.file, at);
  std::set<std::string> files;
  for (const DeclaredObject& one : objects) {
    if (!one.patch) files.insert(one.file);
  }
  return whole_file(files.size() == 1 ? *files.begin() : target.file);
}

Location Mapper::map(const RenderedTree& tree, const Location& at) {
  Sources& sources = sources_.try_emplace(&tree, tree).first->second;
  Location out = tree.target.renderer == Renderer::helm ? in_chart(sources, at)
                                                        : in_kustomization(sources, at);
  out.source = at.source;
  return out;
}

std::string rendered_line(const RenderedTree& tree, const Location& at) {
  const bool helm = tree.target.renderer == Renderer::helm;
  return fmt::format("line {} of what {} makes of {}{}{}", at.line, helm ? "helm" : "kustomize",
                     tree.target.folder, at.excerpt.empty() ? "" : ": ",
                     trimmed(at.excerpt, kLineBlanks));
}

}  // namespace

void name_sources(Report& report, std::span<const RenderedTree> trees) {
  if (trees.empty()) return;
  const Mapper mapper(trees);
  const auto name = [&](std::optional<Location>& at) {
    if (!at) return;
    if (auto file = mapper.source_of(*at)) at->source = *std::move(file);
  };
  for (Finding& finding : report.findings) {
    name(finding.location);
    for (Related& related : finding.related) name(related.location);
  }
}

void match_sources(RunOptions& run, std::span<const RenderedTree> trees) {
  if (trees.empty()) return;
  // The finding as if it stood in that file.
  const auto there = [mapper = std::make_shared<Mapper>(trees)](const Finding& finding) {
    std::optional<Finding> moved;
    if (!finding.location) return moved;
    if (auto file = mapper->source_of(*finding.location)) {
      moved = finding;
      moved->location->file = *std::move(file);
    }
    return moved;
  };
  if (run.ignored) {
    run.ignored = [there, ignored = run.ignored](const Finding& finding) {
      if (ignored(finding)) return true;
      const auto moved = there(finding);
      return moved && ignored(*moved);
    };
  }
  if (run.severity_there) {
    run.severity_there = [there, severity = run.severity_there](const Finding& finding) {
      const auto moved = there(finding);
      const auto found = moved ? severity(*moved) : std::nullopt;
      return found ? found : severity(finding);
    };
  }
}

Report in_repository(const Report& report, std::span<const RenderedTree> trees) {
  Report out = report;
  Mapper mapper(trees);
  for (Finding& finding : out.findings) {
    for (Related& related : finding.related) {
      const RenderedTree* tree = related.location ? mapper.tree_of(*related.location) : nullptr;
      if (tree == nullptr) continue;
      related.location = mapper.map(*tree, *related.location);
    }
    const RenderedTree* tree = finding.location ? mapper.tree_of(*finding.location) : nullptr;
    if (tree == nullptr) continue;
    Related rendered;
    rendered.message = rendered_line(*tree, *finding.location);
    finding.location = mapper.map(*tree, *finding.location);
    finding.related.insert(finding.related.begin(), std::move(rendered));
  }
  return out;
}

bool marks_files(std::string_view format) {
  static constexpr std::array<std::string_view, 6> kOthers = {
      "text", "concise", "json", "json-lines", "agent", "prometheus"};
  return std::ranges::find(kOthers, format) == kOthers.end();
}

}  // namespace meshcheck::cli
