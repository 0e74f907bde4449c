#include "cli/render.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/render_command.h"
#include "input/files.h"
#include "mesh/partition.h"
#include "meshcheck/ascii.h"

namespace meshcheck::cli {
namespace {

namespace fs = std::filesystem;

// Without the time and the process that Kubernetes' logger puts before a line
// ("E1128 21:06:32.281074    8288 run.go:72] "): they differ from run to run.
// (kubernetes/klog: klog.go, formatHeader)
std::string_view without_header(std::string_view line) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool opens = line.size() > 6 &&
                     std::string_view("IWEF").find(line[0]) != std::string_view::npos &&
                     std::ranges::all_of(line.substr(1, 4), is_digit) && line[5] == ' ';
  const std::size_t end = opens ? line.find("] ") : std::string_view::npos;
  return end == std::string_view::npos ? line : line.substr(end + 2);
}

// What a tool said, on one line, without the path of the folder that we happen to be in.
std::string one_line(std::string_view text) {
  constexpr std::size_t kMost = 1500;
  const std::string here = fs::current_path().string() + "/";
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    for (std::size_t at = line.find(here); at != std::string::npos; at = line.find(here, at)) {
      line.erase(at, here.size());
    }
    const std::string_view said = trimmed(without_header(line), kLineBlanks);
    if (said.empty()) continue;
    if (!out.empty()) out += ' ';
    out += said;
    if (out.size() > kMost) return fmt::format("{} …", out.substr(0, kMost));
  }
  return out;
}

class Rendered {
 public:
  Rendered(const InputOptions& options, const ToolLimits& limits, const Surroundings& surroundings)
      : options_(options),
        limits_(limits),
        path_(surroundings.environment("PATH").value_or("/usr/local/bin:/usr/bin:/bin")) {}

  void add(RenderTarget target);
  Rendering take();

 private:
  const RenderTool* tool_for(Renderer renderer);
  Error failure(const RenderTool& tool, const RenderTarget& target, const ToolRun& run) const;

  const InputOptions& options_;
  const ToolLimits& limits_;
  std::string path_;
  // Looked for once; `missing_` are the folders that none was found for.
  std::optional<std::optional<RenderTool>> helm_, kustomize_;
  std::vector<std::string> no_helm_, no_kustomize_;
  std::vector<std::string> interrupted_;  // folders that an interrupt came before
  bool used_values_ = false;
  Rendering out_;
};

const RenderTool* Rendered::tool_for(Renderer renderer) {
  auto& tool = renderer == Renderer::helm ? helm_ : kustomize_;
  if (!tool) tool = renderer == Renderer::helm ? find_helm(path_) : find_kustomize(path_);
  return *tool ? &**tool : nullptr;
}

std::string how_it_ended(const ToolRun& run, const ToolLimits& limits) {
  using std::chrono::duration_cast;
  switch (run.end) {
    case ToolRun::End::exited: return fmt::format("ended with exit status {}", run.status);
    case ToolRun::End::signalled: return fmt::format("was ended by signal {}", run.status);
    case ToolRun::End::timed_out:
      return fmt::format("was ended after {} s",
                         duration_cast<std::chrono::seconds>(limits.time).count());
    case ToolRun::End::cancelled: return "was interrupted";
    case ToolRun::End::too_large:
      return fmt::format("was ended: it printed more than {} MiB", limits.output >> 20U);
    case ToolRun::End::unstartable:
      return fmt::format("cannot be started ({})", std::strerror(run.status));
  }
  return {};
}

Error Rendered::failure(const RenderTool& tool, const RenderTarget& target,
                        const ToolRun& run) const {
  const std::string said = one_line(run.err);
  const auto says = [&](std::string_view words) { return said.find(words) != std::string::npos; };
  const std::string folder = shell_word(as_argument(target.folder));
  const bool helm = target.renderer == Renderer::helm;
  std::string hint = "see for yourself: " + typed_command(tool, target, options_);
  if (run.end == ToolRun::End::timed_out) {
    hint = "give it longer: --render-timeout 5m";
  } else if (helm && says("missing in charts/")) {
    hint = fmt::format("fetch what it depends on: helm dependency build {}", folder);
  } else if (helm && says("incompatible with Kubernetes")) {
    hint = "say which Kubernetes it is for: --kube-version 1.32";
  } else if (!helm && says("--enable-helm")) {
    hint = fmt::format("kustomize build --enable-helm {} | meshcheck audit -", folder);
  } else if (!helm && says("is not in or below")) {
    hint = fmt::format(
        "kustomize build --load-restrictor LoadRestrictionsNone {} | meshcheck audit -", folder);
  }
  return fail(target.folder,
              fmt::format("`{}` of {} {}{}{}", tool.words, target.folder,
                          how_it_ended(run, limits_), said.empty() ? "" : ": ", said),
              std::move(hint));
}

