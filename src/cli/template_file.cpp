#include "cli/template_file.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "cli/template_markup.h"
#include "meshcheck/ascii.h"

namespace meshcheck::cli {
namespace {

std::string_view text_of(const TextLine& line) { return trimmed(line.text, kLineBlanks); }

// The value behind `key:`, without quotes and comment.
std::string_view value_of(std::string_view line, std::string_view key) {
  std::string_view value = trimmed(line.substr(key.size()), kLineBlanks);
  const std::size_t comment = value.find(" #");
  if (comment != std::string_view::npos) value = trimmed(value.substr(0, comment), kLineBlanks);
  const bool quoted = value.size() > 1 && (value.front() == '"' || value.front() == '\'') &&
                      value.back() == value.front();
  return quoted ? value.substr(1, value.size() - 2) : value;
}

bool any_can_become(const std::vector<std::string_view>& written, std::string_view made) {
  return made.empty() || written.empty() ||
         std::ranges::any_of(written, [&](auto one) { return can_become(one, made); });
}

}  // namespace

MadeLine made_line(std::span<const TextLine> lines, std::size_t index) {
  MadeLine made;
  made.text = lines[index].text;
  std::size_t depth = depth_of(made.text);
  for (std::size_t i = index; i-- > 0 && depth > 0;) {
    const std::string_view line = lines[i].text;
    if (holds_no_key(line) || depth_of(line) >= depth) continue;
    depth = depth_of(line);
    made.above.push_back(line);
  }
  return made;
}

TemplateFile::TemplateFile(const std::string& name) {
  auto bytes = FileBytes::read(name, name);
  if (!bytes) return;
  bytes_ = *std::move(bytes);
  lines_ = text_lines(bytes_.text());
  markup_ = markup_from_above(lines_);
  find_parts();
  find_blocks();
}

bool TemplateFile::is_no_key(std::size_t line) const {
  return is_absent(line) || holds_no_key(lines_[line].text);
}

void TemplateFile::find_parts() {
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= lines_.size(); ++i) {
    const bool within = i < lines_.size() && (is_absent(i) || !lines_[i].text.starts_with("---"));
    if (within) continue;
    if (i > begin) parts_.push_back(read_part(begin, i));
    begin = i + 1;
  }
}

TemplateFile::Part TemplateFile::read_part(std::size_t begin, std::size_t end) const {
  constexpr std::string_view kKind = "kind:";
  constexpr std::string_view kName = "name:";
  Part part;
  part.begin = begin;
  part.end = end;
  bool in_metadata = false;
  std::size_t depth = 0;  // of the keys of `metadata`
  for (std::size_t i = begin; i < end; ++i) {
    const std::string_view line = lines_[i].text;
    if (is_no_key(i)) continue;
    const std::string_view text = text_of(lines_[i]);
    if (depth_of(line) == 0) {
      in_metadata = text.starts_with("metadata:");
      depth = 0;
      if (!text.starts_with(kKind)) continue;
      if (part.kinds.empty()) part.kind_line = i;
      part.kinds.push_back(value_of(text, kKind));
    } else if (in_metadata) {
      if (depth == 0) depth = depth_of(line);
      if (depth_of(line) == depth && text.starts_with(kName)) {
        part.names.push_back(value_of(text, kName));
      }
    }
  }
  return part;
}

void TemplateFile::find_blocks() {
  outer_ = {0};
  std::uint32_t block = 0;
  block_of_.reserve(lines_.size());
  const auto open = [&](std::uint32_t outer) {
    outer_.push_back(outer);
    block = static_cast<std::uint32_t>(outer_.size() - 1);
  };
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    block_of_.push_back(block);
    for (const BlockMark mark : block_marks(lines_[i].text.substr(markup_[i]))) {
      switch (mark) {
        case BlockMark::open: open(block); break;
        case BlockMark::other: open(outer_[block]); break;
        case BlockMark::close: block = outer_[block]; break;
      }
    }
  }
}

// Printed wherever the object is: no condition stands before it that does not stand before the
// object's kind.
bool TemplateFile::is_certain(const Part& part, std::size_t line) const {
  if (part.kinds.size() != 1) return false;
  const std::uint32_t wanted = block_of_[line];
  for (std::uint32_t block = block_of_[part.kind_line];; block = outer_[block]) {
    if (block == wanted) return true;
    if (block == 0) return false;
  }
}

// The lines above one of the template, up to the beginning of its document, can become `above`.
bool TemplateFile::stands_under(const Part& part, std::size_t line, std::size_t depth,
                                std::span<const std::string_view> above) const {
  for (std::size_t i = line; i-- > part.begin && depth > 0;) {
    const std::string_view text = lines_[i].text;
    if (is_no_key(i) || depth_of(text) >= depth) continue;
    depth = depth_of(text);
    if (above.empty() || depth_of(above.front()) != depth ||
        !can_become(text_of(lines_[i]), trimmed(above.front(), kLineBlanks))) {
      return false;
    }
    above = above.subspan(1);
  }
  return above.empty();
}

bool TemplateFile::may_insert(const Part& part, std::size_t line, const MadeLine& made) const {
  const auto depth = insertion_depth(lines_[line].text.substr(markup_[line]));
  if (!depth || *depth > depth_of(made.text)) return false;
  std::span<const std::string_view> above = made.above;
  while (!above.empty() && depth_of(above.front()) >= *depth) above = above.subspan(1);
  // What stands behind a key is put in under that.
  const bool behind_key = !is_no_key(line);
  return stands_under(part, behind_key ? line + 1 : line, *depth, above);
}

const TextLine* TemplateFile::source_of(const MadeLine& made, std::string_view kind,
                                        std::string_view name) const {
  const std::string_view wanted = trimmed(made.text, kLineBlanks);
  const std::size_t depth = depth_of(made.text);
  if (wanted.empty()) return nullptr;
  const TextLine* found = nullptr;
  bool certain = false;
  bool inserted = false;
  for (const Part& part : parts_) {
    if (!any_can_become(part.kinds, kind) || !any_can_become(part.names, name)) continue;
    for (std::size_t i = part.begin; i < part.end; ++i) {
      inserted = inserted || may_insert(part, i, made);
      const TextLine& line = lines_[i];
      if (depth_of(line.text) != depth || is_no_key(i) || !can_become(text_of(line), wanted) ||
          !stands_under(part, i, depth, made.above)) {
        continue;
      }
      if (found != nullptr) return nullptr;
      found = &line;
      certain = is_certain(part, i);
    }
  }
  return inserted && !certain ? nullptr : found;
}

}  // namespace meshcheck::cli
