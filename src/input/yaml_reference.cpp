// Reads a document with libyaml, of which Go's reader is a port. Slower than our scanner by a
// factor of six, and the last word on what it declines.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>
#include <yaml.h>

#include "input/reading.h"
#include "input/yaml_errors.h"
#include "input/yaml_tags.h"

namespace meshcheck {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// libyaml counts characters; nodes count bytes. Marks come in order, give or take a token.
class ByteOffsets {
 public:
  ByteOffsets(std::string_view text, std::uint64_t begin) : text_(text), at_(begin) {}

  std::uint32_t operator()(std::size_t index) {
    while (index_ < index && at_ < text_.size()) {
      ++at_;
      while (at_ < text_.size() && is_tail(at_)) ++at_;
      ++index_;
    }
    while (index_ > index) {
      --at_;
      while (is_tail(at_)) --at_;
      --index_;
    }
    return static_cast<std::uint32_t>(at_);
  }

 private:
  bool is_tail(std::uint64_t at) const {
    return (static_cast<unsigned char>(text_[at]) & 0xC0) == 0x80;
  }

  std::string_view text_;
  std::uint64_t at_;
  std::size_t index_ = 0;
};

std::string_view view(const yaml_char_t* text) {
  return text == nullptr ? std::string_view{} : reinterpret_cast<const char*>(text);
}

class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  Event(Event&&) = delete;
  Event& operator=(Event&&) = delete;
  ~Event() { yaml_event_delete(&event_); }
  yaml_event_t* get() { return &event_; }
  const yaml_event_t* operator->() const { return &event_; }

 private:
  yaml_event_t event_{};
};

class ReferenceReader {
 public:
  ReferenceReader(std::string_view text, std::uint64_t begin, std::uint64_t end,
                  const ParseLimits& limits, TreeBuilder& tree)
      : text_(text.substr(0, end)),
        begin_(begin),
        skipped_(text_.substr(begin).starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0),
        offsets_(text_, begin + skipped_),
        limits_(limits),
        tree_(tree) {
    yaml_parser_initialize(&parser_);
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    unread_ = text_.substr(begin_ + skipped_);
    lacks_break_ = !unread_.empty() && unread_.back() != '\n' && unread_.back() != '\r';
    yaml_parser_set_input(&parser_, &input, this);
  }
  ReferenceReader(const ReferenceReader&) = delete;
  ReferenceReader& operator=(const ReferenceReader&) = delete;
  ReferenceReader(ReferenceReader&&) = delete;
  ReferenceReader& operator=(ReferenceReader&&) = delete;
  ~ReferenceReader() { yaml_parser_delete(&parser_); }

  ReadResult run() {
    for (;;) {
      Event event;
      if (yaml_parser_parse(&parser_, event.get()) == 0) {
        return {ReadResult::Outcome::error, explain(parser_, text_, begin_ + skipped_)};
      }
      if (event->type == YAML_STREAM_END_EVENT) return {};
      // Go reads one document and never looks at what follows it.
      if (event->type == YAML_DOCUMENT_END_EVENT) return {ReadResult::Outcome::tree, {}};
      if (!take(event)) return {ReadResult::Outcome::error, std::move(error_)};
    }
  }

 private:
  struct Level {
    TreeBuilder::Open open;
    bool mapping = false;
    bool key_next = false;
  };

  // kubectl reads by lines and ends each in LF (k8s.io/apimachinery pkg/util/yaml/decoder.go,
  // LineReader), so that a block scalar at the end of a file without a final LF has one.
  static int input(void* self, unsigned char* buffer, std::size_t size, std::size_t* size_read) {
    auto& reader = *static_cast<ReferenceReader*>(self);
    if (reader.unread_.empty() && std::exchange(reader.lacks_break_, false)) reader.unread_ = "\n";
    *size_read = reader.unread_.copy(reinterpret_cast<char*>(buffer), size);
    reader.unread_.remove_prefix(*size_read);
    return 1;
  }

  bool fail(std::uint32_t offset, std::string message) {
    error_ = {std::move(message), offset};
    return false;
  }