void Rendered::add(RenderTarget target) {
  const bool helm = target.renderer == Renderer::helm;
  const RenderTool* tool = tool_for(target.renderer);
  if (tool == nullptr) {
    (helm ? no_helm_ : no_kustomize_).push_back(target.folder);
    return;
  }
  if (limits_.cancel != nullptr && limits_.cancel->load()) {
    interrupted_.push_back(target.folder);
    return;
  }
  ToolRun run = run_tool(tool->program, render_arguments(*tool, target, options_), limits_);
  if (run.end != ToolRun::End::exited || run.status != 0) {
    out_.errors.push_back(failure(*tool, target, run));
    return;
  }
  used_values_ = used_values_ || helm;
  if (const std::string said = one_line(run.err); !said.empty()) {
    out_.notes.push_back(fmt::format("{}: `{}` says: {}", target.folder, tool->words, said));
  }
  std::ranges::set_difference(target.covers, target.layers,
                              std::inserter(out_.left_out, out_.left_out.end()));
  out_.layers.insert(target.layers.begin(), target.layers.end());
  const std::string_view own = helm ? kHelmTemplate : kKustomizeBuild;
  std::string name =
      target.folder == "." ? std::string(own) : fmt::format("{}/{}", target.folder, own);
  out_.texts.push_back({name, std::move(run.out)});
  out_.trees.push_back({std::move(target), std::move(name), {}});
}

// The folders, or the first few of them.
std::string list_of(const std::vector<std::string>& folders) {
  constexpr std::size_t kMost = 5;
  const std::size_t shown = std::min(folders.size(), kMost);
  std::string list = fmt::format(
      "{}", fmt::join(folders.begin(), folders.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (folders.size() > shown) list += fmt::format(" and {} more", folders.size() - shown);
  return list;
}

Error missing(std::string_view tool, std::string_view what, const std::vector<std::string>& folders,
              std::string_view where) {
  return fail(
      std::string(tool),
      fmt::format("{} is not installed: {} not rendered ({})", tool, what, list_of(folders)),
      std::string(where));
}

Rendering Rendered::take() {
  if (!no_helm_.empty()) {
    out_.errors.push_back(missing("helm", no_helm_.size() == 1 ? "a chart is" : "charts are",
                                  no_helm_, "get it from https://helm.sh/docs/intro/install/"));
  }
  if (!no_kustomize_.empty()) {
    out_.errors.push_back(missing(
        "kustomize", no_kustomize_.size() == 1 ? "a kustomization is" : "kustomizations are",
        no_kustomize_,
        "get it from https://kubectl.docs.kubernetes.io/installation/kustomize/; kubectl will do"));
  }
  if (!interrupted_.empty()) {
    out_.errors.push_back(
        fail("--render", fmt::format("interrupted: not rendered: {}", list_of(interrupted_))));
  }
  if (used_values_) {
    for (const std::string& file : options_.values) {
      out_.left_out.insert(display_name(file, fs::current_path()));
    }
  }
  return std::move(out_);
}

}  // namespace

Result<ToolLimits> render_limits(const InputOptions& options) {
  ToolLimits limits;
  const std::string& text = options.render_timeout;
  if (text.empty()) return limits;
  unsigned number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  const std::string_view unit(read.ptr, static_cast<std::size_t>(end - read.ptr));
  const bool known = unit.empty() || unit == "s" || unit == "m";
  if (read.ec != std::errc() || !known || number == 0 || number > 86'400) {
    return fail("--render-timeout", fmt::format("`{}` is no time", text), "write it as 60s or 5m");
  }
  limits.time = std::chrono::seconds(number * (unit == "m" ? 60U : 1U));
  return limits;
}

Rendering render(std::span<const std::string> paths, const InputOptions& options,
                 const ToolLimits& limits, const Surroundings& surroundings) {
  std::vector<RenderTarget> targets = find_render_targets(find_files(paths, fs::current_path()));
  ToolLimits how = limits;
  // Each runs in a process group of its own, which no interrupt reaches but through us.
  if (!targets.empty() && surroundings.catch_interrupt) how.cancel = surroundings.catch_interrupt();
  Rendered rendered(options, how, surroundings);
  for (RenderTarget& target : targets) rendered.add(std::move(target));
  Rendering out = rendered.take();
  if (how.cancel != nullptr && surroundings.release_interrupt) {
    // An interrupt ends us now: what it left undone is told before.
    if (how.cancel->load()) say(out.errors, surroundings.err);
    surroundings.release_interrupt();
  }
  return out;
}

}  // namespace meshcheck::cli
