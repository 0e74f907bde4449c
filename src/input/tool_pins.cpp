#include "input/tool_pins.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "input/included_files.h"
#include "input/spoken_text.h"
#include "input/text_lines.h"
#include "input/tool_commands.h"
#include "input/tool_lists.h"
#include "input/tool_variables.h"
#include "input/tool_version.h"
#include "meshcheck/ascii.h"

namespace meshcheck {
namespace {

constexpr std::string_view kVariable = "ISTIO_VERSION";  // what Istio's download script reads

// Where the version follows the text, up to the next character that no version holds.
struct Download {
  std::string_view before;
  std::string_view name;
};
constexpr std::array<Download, 6> kDownloads = {{
    {"github.com/istio/istio/releases/download/", "the release's URL"},
    {"/istio-release/releases/", "the release's URL"},
    {"istio.io/istio/istioctl/cmd/istioctl@", "go install"},
    {"istio/istioctl:", "image istio/istioctl"},
    {"istio-release/istioctl:", "image istio-release/istioctl"},
    {"istio.io/release/istioctl:", "image release/istioctl"},
}};

// (istio: release/downloadIstioCandidate.sh, downloadIstioCtl.sh; the site's short links to them)
constexpr std::array<std::string_view, 3> kScripts = {
    "istio.io/downloadIstio", "git.io/getLatestIstio", "release/downloadIstio"};

constexpr std::array<std::string_view, 2> kLatest = {"istio/istio/releases/latest",
                                                     "istio-release/releases/latest"};

bool contains(std::string_view text, std::string_view word) { return text.find(word) != kNone; }

std::size_t indent_of(std::string_view text) {
  return std::min(text.find_first_not_of(" \t"), text.size());
}

// The longest run of text around a word that no space or quote breaks: the mark of a download.
std::string_view word_at(std::string_view line, std::size_t at) {
  constexpr std::string_view kBreaks = " \t\"'`()|;,";
  const std::size_t before = line.find_last_of(kBreaks, at);
  const std::size_t begin = before == kNone ? 0 : before + 1;
  const std::size_t end = std::min(line.find_first_of(kBreaks, at), line.size());
  return line.substr(begin, end - begin);
}

bool downloads(std::string_view text) {
  const auto has = [&](std::string_view mark) { return contains(text, mark); };
  return std::ranges::any_of(kScripts, has) ||
         std::ranges::any_of(kDownloads, has, &Download::before);
}

class PinScan {
 public:
  PinScan(const Source& source, std::vector<TextLine> lines)
      : source_(source),
        lines_(std::move(lines)),
        variables_(lines_),
        spoken_(lines_),
        may_get_version_(contains(source.text, kVariable) || reads_other_file(lines_)),
        downloads_(downloads(source.text)) {}

  std::vector<ToolPin> run();

 private:
  void scan_command(std::size_t first, std::size_t last);
  void scan_downloads(const TextLine& line);
  void scan_scripts(const TextLine& line, std::size_t last);
  bool add_given(std::size_t number, std::string_view rest, std::size_t last);
  void scan_latest(const TextLine& line);
  void scan_image(std::size_t number);
  void scan_install(const TextLine& line);
  void scan_action(std::size_t number);
  void add(TextPart expression, std::string_view name);
  void add_found(const ToolVariables::Resolved& found, std::string_view name);
  void add_latest(const TextLine& line, std::string_view part, std::string_view name);

