#include "cli/render_command.h"

#include <algorithm>
#include <utility>

#include "cli/tool_run.h"
#include "meshcheck/ascii.h"

namespace meshcheck::cli {
namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_plain(char c) {
  constexpr std::string_view kOthers = "-_./=:,@%+";
  return is_alphanumeric(c) || kOthers.find(c) != std::string_view::npos;
}

void cut_dashes(std::string& name) {
  name.erase(0, std::min(name.find_first_not_of('-'), name.size()));
  while (name.ends_with('-')) name.pop_back();
}

}  // namespace

std::optional<RenderTool> find_helm(std::string_view path) {
  auto program = find_tool("helm", path);
  if (!program) return std::nullopt;
  return RenderTool{*std::move(program), "helm template", {"template"}};
}

std::optional<RenderTool> find_kustomize(std::string_view path) {
  if (auto program = find_tool("kustomize", path)) {
    return RenderTool{*std::move(program), "kustomize build", {"build"}};
  }
  if (auto program = find_tool("kubectl", path)) {
    return RenderTool{*std::move(program), "kubectl kustomize", {"kustomize"}};
  }
  return std::nullopt;
}

// (helm: pkg/chartutil/validate_name.go, ValidateReleaseName)
std::string release_name(std::string_view chart) {
  constexpr std::size_t kMost = 53;
  std::string name;
  for (const char c : chart) name += is_alphanumeric(c) ? lower(c) : '-';
  cut_dashes(name);
  if (name.size() > kMost) name.resize(kMost);
  cut_dashes(name);
  return name.empty() ? "release" : name;
}

std::string as_argument(const std::string& folder) {
  const bool clear =
      folder.starts_with('/') || folder.starts_with("./") || folder.starts_with("..");
  return clear || folder == "." ? folder : "./" + folder;
}

std::vector<std::string> render_arguments(const RenderTool& tool, const RenderTarget& target,
                                          const InputOptions& options) {
  std::vector<std::string> words = tool.arguments;
  if (target.renderer == Renderer::kustomize) {
    words.push_back(as_argument(target.folder));
    return words;
  }
  words.emplace_back("--include-crds");
  // Else it is that of HELM_NAMESPACE or of the kubeconfig's context: who runs it would change what
  // is found.
  const std::string& chosen = options.default_namespace;
  words.insert(words.end(), {"--namespace", chosen.empty() ? "default" : chosen});
  if (!options.kube_version.empty()) {
    words.insert(words.end(), {"--kube-version", options.kube_version});
  }
  for (const std::string& file : options.values) words.insert(words.end(), {"--values", file});
  words.insert(words.end(), {"--", release_name(target.chart), as_argument(target.folder)});
  return words;
}

std::string shell_word(std::string_view word) {
  if (!word.empty() && std::ranges::all_of(word, is_plain)) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string typed_command(const RenderTool& tool, const RenderTarget& target,
                          const InputOptions& options) {
  std::string line = tool.words;
  const std::vector<std::string> words = render_arguments(tool, target, options);
  for (std::size_t i = tool.arguments.size(); i < words.size(); ++i) {
    line += ' ';
    line += shell_word(words[i]);
  }
  return line;
}

}  // namespace meshcheck::cli
