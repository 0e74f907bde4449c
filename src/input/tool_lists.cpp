#include "input/tool_lists.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "input/tool_version.h"
#include "meshcheck/ascii.h"

namespace meshcheck {
namespace {

// Where `text`, a part of the line, is a version or a range: the pin of a file that lists tools.
void add_pin(const Source& source, const TextLine& line, std::string_view text,
             std::vector<ToolPin>& pins) {
  auto pin = read_tool_version(text);
  if (!pin) return;
  pin->name = source.name.substr(source.name.rfind('/') + 1);
  pin->at = place_on(line, text, source.name);
  pins.push_back(*std::move(pin));
}

// "istioctl 1.29.2" (asdf-vm.com: manage/configuration, .tool-versions)
std::vector<ToolPin> read_tool_versions(const Source& source, std::span<const TextLine> lines) {
  std::vector<ToolPin> pins;
  for (const TextLine& line : lines) {
    const std::size_t space = std::min(line.text.find_first_of(" \t"), line.text.size());
    if (line.text.substr(0, space) != "istioctl") continue;
    std::string_view text = trimmed(line.text.substr(space));
    text = text.substr(0, text.find_first_of(" \t#"));
    add_pin(source, line, text, pins);
  }
  return pins;
}

bool names_istioctl(std::string_view key) {
  while (key.ends_with('"') || key.ends_with('\'')) key.remove_suffix(1);
  return key.ends_with("istioctl");
}

// `istioctl = "1.29.2"`, `"aqua:istio/istio/istioctl" = {version = "1.29.2"}` below [tools];
// `version = "1.29.2"` below [tools.istioctl] (mise.jdx.dev: configuration).
std::vector<ToolPin> read_mise(const Source& source, std::span<const TextLine> lines) {
  std::vector<ToolPin> pins;
  std::string_view section;
  for (const TextLine& line : lines) {
    const std::string_view text = trimmed(line.text);
    if (text.starts_with('[')) section = text.substr(1, text.find(']') - 1);
    const std::size_t equals = text.find('=');
    if (equals == kNone || text.starts_with('#')) continue;
    const std::string_view key = trimmed(text.substr(0, equals));
    const bool named = (section == "tools" || (section.empty() && key.starts_with("tools."))) &&
                       names_istioctl(key);
    const bool below = section.starts_with("tools.") && names_istioctl(section) && key == "version";
    if (!named && !below) continue;
    std::string_view value = text.substr(equals + 1);
    if (const std::size_t at = value.find("version"); at != kNone) value.remove_prefix(at + 7);
    const std::size_t open = value.find_first_of("\"'");
    if (open == kNone) continue;
    value.remove_prefix(open + 1);
    value = value.substr(0, value.find_first_of("\"'"));
    add_pin(source, line, value, pins);
  }
  return pins;
}

bool is_mise(std::string_view file) { return file.ends_with("mise.toml"); }

}  // namespace

bool lists_tools(std::string_view file) {
  return file.ends_with(".tool-versions") || is_mise(file);
}

std::vector<ToolPin> read_tool_list(const Source& source, std::span<const TextLine> lines) {
  return is_mise(source.name) ? read_mise(source, lines) : read_tool_versions(source, lines);
}

}  // namespace meshcheck
