// One YAML or JSON document as a tree whose every node knows its place. Filled by src/input,
// read by everyone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "meshcheck/line_index.h"
#include "meshcheck/location.h"

namespace meshcheck {

enum class NodeKind : std::uint8_t { null, scalar, mapping, sequence };
enum class ScalarStyle : std::uint8_t { plain, single_quoted, double_quoted, literal, folded };

// What a scalar means when Kubernetes reads it: YAML 1.1 resolution as sigs.k8s.io/yaml does it.
enum class ScalarType : std::uint8_t { null, boolean, integer, real, string };

// A node as stored: 16 bytes, pre-order, keys and values of a mapping alternating. Aliases and
// merge keys are expanded when the tree is built (each copy keeps the place where its text stands).
struct RawNode {
  std::uint32_t offset;       // of the node's first byte in the source
  std::uint32_t a;            // scalar: offset of its text; container: index one past its subtree
  std::uint32_t b;            // scalar: length of its text; container: number of children
  std::uint32_t kind : 3;     // NodeKind
  std::uint32_t style : 3;    // ScalarStyle
  std::uint32_t decoded : 1;  // text lies in the document's `decoded` bytes, not in the source
  std::uint32_t flow : 1;     // a container in flow style, or JSON
  std::uint32_t tagged : 1;   // an explicit !!str tag: a string whatever it looks like
  std::uint32_t reserved : 23;
};
static_assert(sizeof(RawNode) == 16);

// The bytes of one file, stream or embedded text. Must outlive every Document that points to it.
struct Source {
  std::string name;       // as it appears in Location::file
  std::string_view text;  // at most 4 GiB
  LineIndex lines = {};
};

struct Document;

// A handle to a place in a Document; cheap to copy. A missing node is a legal, empty node, so that
// readers may walk down a path and test only its end.
class Node {
 public:
  class Entries;
  class Items;

  Node() = default;
  Node(const Document* document, std::uint32_t index) : document_(document), index_(index) {}

  // True when the node stands in the input; an explicit null does.
  explicit operator bool() const { return document_ != nullptr; }
  bool operator==(const Node&) const = default;

  // A missing node is of kind null. A plain scalar that resolves to null (`~`, `null`, nothing) is
  // of kind null too.
  NodeKind kind() const;
  bool is_null() const { return kind() == NodeKind::null; }
  bool is_scalar() const { return kind() == NodeKind::scalar; }
  bool is_mapping() const { return kind() == NodeKind::mapping; }
  bool is_sequence() const { return kind() == NodeKind::sequence; }

  // A scalar's text with escapes and folding resolved; empty for anything else. Lives as long as
  // the document.
  std::string_view text() const;
  ScalarStyle style() const;
  ScalarType type() const;
  // The scalar as Kubernetes would decode it; nullopt where it is of another type.
  std::optional<bool> boolean() const;
  std::optional<std::int64_t> integer() const;
  std::optional<double> number() const;  // integers too

  // Children. A mapping's `size` counts keys; `operator[]` finds the last of duplicate keys, as Go
  // does. On anything but a mapping (sequence) the answer is a missing node.
  std::size_t size() const;
  Node operator[](std::string_view wanted) const;
  Node operator[](const char* key) const { return (*this)[std::string_view(key)]; }
  Node at(std::size_t wanted) const;
  // The key itself, for a mark on it.
  Node key(std::string_view wanted) const;
  Entries entries() const;
  Items items() const;

  // The root of the document that this scalar's text holds, where the reader parsed it (mesh
  // configuration in a ConfigMap, Helm values in an Argo CD Application); else missing.
  Node embedded() const;

  // Where the node stands, with the extent of a scalar or of a container's first line. A node of an
  // embedded document is placed in the file that holds it.
  Location location() const;
  std::uint32_t line() const;    // 1-based; cheaper than location()
  std::uint64_t offset() const;  // byte offset in the source

  const Document* document() const { return document_; }
  std::uint32_t index() const { return index_; }

 private:
  friend struct Document;
  const RawNode& raw() const;

  const Document* document_ = nullptr;
  std::uint32_t index_ = 0;
};

struct Entry {
  Node key;
  Node value;
};

// Iterates a mapping's entries in their written order, duplicates included.
class Node::Entries {
 public:
  class iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Entry;
    using difference_type = std::ptrdiff_t;
    using pointer = const Entry*;
    using reference = Entry;

    iterator() = default;
    iterator(const Document* document, std::uint32_t index) : document_(document), index_(index) {}
    Entry operator*() const;
    iterator& operator++();
    iterator operator++(int) {
      auto old = *this;
      ++*this;
      return old;
    }
    bool operator==(const iterator&) const = default;

   private:
    const Document* document_ = nullptr;
    std::uint32_t index_ = 0;
  };

  Entries(iterator first, iterator last) : first_(first), last_(last) {}
  iterator begin() const { return first_; }
  iterator end() const { return last_; }

 private:
  iterator first_, last_;
};

// Iterates a sequence's items.
class Node::Items {
 public:
  class iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Node;
    using difference_type = std::ptrdiff_t;
    using pointer = const Node*;
    using reference = Node;

    iterator() = default;
    iterator(const Document* document, std::uint32_t index) : document_(document), index_(index) {}
    Node operator*() const { return {document_, index_}; }
    iterator& operator++();
    iterator operator++(int) {
      auto old = *this;
      ++*this;
      return old;
    }
    bool operator==(const iterator&) const = default;

   private:
    const Document* document_ = nullptr;
    std::uint32_t index_ = 0;
  };

  Items(iterator first, iterator last) : first_(first), last_(last) {}
  iterator begin() const { return first_; }
  iterator end() const { return last_; }

 private:
  iterator first_, last_;
};

// Never moved once nodes have been handed out: a Node points to it.
struct Document {
  const Source* source = nullptr;
  std::uint32_t number = 0;      // counts from 0 within the file, by chunk
  std::uint32_t first_line = 1;  // line of the chunk's first byte
  std::uint64_t begin = 0;       // byte range of the chunk in the source
  std::uint64_t end = 0;
  std::string_view chart_source;   // of a `# Source:` comment, or empty
  bool patch = false;              // named as a patch by a kustomization: no object of its own
  const RawNode* nodes = nullptr;  // nodes[0] is the root
  std::uint32_t node_count = 0;    // 0: nothing was parsed (skipped, empty, or broken)
  const char* decoded = nullptr;   // texts that are not slices of the source

  struct Embedded {
    std::uint32_t node;        // the scalar that holds it
    const Document* document;  // its `host` is this document
  };
  std::vector<Embedded> embedded;
  const Document* host = nullptr;  // for an embedded document
  std::uint32_t host_node = 0;

  Node root() const { return node_count == 0 ? Node{} : Node{this, 0}; }
};

}  // namespace meshcheck
