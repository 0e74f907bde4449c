#include "cli/rendered_places.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "input/arena.h"
#include "input/file_bytes.h"
#include "input/files.h"
#include "input/parse.h"
#include "input/split.h"
#include "input/text_lines.h"
#include "meshcheck/ascii.h"
#include "meshcheck/utf8.h"

namespace meshcheck::cli {
namespace {

namespace fs = std::filesystem;

// "replicas" of `replicas: 2`; of an item its dash belongs to it. Empty where there is no key.
std::string_view key_of(std::string_view line) {
  const std::size_t colon = line.find(": ");
  if (colon != std::string_view::npos) return line.substr(0, colon);
  return line.ends_with(':') ? line.substr(0, line.size() - 1) : std::string_view{};
}

// The one line that is `wanted`, or that has its key and a template for its value; nullptr where
// there are several or none.
const TextLine* find_line(std::span<const TextLine> lines, std::string_view wanted) {
  wanted = trimmed(wanted, kLineBlanks);
  if (wanted.empty()) return nullptr;
  const std::string_view key = key_of(wanted);
  const TextLine* same = nullptr;
  const TextLine* filled = nullptr;
  bool several = false;
  for (const TextLine& line : lines) {
    const std::string_view text = trimmed(line.text, kLineBlanks);
    if (text == wanted) {
      if (same != nullptr) return nullptr;
      same = &line;
    } else if (!key.empty() && key_of(text) == key &&
               text.find("{{", key.size()) != std::string_view::npos) {
      several = filled != nullptr;
      filled = &line;
    }
  }
  if (same != nullptr) return same;
  return several ? nullptr : filled;
}

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

// Prefixes and suffixes are what kustomize puts around a name.
bool is_renamed(std::string_view made, std::string_view declared) {
  return !declared.empty() && made.size() > declared.size() &&
         (made.starts_with(declared) || made.ends_with(declared));
}

// Where an object of a kustomization may be declared.
struct Declared {
  std::string file;
  bool patch = false;
  std::vector<TextLine> lines;  // of its document
};

class Mapper {
 public:
  explicit Mapper(std::span<const RenderedTree> trees) : trees_(trees) {}

  const RenderedTree* tree_of(const Location& at) const {
    const auto found = std::ranges::find(trees_, at.file, &RenderedTree::name);
    return found == trees_.end() ? nullptr : &*found;
  }
  // The file of a `# Source:` comment, where it is there.
  static std::optional<std::string> file_of(const RenderedTree& tree, const Location& at);
  Location map(const RenderedTree& tree, const Location& at, const ObjectRef& object);

 private:
  Location in_chart(const RenderedTree& tree, const Location& at);
  Location in_kustomization(const RenderedTree& tree, const Location& at, const ObjectRef& object);
  std::string_view text_of(const std::string& file);
  std::vector<Declared> declared(const RenderedTree& tree, const ObjectRef& object, bool renamed);

  std::span<const RenderedTree> trees_;
  std::map<std::string, FileBytes> texts_;
};

std::optional<std::string> Mapper::file_of(const RenderedTree& tree, const Location& at) {
  const std::size_t slash = at.source.find('/');
  if (tree.target.renderer != Renderer::helm || slash == std::string::npos) return std::nullopt;
  // The comment calls the chart by its name, whatever its folder's.
  std::string file = (fs::path(tree.target.folder) / at.source.substr(slash + 1))
                         .lexically_normal()
                         .generic_string();
  std::error_code failure;
  if (fs::is_regular_file(file, failure)) return file;
  if (fs::is_regular_file(at.source, failure)) return at.source;  // name_sources() was here
  return std::nullopt;
}

std::string_view Mapper::text_of(const std::string& file) {
  const auto [found, fresh] = texts_.try_emplace(file);
  if (fresh) {
    if (auto bytes = FileBytes::read(file, file)) found->second = *std::move(bytes);
  }
  return found->second.text();
}

Location Mapper::in_chart(const RenderedTree& tree, const Location& at) {
  const auto file = file_of(tree, at);
  if (!file) return whole_file(tree.target.file);
  const std::vector<TextLine> lines = text_lines(text_of(*file));
  const TextLine* line = find_line(lines, at.excerpt);
  return line == nullptr ? whole_file(*file) : on_line(*line, *file, at);
}

std::vector<Declared> Mapper::declared(const RenderedTree& tree, const ObjectRef& object,
                                       bool renamed) {
  std::vector<Declared> out;
  for (const std::string& file : tree.target.covers) {
    Source source;
    source.name = file;
    source.text = text_of(file);
    Arena arena;
    const std::vector<TextLine> lines = text_lines(source.text);
    for (const Chunk& chunk : split(source.text)) {
      const Parsed parsed = parse(source, chunk, arena);
      if (parsed.outcome != Parsed::Outcome::tree) continue;
      const Node root = parsed.document->root();
      const std::string_view name = root["metadata"]["name"].text();
      if (root["kind"].text() != object.kind) continue;
      if (renamed ? !is_renamed(object.name, name) : name != object.name) continue;
      Declared& one = out.emplace_back();
      one.file = file;
      one.patch = tree.target.patches.contains(file);
      std::ranges::copy_if(lines, std::back_inserter(one.lines), [&](const TextLine& line) {
        const auto offset = static_cast<std::size_t>(line.text.data() - source.text.data());
        return offset >= chunk.begin && offset < chunk.end;
      });
    }
  }
  return out;
}

// kustomize does not say where an object comes from; its kind and name do, unless they were
// changed.
Location Mapper::in_kustomization(const RenderedTree& tree, const Location& at,
                                  const ObjectRef& object) {
  if (object.name.empty()) return whole_file(tree.target.file);
  std::vector<Declared> candidates = declared(tree, object, false);
  if (candidates.empty()) candidates = declared(tree, object, true);
  std::optional<Location> found;
  std::size_t matches = 0;
  for (const Declared& one : candidates) {
    if (const TextLine* line = find_line(one.lines, at.excerpt)) {
      found = on_line(*line, one.file, at);
      ++matches;
    }
  }
  if (matches == 1) return *found;
  std::set<std::string> files;
  for (const Declared& one : candidates) {
    if (!one.patch) files.insert(one.file);
  }
  return whole_file(files.size() == 1 ? *files.begin() : tree.target.file);
}

Location Mapper::map(const RenderedTree& tree, const Location& at, const ObjectRef& object) {
  Location out = tree.target.renderer == Renderer::helm ? in_chart(tree, at)
                                                        : in_kustomization(tree, at, object);
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
    const RenderedTree* tree = at ? mapper.tree_of(*at) : nullptr;
    if (tree == nullptr) return;
    if (auto file = Mapper::file_of(*tree, *at)) at->source = *std::move(file);
  };
  for (Finding& finding : report.findings) {
    name(finding.location);
    for (Related& related : finding.related) name(related.location);
  }
}

Report in_repository(const Report& report, std::span<const RenderedTree> trees) {
  Report out = report;
  Mapper mapper(trees);
  for (Finding& finding : out.findings) {
    for (Related& related : finding.related) {
      const RenderedTree* tree = related.location ? mapper.tree_of(*related.location) : nullptr;
      if (tree == nullptr) continue;
      related.location =
          mapper.map(*tree, *related.location, related.object.value_or(finding.object));
    }
    const RenderedTree* tree = finding.location ? mapper.tree_of(*finding.location) : nullptr;
    if (tree == nullptr) continue;
    Related rendered;
    rendered.message = rendered_line(*tree, *finding.location);
    finding.location = mapper.map(*tree, *finding.location, finding.object);
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
