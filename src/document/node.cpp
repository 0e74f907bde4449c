#include <cmath>

#include "document/scalar.h"
#include "meshcheck/document.h"

namespace meshcheck {

namespace {

std::uint32_t next_sibling(const Document& document, std::uint32_t index) {
  const RawNode& raw = document.nodes[index];
  const auto kind = static_cast<NodeKind>(raw.kind);
  return kind == NodeKind::mapping || kind == NodeKind::sequence ? raw.a : index + 1;
}

std::string_view text_of(const Document& document, const RawNode& raw) {
  if (static_cast<NodeKind>(raw.kind) != NodeKind::scalar) return {};
  const char* base = raw.decoded ? document.decoded : document.source->text.data();
  return {base + raw.a, raw.b};
}

}  // namespace

const RawNode& Node::raw() const { return document_->nodes[index_]; }

NodeKind Node::kind() const {
  return document_ == nullptr ? NodeKind::null : static_cast<NodeKind>(raw().kind);
}

std::string_view Node::text() const {
  return document_ == nullptr ? std::string_view{} : text_of(*document_, raw());
}

ScalarStyle Node::style() const {
  return document_ == nullptr ? ScalarStyle::plain : static_cast<ScalarStyle>(raw().style);
}

ScalarType Node::type() const {
  if (!is_scalar()) return is_null() ? ScalarType::null : ScalarType::string;
  if (raw().tagged || style() != ScalarStyle::plain) return ScalarType::string;
  return resolve_plain(text()).type;
}

std::optional<bool> Node::boolean() const {
  if (!is_scalar() || raw().tagged || style() != ScalarStyle::plain) return std::nullopt;
  const Resolved resolved = resolve_plain(text());
  if (resolved.type != ScalarType::boolean) return std::nullopt;
  return resolved.boolean;
}

std::optional<std::int64_t> Node::integer() const {
  if (!is_scalar() || raw().tagged || style() != ScalarStyle::plain) return std::nullopt;
  const Resolved resolved = resolve_plain(text());
  if (resolved.type == ScalarType::integer && resolved.fits_int64) return resolved.integer;
  // Go goes through JSON, where 2.0 and 2 are one number.
  if (resolved.type == ScalarType::real && std::abs(resolved.number) < 0x1p53 &&
      std::trunc(resolved.number) == resolved.number) {
    return static_cast<std::int64_t>(resolved.number);
  }
  return std::nullopt;
}

std::optional<double> Node::number() const {
  if (!is_scalar() || raw().tagged || style() != ScalarStyle::plain) return std::nullopt;
  const Resolved resolved = resolve_plain(text());
  if (resolved.type != ScalarType::integer && resolved.type != ScalarType::real) {
    return std::nullopt;
  }
  return resolved.number;
}

std::size_t Node::size() const { return is_mapping() || is_sequence() ? raw().b : 0; }

Node Node::operator[](std::string_view wanted) const {
  const Node found = key(wanted);
  return found ? Node{document_, found.index_ + 1} : Node{};
}

Node Node::key(std::string_view wanted) const {
  if (!is_mapping()) return {};
  Node found;
  const std::uint32_t end = raw().a;
  for (std::uint32_t at = index_ + 1; at < end; at = next_sibling(*document_, at + 1)) {
    const RawNode& candidate = document_->nodes[at];
    if (candidate.b == wanted.size() && text_of(*document_, candidate) == wanted) {
      found = {document_, at};
    }
  }
  return found;
}

Node Node::at(std::size_t wanted) const {
  if (!is_sequence() || wanted >= raw().b) return {};
  std::uint32_t at = index_ + 1;
  for (; wanted > 0; --wanted) at = next_sibling(*document_, at);
  return {document_, at};
}

Node::Entries Node::entries() const {
  if (!is_mapping()) return {{}, {}};
  return {{document_, index_ + 1}, {document_, raw().a}};
}

Node::Items Node::items() const {
  if (!is_sequence()) return {{}, {}};
  return {{document_, index_ + 1}, {document_, raw().a}};
}

Entry Node::Entries::iterator::operator*() const {
  return {{document_, index_}, {document_, index_ + 1}};
}

Node::Entries::iterator& Node::Entries::iterator::operator++() {
  index_ = next_sibling(*document_, index_ + 1);
  return *this;
}

Node::Items::iterator& Node::Items::iterator::operator++() {
  index_ = next_sibling(*document_, index_);
  return *this;
}

Node Node::embedded() const {
  if (document_ == nullptr) return {};
  for (const auto& embedded : document_->embedded) {
    if (embedded.node == index_) return embedded.document->root();
  }
  return {};
}

std::uint64_t Node::offset() const { return document_ == nullptr ? 0 : raw().offset; }

}  // namespace meshcheck
