#include "input/tree_builder.h"

#include <cstring>

#include "document/scalar.h"

namespace meshcheck {

namespace {

// One of 63 bits, from a key's length and bytes.
std::uint64_t key_bit(std::string_view key) {
  std::uint64_t hash = key.size() * 0x9E3779B97F4A7C15U;
  const char* at = key.data();
  std::size_t left = key.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    hash = (hash ^ word) * 0xff51afd7ed558ccdU;
    hash ^= hash >> 32;
  }
  std::uint64_t word = 0;
  std::memcpy(&word, at, left);
  hash = (hash ^ word) * 0xff51afd7ed558ccdU;
  return std::uint64_t{1} << ((hash >> 40) % 63);
}

}  // namespace

void TreeBuilder::reset(std::string_view text) {
  source_ = text;
  nodes_.clear();
  decoded_.clear();
  anchors_.clear();
  repeated_.clear();
  has_aliases_ = false;
}

TreeBuilder::Open TreeBuilder::open(NodeKind kind, std::uint32_t offset, bool flow) {
  const Open container{.index = size()};
  RawNode raw{};
  raw.offset = offset;
  raw.kind = static_cast<std::uint32_t>(kind) & 7;
  raw.flow = flow;
  nodes_.push_back(raw);
  return container;
}

void TreeBuilder::slice(std::uint32_t offset, std::uint32_t begin, std::uint32_t length,
                        ScalarStyle style) {
  RawNode raw{};
  raw.offset = offset;
  raw.a = begin;
  raw.b = length;
  raw.kind = static_cast<std::uint32_t>(NodeKind::scalar);
  raw.style = static_cast<std::uint32_t>(style) & 7;
  nodes_.push_back(raw);
}

void TreeBuilder::plain(std::uint32_t offset, std::uint32_t begin, std::uint32_t length) {
  if (is_null_text(source_.substr(begin, length))) return null(offset);
  slice(offset, begin, length, ScalarStyle::plain);
}

void TreeBuilder::decoded(std::uint32_t offset, std::string_view text, ScalarStyle style) {
  const std::size_t begin = decoded_.size();
  decoded_.append(text);
  decoded_since(offset, begin, style);
}

void TreeBuilder::decoded_since(std::uint32_t offset, std::size_t begin, ScalarStyle style) {
  slice(offset, static_cast<std::uint32_t>(begin),
        static_cast<std::uint32_t>(decoded_.size() - begin), style);
  nodes_.back().decoded = 1;
}

void TreeBuilder::null(std::uint32_t offset) {
  RawNode raw{};
  raw.offset = offset;
  nodes_.push_back(raw);
}

void TreeBuilder::key(Open& mapping) {
  ++mapping.count;
  const RawNode& raw = nodes_.back();
  const std::string_view name = text(raw);
  const std::uint64_t bit = key_bit(name);
  mapping.keys_seen = (mapping.keys_seen & bit) == 0 ? mapping.keys_seen | bit : kRepeated;
  if (is_merge_key(*this, raw)) has_aliases_ = true;
}

void TreeBuilder::anchor(std::string_view name) { anchors_[name] = size(); }

TreeBuilder::AliasResult TreeBuilder::alias(std::uint32_t offset, std::string_view name) {
  const auto found = anchors_.find(name);
  if (found == anchors_.end()) return AliasResult::unknown;
  const RawNode& target = nodes_[found->second];
  const auto kind = static_cast<NodeKind>(target.kind);
  const bool container = kind == NodeKind::mapping || kind == NodeKind::sequence;
  if (container && target.a == 0) return AliasResult::contains_itself;
  RawNode raw{};
  raw.offset = offset;
  raw.a = found->second;
  raw.kind = kAlias;
  nodes_.push_back(raw);
  has_aliases_ = true;
  return AliasResult::known;
}

bool is_merge_key(const TreeBuilder& tree, const RawNode& raw) {
  return raw.b == 2 && raw.kind == static_cast<std::uint32_t>(NodeKind::scalar) &&
         raw.style == static_cast<std::uint32_t>(ScalarStyle::plain) && !raw.tagged &&
         tree.text(raw) == "<<";
}

}  // namespace meshcheck
