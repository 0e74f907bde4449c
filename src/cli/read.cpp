#include "cli/read.h"

#include <algorithm>
#include <filesystem>
#include <istream>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "input/files.h"

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

std::vector<std::string> paths_of(const InputOptions& options) {
  std::vector<std::string> paths = options.paths;
  paths.insert(paths.end(), options.filenames.begin(), options.filenames.end());
  for (const std::string& file : options.values) {
    if (std::ranges::find(paths, file) == paths.end()) paths.push_back(file);
  }
  if (paths.empty()) paths.emplace_back(".");
  return paths;
}

Error nothing_found(const std::vector<std::string>& paths, const Inputs& inputs) {
  const std::string hint =
      inputs.files == 0
          ? "no .yaml, .yml or .json file is there; name files directly to read them whatever "
            "their name"
          : "render charts first (helm template … | meshcheck audit -), or name a values file with "
            "--values FILE";
  return fail(fmt::format("{}", fmt::join(paths, " ")),
              fmt::format("no Kubernetes object in {}", fmt::join(paths, " ")), hint);
}

}  // namespace

void fill(Inquiry& inquiry, const InputOptions& options, const Surroundings& surroundings) {
  inquiry.paths = paths_of(options);
  inquiry.load.parse_all = options.parse_all;
  inquiry.load.values_files = options.values;
  if (!options.stdin_filename.empty()) inquiry.load.stdin_name = options.stdin_filename;
  if (std::ranges::find(inquiry.paths, "-") == inquiry.paths.end()) return;
  inquiry.stdin_text.assign(std::istreambuf_iterator<char>(surroundings.in), {});
  inquiry.load.stdin_text = inquiry.stdin_text;
}

Result<ReadMeshes> read_meshes(const InputOptions& options, const Surroundings& surroundings) {
  PartitionOptions how;
  auto istio = parse_version("--istio-version", options.istio_version);
  if (!istio) return istio.error();
  auto kube = parse_version("--kube-version", options.kube_version);
  if (!kube) return kube.error();
  how.build.istio_version = *istio;
  how.build.kube_version = *kube;
  how.build.complete = options.complete;
  how.default_namespace = options.default_namespace;
  for (const std::string& file : options.values) {
    how.values_files.push_back(display_name(file, std::filesystem::current_path()));
  }

  Inquiry inquiry;
  fill(inquiry, options, surroundings);
  ReadMeshes read;
  read.loaded = load(inquiry.paths, inquiry.load);
  read.meshes = partition(read.loaded.documents, how);
  read.loaded.inputs.resources = read.meshes.resources;
  if (read.meshes.resources + read.loaded.skipped_objects == 0 && read.loaded.errors.empty()) {
    read.loaded.errors.push_back(nothing_found(inquiry.paths, read.loaded.inputs));
  }
  return read;
}

}  // namespace meshcheck::cli
