// Where readers put a document's nodes while they read it; the finished tree is then copied into
// the arena. Reused from document to document, so that it allocates only for the largest.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "meshcheck/document.h"

namespace meshcheck {

class TreeBuilder {
 public:
  // A RawNode::kind that no Node ever shows: an alias whose `a` is the node it stands for. Expanded
  // by expand_aliases().
  static constexpr std::uint32_t kAlias = 7;

  // Of a mapping or sequence being read; `count` is of keys or items.
  struct Open {
    std::uint32_t index = 0;
    std::uint32_t count = 0;
    std::uint64_t keys_seen = 0;  // Bloom filter of key texts
  };

  // `text` is the whole source: offsets count from its begin.
  void reset(std::string_view text);

  Open open(NodeKind kind, std::uint32_t offset, bool flow);
  void close(const Open& container) {
    RawNode& raw = nodes_[container.index];
    raw.a = size();
    raw.b = container.count;
    if (container.keys_seen == kRepeated) repeated_.push_back(container.index);
  }

  // A plain scalar becomes null where its text says so.
  void plain(std::uint32_t offset, std::uint32_t begin, std::uint32_t length);
  void slice(std::uint32_t offset, std::uint32_t begin, std::uint32_t length, ScalarStyle style);
  // Text that does not stand in the source as it is. The first form copies `text`; the second is
  // for text appended to decoded() since `begin`.
  void decoded(std::uint32_t offset, std::string_view text, ScalarStyle style);
  void decoded_since(std::uint32_t offset, std::size_t begin, ScalarStyle style);
  void null(std::uint32_t offset);
  std::string& decoded() { return decoded_; }

  // Notes the scalar added last as a key of `mapping`.
  void key(Open& mapping);

  // The next node added bears the name. False for an alias to an unknown anchor or to a container
  // that is still open.
  enum class AliasResult : std::uint8_t { known, unknown, contains_itself };
  void anchor(std::string_view name);
  AliasResult alias(std::uint32_t offset, std::string_view name);

  std::uint32_t size() const { return static_cast<std::uint32_t>(nodes_.size()); }
  std::vector<RawNode>& nodes() { return nodes_; }
  RawNode& last() { return nodes_.back(); }
  std::string_view text(const RawNode& raw) const {
    return {(raw.decoded ? decoded_.data() : source_.data()) + raw.a, raw.b};
  }
  // True where aliases or merge keys are left to expand.
  bool has_aliases() const { return has_aliases_; }
  // Mappings in which two keys may be equal.
  std::vector<std::uint32_t>& repeated() { return repeated_; }

 private:
  static constexpr std::uint64_t kRepeated = ~std::uint64_t{0};

  std::string_view source_;
  std::vector<RawNode> nodes_;
  std::string decoded_;
  std::unordered_map<std::string_view, std::uint32_t> anchors_;
  std::vector<std::uint32_t> repeated_;
  bool has_aliases_ = false;
};

// True for a `<<` that merges: plain and without a tag.
bool is_merge_key(const TreeBuilder& tree, const RawNode& raw);

}  // namespace meshcheck
