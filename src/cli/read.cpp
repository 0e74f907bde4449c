#include "cli/read.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <ostream>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "cli/baseline_file.h"
#include "cli/commands.h"
#include "cli/live_input.h"
#include "cli/live_take.h"
#include "cli/read_saved.h"
#include "cli/scope.h"
#include "cli/settings_flags.h"
#include "cli/unjudged.h"
#include "input/files.h"
#include "mesh/chart_values.h"

namespace meshcheck::cli {
namespace {

Result<std::optional<Version>> parse_version(const char* flag, const std::string& text) {
  if (text.empty()) return std::optional<Version>{};
  const auto version = Version::parse(text);
  if (!version) {
    return fail(flag, fmt::format("`{}` is no version", text), "write it as 1.30 or 1.30.3");
  }
  return version;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool is_compressed(const Finding& finding) {
  return finding.rule == "MC001" && finding.location &&
         finding.location->excerpt.starts_with("\x1F\x8B");
}

bool is_broken(const Finding& finding) { return finding.rule == "MC001"; }

// A mapping that says of no kind what it is.
bool looks_like_values(const Document* document) {
  return document->root().is_mapping() && !document->root()["kind"];
}

// What was most likely meant where there is nothing to judge.
std::string way_out(const Inquiry& inquiry, const Loaded& loaded) {
  if (loaded.inputs.files == 0) {
    return "no .yaml, .yml or .json file is there; name files directly to read them whatever "
           "their name";
  }
  const auto packed = std::ranges::find_if(loaded.findings, is_compressed);
  if (packed != loaded.findings.end()) {
    return fmt::format("a snapshot is read with --snapshot {}; unpack what else it is",
                       packed->location->file);
  }
  if (std::ranges::any_of(loaded.findings, is_broken)) {
    return "mend what cannot be parsed first (MC001)";
  }
  const std::string_view text = inquiry.stdin_text;
  if (text.starts_with("NAME ") || text.starts_with("NAMESPACE ")) {
    return "this is a table of kubectl: let it write YAML, with -o yaml";
  }
  const auto lacking = unjudged_workloads(loaded.documents);
  if (!lacking.empty()) return lacking.front().reason;
  if (!inquiry.load.rendered.empty())
    return "what was rendered holds none: do its values ask for any?";
  if (std::ranges::any_of(loaded.documents, looks_like_values)) {
    return "name Helm values with --values FILE; charts are rendered first (--render, or helm "
           "template … | meshcheck audit -)";
  }
  return "render charts first (--render, or helm template … | meshcheck audit -), or name a values "
         "file with --values FILE";
}

Error nothing_found(const Inquiry& inquiry, const Loaded& loaded) {
  if (std::ranges::all_of(inquiry.paths, [](const auto& path) { return path == "-"; }) &&
      is_blank(inquiry.stdin_text)) {
    return fail("", "the standard input is empty", "see what the command before the pipe said");
  }
  std::vector<std::string> names;
  for (const std::string& path : inquiry.paths) {
    const std::string name = path == "-" ? "the standard input" : path;
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return fail("", fmt::format("no Kubernetes object in {}", fmt::join(names, ", ")),
              way_out(inquiry, loaded));
}

// Nothing at all that a rule could look at.
bool is_empty(const ReadMeshes& read) {
  return read.meshes.resources + read.loaded.skipped_objects == 0 && read.loaded.errors.empty() &&
         read.observed->versions.empty() && read.observed->tool_pins.empty() &&
         !read.loaded.named_tools;
}

// What the user gave by name, with folders, as reports call it.
std::set<std::string, std::less<>> named_files(const Inquiry& inquiry) {
  std::set<std::string, std::less<>> names;
  for (const auto* given : {&inquiry.paths, &inquiry.load.values_files}) {
    for (const std::string& path : *given) {
      names.insert(display_name(path, std::filesystem::current_path()));
    }
  }
  return names;
}

void fill_rendered(Inquiry& inquiry, const InputOptions& options, const Surroundings& surroundings,
                   std::vector<Error>& errors) {
  const auto limits = render_limits(options);
  if (!limits) {
    errors.push_back(limits.error());
    return;
  }
  Rendering rendering = render(inquiry.paths, options, *limits, surroundings);
  for (const std::string& note : rendering.notes) say_line("meshcheck: " + note, surroundings.err);
  std::ranges::move(rendering.errors, std::back_inserter(errors));
  inquiry.load.rendered = std::move(rendering.texts);
  inquiry.load.left_out = std::move(rendering.left_out);
  // Values that a chart is tested with made nothing of what was rendered: by name they are read.
  std::erase_if(inquiry.load.left_out, [named = named_files(inquiry)](const std::string& file) {
    return named.contains(file) && std::filesystem::path(file).parent_path().filename() == "ci";
  });
  inquiry.trees = std::move(rendering.trees);
  inquiry.layers = std::move(rendering.layers);
}

// A cluster without the namespace that was asked for would pass as a clean one.
std::vector<Error> absent_namespaces(const std::vector<std::string>& asked, const Meshes& meshes) {
  std::vector<Error> errors;
  for (const Mesh& mesh : meshes.meshes) {
    if (!mesh.covers_all("Namespace")) continue;
    for (const std::string& name : asked) {
      if (mesh.find_namespace(name) != nullptr) continue;
      errors.push_back(fail(mesh.folder, fmt::format("there is no namespace `{}`", name),
                            "kubectl get namespaces lists them"));
    }
  }
  return errors;
}

// Files saved beside it go before what the cluster says.
void read_live(ReadMeshes& read, const PartitionOptions& how) {
  std::ranges::move(unread_of(read.snapshot), std::back_inserter(read.loaded.errors));
  for (const live::Cluster& cluster : read.snapshot.clusters) {
    Observations& observed = read.by_cluster.emplace_back();
    observe(cluster, observed, read.loaded.errors);
    observed.tool_pins = read.observed->tool_pins;
    if (!read.observed->proxy_status.empty()) observed.proxy_status = read.observed->proxy_status;
    if (!read.observed->metrics.empty()) observed.metrics = read.observed->metrics;
    if (!read.observed->versions.empty()) observed.versions = read.observed->versions;
  }
  read.meshes = live_meshes(read.snapshot, read.loaded.documents, read.by_cluster, how);
}

}  // namespace

std::vector<Error> fill(Inquiry& inquiry, const InputOptions& options, const Config& config,
                        const Surroundings& surroundings) {
  std::vector<Error> errors;
  inquiry.paths = paths_of(options);
  inquiry.load.parse_all = options.parse_all;
  inquiry.load.values_files = options.values;
  if (!config.path.empty()) inquiry.load.own_files.push_back(config.path);
  inquiry.load.own_files.push_back(baseline_path(options));
  // `audit "$DIR"` with DIR unset must not audit wherever we happen to be.
  if (std::erase(inquiry.paths, "") != 0) {
    errors.push_back(fail("", "a path is empty", "is the shell variable that holds it set?"));
  }
  if (options.render) fill_rendered(inquiry, options, surroundings, errors);
  if (!options.stdin_filename.empty()) inquiry.load.stdin_name = options.stdin_filename;
  if (std::ranges::find(inquiry.paths, "-") == inquiry.paths.end() && !saved_on_stdin(options)) {
    return errors;
  }
  if (!read_all(surroundings.in, inquiry.stdin_text)) {
    errors.push_back(fail("", "the standard input cannot be read", "is it closed, or a folder?"));
  }
  inquiry.load.stdin_text = inquiry.stdin_text;
  return errors;
}

Result<ReadMeshes> read_meshes(const InputOptions& options, const Config& config,
                               const Surroundings& surroundings,
                               const std::map<std::string, std::string>* instead) {
  PartitionOptions how;
  auto istio = parse_version("--istio-version", options.istio_version);
  if (!istio) return istio.error();
  auto kube = parse_version("--kube-version", options.kube_version);
  if (!kube) return kube.error();
  how.build.istio_version = *istio;
  ReadMeshes read;
  *read.settings = config.settings;
  read.settings->kubernetes = *kube;
  if (auto error = apply_flags(options, *read.settings)) return std::move(*error);
  how.build.settings = read.settings.get();
  how.build.observed = read.observed.get();
  how.build.complete = options.complete;
  how.default_namespace = options.default_namespace;
  if (const auto limits = render_limits(options); !limits) return limits.error();
  if (auto error = check_saved(options, paths_of(options))) return *std::move(error);
  for (const std::string& file : options.values) {
    how.build.values_files.push_back(display_name(file, std::filesystem::current_path()));
  }

  Inquiry inquiry;
  inquiry.load.instead = instead;
  if (options.live.wanted()) {
    auto taken = read_snapshot(options.live, surroundings);
    if (!taken) return taken.error();
    read.snapshot = *std::move(taken);
    inquiry.load.live = texts_of(read.snapshot);
  }
  auto unread = fill(inquiry, options, config, surroundings);
  read.loaded = load(inquiry.paths, inquiry.load);
  std::ranges::move(unread, std::back_inserter(read.loaded.errors));
  drop_unreleased(read.loaded.documents, inquiry.layers, named_files(inquiry));
  read.trees = std::move(inquiry.trees);
  for (std::size_t i = 0; i < read.trees.size(); ++i) {
    read.trees[i].text = std::move(inquiry.load.rendered[i].text);
  }
  how.build.hides_revisions = read.loaded.hides_revisions;
  Saved saved = read_saved(options, inquiry.stdin_text, *read.observed);
  read.loaded.inputs.files += saved.files;
  std::ranges::move(saved.errors, std::back_inserter(read.loaded.errors));
  read.messages = std::move(saved.messages);
  read.analyzed = saved.analyzed;
  read.observed->tool_pins = std::move(read.loaded.tool_pins);
  if (options.live.wanted()) {
    read_live(read, how);
    std::ranges::move(absent_namespaces(options.live.namespaces, read.meshes),
                      std::back_inserter(read.loaded.errors));
  } else {
    read.meshes = partition(read.loaded.documents, how);
    std::ranges::move(unjudged_workloads(read.loaded.documents),
                      std::back_inserter(read.loaded.inputs.skipped));
  }
  read.loaded.inputs.resources = read.meshes.resources;
  if (is_empty(read) && !inquiry.paths.empty()) {
    read.loaded.errors.push_back(nothing_found(inquiry, read.loaded));
  }
  return read;
}

}  // namespace meshcheck::cli