  const Source& source_;
  std::vector<TextLine> lines_;
  ToolVariables variables_;
  SpokenText spoken_;
  bool may_get_version_;  // the file, or one that it reads, may set what a download script takes
  bool downloads_;        // something of Istio, somewhere in the file
  std::vector<ToolPin> pins_;
};

void PinScan::add_found(const ToolVariables::Resolved& found, std::string_view name) {
  auto pin = read_tool_version(found.version.text);
  if (!pin) return;
  pin->name = found.variable.empty() ? name : found.variable;
  pin->at = place_on(*found.version.line, found.version.text, source_.name);
  pins_.push_back(*std::move(pin));
}

void PinScan::add(TextPart expression, std::string_view name) {
  if (const auto found = variables_.resolve(expression)) add_found(*found, name);
}

void PinScan::add_latest(const TextLine& line, std::string_view part, std::string_view name) {
  ToolPin pin;
  pin.kind = ToolPin::Kind::latest;
  pin.name = name;
  pin.at = place_on(line, part, source_.name);
  pins_.push_back(std::move(pin));
}

void PinScan::scan_downloads(const TextLine& line) {
  for (const Download& download : kDownloads) {
    for (std::size_t at = 0; (at = line.text.find(download.before, at)) != kNone;) {
      at += download.before.size();
      std::string_view rest = line.text.substr(at);
      if (rest.starts_with('"') || rest.starts_with('\'')) rest.remove_prefix(1);
      const std::string_view version = version_expression(rest);
      if (!version.empty() && !spoken_.holds(version)) add({&line, version}, download.name);
    }
  }
}

// `… | ISTIO_VERSION=1.29.2 sh -`, in the command that downloads the script.
bool PinScan::add_given(std::size_t number, std::string_view rest, std::size_t last) {
  for (; number < last; rest = ++number < last ? lines_[number].text : std::string_view{}) {
    const std::size_t at = rest.find("ISTIO_VERSION=");
    if (at == kNone) continue;
    rest.remove_prefix(at + kVariable.size() + 1);
    if (rest.starts_with('"') || rest.starts_with('\'')) rest.remove_prefix(1);
    const std::string_view version = version_expression(rest);
    if (version.empty() || version.starts_with('$')) return false;
    add_found({{&lines_[number], version}, kVariable}, "downloadIstio");
    return true;
  }
  return false;
}

// The script installs what $ISTIO_VERSION names, else the latest release.
void PinScan::scan_scripts(const TextLine& line, std::size_t last) {
  for (const std::string_view script : kScripts) {
    const std::size_t at = line.text.find(script);
    if (at == kNone || spoken_.holds(line.text.substr(at))) continue;
    const auto number = static_cast<std::size_t>(&line - lines_.data());
    if (add_given(number, line.text.substr(at), last)) return;
    if (const auto found = variables_.resolve_variable(kVariable, line)) {
      add_found(*found, "downloadIstio");
    } else if (!may_get_version_) {
      add_latest(line, word_at(line.text, at), "downloadIstio");
    }
    return;
  }
}

// Who asks which release is the latest may only want to know.
void PinScan::scan_latest(const TextLine& line) {
  for (const std::string_view url : kLatest) {
    const std::size_t at = line.text.find(url);
    if (at == kNone || spoken_.holds(line.text.substr(at))) continue;
    if (downloads_ || line.text.substr(at + url.size()).starts_with("/download")) {
      add_latest(line, word_at(line.text, at), "releases/latest");
    }
  }
}

// Where a line takes an image: in a Dockerfile, in CI configuration, on a command line.
bool takes_image(std::string_view line, std::string_view before, std::string_view above) {
  line = trimmed(line);
  if (line.starts_with("- ")) line = trimmed(line.substr(2));
  const bool docker = line.starts_with("FROM ") || line.starts_with("from ");
  const bool key = line.starts_with("image:") || line.starts_with("container:");
  const bool image_name = line.starts_with("name:") && trimmed(above).ends_with("image:");
  return docker || key || image_name || before.ends_with("docker://") ||
         contains(before, "--from=") || contains(line, "docker run ") ||
         contains(line, "docker pull ");
}

// An image without a tag is its latest; only where the line takes one as an image, since paths are
// called so too.
void PinScan::scan_image(std::size_t number) {
  const TextLine& line = lines_[number];
  for (const std::string_view image :
       {"istio/istioctl", "istio-release/istioctl", "istio.io/release/istioctl"}) {
    const std::size_t at = line.text.find(image);
    if (at == kNone || spoken_.holds(line.text.substr(at))) continue;
    const std::string_view after = line.text.substr(at + image.size());
    if (!after.empty() && std::string_view(" \t\"'").find(after[0]) == kNone) continue;
    const std::string_view above = number == 0 ? std::string_view{} : lines_[number - 1].text;
    if (takes_image(line.text, line.text.substr(0, at), above)) {
      add_latest(line, word_at(line.text, at), "image istio/istioctl");
    }
  }
}

void PinScan::scan_install(const TextLine& line) {
  const auto command = find_install(line.text);
  if (!command || spoken_.holds(command->mark)) return;
  if (command->latest) {
    add_latest(line, command->mark, command->manager);
  } else if (command->mark.starts_with("latest:") || command->mark.starts_with("prefix:")) {
    add_found({{&line, command->mark}, {}}, command->manager);
  } else {
    add({&line, version_expression(command->mark)}, command->manager);
  }
}

// "somebody/setup-istioctl@v1", "somebody/setup-istio@v2"; not "…/setup-istio-bench@v1".
bool installs_istioctl(std::string_view action) {
  action = action.substr(0, action.find_first_of("@ #"));
  return contains(action, "istioctl") || action.ends_with("setup-istio");
}

// The value of an input that is a version, of `with: {version: 1.29.2}` as well.
std::string_view version_input(std::string_view text) {
  if (text.starts_with("- ")) text = trimmed(text.substr(2));
  if (text.starts_with("with:")) {
    text = trimmed(text.substr(5));
    text.remove_prefix(text.starts_with('{') ? 1 : 0);
    text = trimmed(text);
  }
  for (const std::string_view key : {"version:", "istioctl-version:", "istio-version:"}) {
    if (!text.starts_with(key)) continue;
    std::string_view value = trimmed(text.substr(key.size()));
    if (value.starts_with('"') || value.starts_with('\'')) value.remove_prefix(1);
    return version_expression(value);
  }
  return {};
}

// "uses: somebody/setup-istioctl@v1", with the version among its inputs, which may stand above it.
void PinScan::scan_action(std::size_t number) {
  constexpr std::size_t kMostLines = 20;
  const std::string_view line = lines_[number].text;
  const std::size_t uses = line.find("uses:");
  if (uses == kNone || !installs_istioctl(trimmed(line.substr(uses + 5)))) return;
  const auto begins_step = [&](std::size_t at) {
    return trimmed(lines_[at].text).starts_with("- ") && indent_of(lines_[at].text) + 2 == uses;
  };
  std::size_t first = number;
  while (!begins_step(first) && first > 0 && number - first < kMostLines) --first;
  if (!begins_step(first)) first = number;
  const std::size_t end = std::min(lines_.size(), number + kMostLines);
  for (std::size_t at = first; at < end; ++at) {
    const TextLine& input = lines_[at];
    const std::string_view text = trimmed(input.text);
    if (text.empty()) continue;
    if (at > number && indent_of(input.text) < uses) return;
    const std::string_view version = version_input(text);
    if (!version.empty()) return add({&input, version}, "the input `version`");
  }
}

// A command may go on over several lines, each but the last ending in a backslash.
void PinScan::scan_command(std::size_t first, std::size_t last) {
  bool fetches = false;
  for (std::size_t i = first; i < last; ++i) {
    const std::string_view text = lines_[i].text;
    fetches = fetches || contains(text, "curl") || contains(text, "wget") ||
              contains(text, "ADD ") || contains(text, "Invoke-WebRequest");
  }
  for (std::size_t i = first; i < last; ++i) {
    const TextLine& line = lines_[i];
    if (trimmed(line.text).starts_with('#')) continue;
    scan_downloads(line);
    if (fetches) scan_scripts(line, last);
    if (fetches) scan_latest(line);
    scan_image(i);
    scan_install(line);
    scan_action(i);
  }
}

std::vector<ToolPin> PinScan::run() {
  for (std::size_t first = 0; first < lines_.size();) {
    std::size_t last = first + 1;
    bool open = trimmed(lines_[first].text).ends_with('\\');
    for (; open && last < lines_.size(); ++last) {
      // A Dockerfile's command goes on over blank lines and comments.
      const std::string_view text = trimmed(lines_[last].text);
      open = text.empty() || text.starts_with('#') || text.ends_with('\\');
    }
    scan_command(first, last);
    first = last;
  }
  return std::move(pins_);
}

}  // namespace

std::vector<ToolPin> find_tool_pins(const Source& source) {
  // Most such files have nothing to do with Istio.
  if (!contains(source.text, "istio")) return {};
  std::vector<TextLine> lines = text_lines(source.text);
  std::vector<ToolPin> pins;
  if (lists_tools(source.name)) {
    pins = read_tool_list(source, lines);
  } else {
    for (TextLine& line : lines) line.text = without_comment(line.text);
    pins = PinScan(source, std::move(lines)).run();
  }
  // One variable may be used by several downloads.
  std::ranges::stable_sort(pins, {}, &ToolPin::at);
  const auto repeated = std::ranges::unique(pins, {}, &ToolPin::at);
  pins.erase(repeated.begin(), repeated.end());
  return pins;
}

}  // namespace meshcheck