  bool take(const Event& event) {
    const std::uint32_t offset = offsets_(event->start_mark.index);
    if (tree_.size() >= limits_.nodes) return fail(offset, "the document has too many nodes");
    switch (event->type) {
      case YAML_SCALAR_EVENT: return scalar(*event.operator->(), offset) && placed(true);
      case YAML_ALIAS_EVENT: return alias(view(event->data.alias.anchor), offset) && placed(true);
      case YAML_SEQUENCE_START_EVENT:
        return open(NodeKind::sequence, offset, view(event->data.sequence_start.anchor),
                    event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE);
      case YAML_MAPPING_START_EVENT:
        return open(NodeKind::mapping, offset, view(event->data.mapping_start.anchor),
                    event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        tree_.close(levels_.back().open);
        levels_.pop_back();
        return placed(false);
      default: return true;
    }
  }

  bool expects_key() const { return !levels_.empty() && levels_.back().key_next; }

  // A node is complete: it was an item, a key or a value of the level it stands in.
  bool placed(bool leaf) {
    if (levels_.empty()) return true;
    Level& level = levels_.back();
    if (!level.mapping) return ++level.open.count, true;
    if (level.key_next && leaf) {
      tree_.key(level.open);
      if (auto problem = key_problem(tree_, tree_.last())) {
        return fail(tree_.last().offset, std::move(*problem));
      }
    }
    level.key_next = !level.key_next;
    return true;
  }

  bool open(NodeKind kind, std::uint32_t offset, std::string_view anchor, bool flow) {
    if (expects_key()) {
      return fail(offset, kind == NodeKind::mapping
                              ? "a key must be a text, not a mapping: quote a value that begins "
                                "with `{`"
                              : "a key must be a text, not a list: quote a value that begins "
                                "with `[`");
    }
    if (levels_.size() >= limits_.depth) return fail(offset, "nested too deeply");
    if (!anchor.empty()) anchor_here(anchor);
    const bool mapping = kind == NodeKind::mapping;
    levels_.push_back({tree_.open(kind, offset, flow), mapping, mapping});
    return true;
  }

  // The builder keeps views; libyaml's names die with the event.
  void anchor_here(std::string_view name) {
    names_.push_back(std::make_unique<std::string>(name));
    tree_.anchor(*names_.back());
  }

  bool alias(std::string_view name, std::uint32_t offset) {
    switch (tree_.alias(offset, name)) {
      case TreeBuilder::AliasResult::known: return true;
      case TreeBuilder::AliasResult::unknown:
        return fail(offset, "`*" + std::string(name) +
                                "` refers to an anchor that is not defined: " +
                                "quote a value that begins with `*`");
      case TreeBuilder::AliasResult::contains_itself: break;
    }
    return fail(offset, "the anchor `&" + std::string(name) + "` contains itself");
  }

  bool scalar(const yaml_event_t& event, std::uint32_t offset) {
    const auto& data = event.data.scalar;
    const std::string_view anchor = view(data.anchor);
    if (!anchor.empty()) anchor_here(anchor);
    const std::string_view value{reinterpret_cast<const char*>(data.value), data.length};
    const bool has_properties = data.anchor != nullptr || data.tag != nullptr;
    const ScalarStyle style = style_of(data.style);
    // Between brackets libyaml has learnt to read `?` within a text; Go has not.
    const bool in_flow = !levels_.empty() && tree_.nodes()[levels_.back().open.index].flow != 0;
    if (in_flow && style == ScalarStyle::plain && value.find('?') != std::string_view::npos) {
      return fail(offset, "`?` cannot stand here between brackets: quote the text");
    }
    if (style == ScalarStyle::double_quoted) {
      if (const auto slash = escaped_slash(offset, offsets_(event.end_mark.index))) {
        return fail(*slash, "YAML has no escape `\\/` where Kubernetes reads it: write `/`");
      }
    }
    add(value, offset, style, has_properties);
    auto problem = apply_tag(view(data.tag), data.plain_implicit != 0, tree_, expects_key());
    return problem ? fail(offset, std::move(*problem)) : true;
  }

  // libyaml takes it, as YAML 1.2 does; Go does not.
  std::optional<std::uint32_t> escaped_slash(std::uint32_t begin, std::uint32_t end) const {
    for (std::uint64_t at = begin; at + 1 < end; ++at) {
      if (text_[at] != '\\') continue;
      if (text_[at + 1] == '/') return static_cast<std::uint32_t>(at);
      ++at;
    }
    return std::nullopt;
  }

  static ScalarStyle style_of(yaml_scalar_style_t style) {
    switch (style) {
      case YAML_SINGLE_QUOTED_SCALAR_STYLE: return ScalarStyle::single_quoted;
      case YAML_DOUBLE_QUOTED_SCALAR_STYLE: return ScalarStyle::double_quoted;
      case YAML_LITERAL_SCALAR_STYLE: return ScalarStyle::literal;
      case YAML_FOLDED_SCALAR_STYLE: return ScalarStyle::folded;
      default: return ScalarStyle::plain;
    }
  }

  // Uses the source's bytes where they are the value.
  void add(std::string_view value, std::uint32_t offset, ScalarStyle style, bool has_properties) {
    const bool block = style == ScalarStyle::literal || style == ScalarStyle::folded;
    const std::uint32_t begin = offset + (style == ScalarStyle::plain ? 0 : 1);
    if (!block && !has_properties &&
        text_.substr(std::min<std::size_t>(begin, text_.size())).starts_with(value)) {
      return tree_.slice(offset, begin, static_cast<std::uint32_t>(value.size()), style);
    }
    tree_.decoded(offset, value, style);
  }

  yaml_parser_t parser_{};
  std::string_view text_;
  std::uint64_t begin_;
  std::uint64_t skipped_;
  std::string_view unread_;
  bool lacks_break_ = false;
  ByteOffsets offsets_;
  const ParseLimits& limits_;
  TreeBuilder& tree_;
  std::vector<Level> levels_;
  std::vector<std::unique_ptr<std::string>> names_;
  ReadError error_;
};

}  // namespace

ReadResult read_yaml_reference(std::string_view text, std::uint64_t begin, std::uint64_t end,
                               const ParseLimits& limits, TreeBuilder& tree) {
  return ReferenceReader(text, begin, end, limits, tree).run();
}

}  // namespace meshcheck
