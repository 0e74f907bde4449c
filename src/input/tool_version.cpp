#include "input/tool_version.h"

#include <cstddef>

#include "input/text_lines.h"

namespace meshcheck {
namespace {

// The minor that a range stays within: "~1.29", "1.29.x", "latest:1.29".
std::optional<Version> minor_of(std::string_view range) {
  for (const std::string_view before : {"latest:", "prefix:", "~", "="}) {
    if (range.starts_with(before)) range.remove_prefix(before.size());
  }
  for (const std::string_view after : {".x", ".X", ".*"}) {
    if (range.ends_with(after)) range.remove_suffix(after.size());
  }
  auto minor = Version::parse(range);
  if (minor) {
    minor->patch = -1;
    minor->suffix.clear();
  }
  return minor;
}

}  // namespace

std::optional<ToolPin> read_tool_version(std::string_view text) {
  ToolPin pin;
  pin.text = text;
  if (text == "latest" || text == "*") {
    pin.kind = ToolPin::Kind::latest;
    return pin;
  }
  pin.version = Version::parse(text);
  if (pin.version) {
    if (pin.version->major != 1) return std::nullopt;
    // "1.29.x" has no digit where Version wants one, so what parses names one version or minor.
    return pin;
  }
  const bool range = text.find_first_of("*~^<>") != kNone || text.ends_with(".x") ||
                     text.starts_with("latest:") || text.starts_with("prefix:");
  if (!range || text.find_first_of("0123456789") == kNone) return std::nullopt;
  pin.kind = ToolPin::Kind::range;
  pin.version = minor_of(text);
  return pin;
}

}  // namespace meshcheck
