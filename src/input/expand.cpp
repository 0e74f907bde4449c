// Aliases and merge keys become copies of what they stand for, so that nobody above the reader
// needs to know of them. Order, precedence and limits are those of go.yaml.in/yaml/v2 (decode.go),
// which differ from YAML's own: a merge stands where it is written and overrides the keys before
// it.
#include <ranges>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "document/scalar.h"
#include "input/reading.h"

namespace meshcheck {

namespace {

NodeKind kind_of(const RawNode& raw) { return static_cast<NodeKind>(raw.kind); }

bool is_container(const RawNode& raw) {
  return raw.kind == static_cast<std::uint32_t>(NodeKind::mapping) ||
         raw.kind == static_cast<std::uint32_t>(NodeKind::sequence);
}

class Expander {
 public:
  Expander(const ParseLimits& limits, TreeBuilder& tree)
      : limits_(limits), tree_(tree), from_(tree.nodes()) {}

  ReadResult run() {
    if (!copy(0, 1)) return {ReadResult::Outcome::error, std::move(error_)};
    tree_.nodes() = std::move(to_);
    tree_.repeated() = std::move(repeated_);
    return {ReadResult::Outcome::tree, {}};
  }

 private:
  struct Pick {
    std::uint32_t key;
    std::uint32_t value;
    bool merged;
  };

  bool fail(std::uint32_t node, std::string message) {
    error_ = {std::move(message), from_[node].offset};
    return false;
  }

  // decode.go, allowedAliasRatio: 99 % of a small document may come from aliases, 10 % of a large.
  static double allowed_share(double total) {
    constexpr double kLow = 400'000;
    constexpr double kHigh = 4'000'000;
    if (total <= kLow) return 0.99;
    if (total >= kHigh) return 0.10;
    return 0.99 - 0.89 * ((total - kLow) / (kHigh - kLow));
  }

  bool count(std::uint32_t node) {
    ++decoded_;
    if (alias_depth_ > 0) ++aliased_;
    if (decoded_ > limits_.nodes) return fail(node, "aliases make the document too large");
    if (aliased_ <= 100 || decoded_ <= 1000) return true;
    const auto total = static_cast<double>(decoded_);
    if (static_cast<double>(aliased_) / total <= allowed_share(total)) return true;
    return fail(node, "aliases expand to far more than the document holds");
  }

  std::uint32_t next(std::uint32_t node) const {
    return is_container(from_[node]) ? from_[node].a : node + 1;
  }

  std::uint32_t target(std::uint32_t node) const {
    return from_[node].kind == TreeBuilder::kAlias ? from_[node].a : node;
  }

  bool copy(std::uint32_t node, std::uint32_t depth) {
    if (!count(node)) return false;
    const RawNode raw = from_[node];
    if (raw.kind == TreeBuilder::kAlias) {
      ++alias_depth_;
      const bool copied = copy(raw.a, depth);
      --alias_depth_;
      return copied;
    }
    if (!is_container(raw)) return to_.push_back(raw), true;
    if (depth > limits_.depth) return fail(node, "nested too deeply");
    return kind_of(raw) == NodeKind::sequence ? copy_sequence(node, depth)
                                              : copy_mapping(node, depth);
  }

  bool copy_sequence(std::uint32_t node, std::uint32_t depth) {
    const auto place = to_.size();
    to_.push_back(from_[node]);
    for (auto item = node + 1; item < from_[node].a; item = next(item)) {
      if (!copy(item, depth + 1)) return false;
    }
    to_[place].a = static_cast<std::uint32_t>(to_.size());
    return true;
  }

  bool copy_mapping(std::uint32_t node, std::uint32_t depth) {
    std::vector<Pick> picks;
    bool has_merge = false;
    if (!gather(node, false, depth, picks, has_merge)) return false;
    if (has_merge) drop_overridden(picks);
    const auto place = to_.size();
    to_.push_back(from_[node]);
    for (const Pick& pick : picks) {
      if (!copy(pick.key, depth + 1) || !copy(pick.value, depth + 1)) return false;
    }
    to_[place].a = static_cast<std::uint32_t>(to_.size());
    to_[place].b = static_cast<std::uint32_t>(picks.size());
    repeated_.push_back(static_cast<std::uint32_t>(place));
    return true;
  }

  // The entries of a mapping in the order in which Go sets them.
  bool gather(std::uint32_t node, bool merged, std::uint32_t depth, std::vector<Pick>& picks,
              bool& has_merge) {
    if (depth > limits_.depth) return fail(node, "nested too deeply");
    for (auto key = node + 1; key < from_[node].a; key = next(key + 1)) {
      if (!is_merge_key(tree_, from_[key])) {
        if (is_container(from_[target(key)])) return fail(key, "a key must be a text");
        if (merged && !count(key)) return false;
        picks.push_back({key, key + 1, merged});
        continue;
      }
      has_merge = true;
      if (!merge(key + 1, depth, picks)) return false;
    }
    return true;
  }

  bool merge(std::uint32_t value, std::uint32_t depth, std::vector<Pick>& picks) {
    bool nested = false;
    if (kind_of(from_[target(value)]) == NodeKind::mapping) {
      return merge_mapping(value, depth, picks, nested);
    }
    if (kind_of(from_[value]) != NodeKind::sequence) {
      return fail(value, "`<<` merges a mapping or a list of mappings");
    }
    std::vector<std::uint32_t> items;
    for (auto item = value + 1; item < from_[value].a; item = next(item)) items.push_back(item);
    // Backwards: earlier items take precedence.
    for (const std::uint32_t item : std::views::reverse(items)) {
      if (kind_of(from_[target(item)]) != NodeKind::mapping) {
        return fail(item, "`<<` merges a mapping or a list of mappings");
      }
      if (!merge_mapping(item, depth, picks, nested)) return false;
    }
    return true;
  }

  bool merge_mapping(std::uint32_t node, std::uint32_t depth, std::vector<Pick>& picks,
                     bool& nested) {
    const bool alias = target(node) != node;
    if (alias) ++alias_depth_;
    const bool gathered = gather(target(node), true, depth + 1, picks, nested);
    if (alias) --alias_depth_;
    return gathered;
  }

  // Of equal keys the last holds. A key that a merge overrides, or that overrides a merge, is no
  // mistake and goes; two that are both written stay, to be reported.
  void drop_overridden(std::vector<Pick>& picks) const {
    std::unordered_map<std::string_view, std::size_t> last;
    const auto name = [&](const Pick& pick) { return tree_.text(from_[target(pick.key)]); };
    for (std::size_t i = 0; i < picks.size(); ++i) last[name(picks[i])] = i;
    std::vector<Pick> kept;
    for (std::size_t i = 0; i < picks.size(); ++i) {
      const std::size_t winner = last[name(picks[i])];
      if (winner == i || (!picks[i].merged && !picks[winner].merged)) kept.push_back(picks[i]);
    }
    picks = std::move(kept);
  }

  const ParseLimits& limits_;
  TreeBuilder& tree_;
  const std::vector<RawNode>& from_;
  std::vector<RawNode> to_;
  std::vector<std::uint32_t> repeated_;
  std::uint64_t decoded_ = 0;
  std::uint64_t aliased_ = 0;
  int alias_depth_ = 0;
  ReadError error_;
};

}  // namespace

ReadResult expand_aliases(const ParseLimits& limits, TreeBuilder& tree) {
  return Expander(limits, tree).run();
}

}  // namespace meshcheck
