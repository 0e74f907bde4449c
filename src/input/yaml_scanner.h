// The fast reader of YAML: one pass, straight into the tree. It knows the YAML that people and
// tools write, accepts a document only where it is certain of the tree that Go would build, and
// otherwise declines, so that libyaml decides. It never reports an error. Private to src/input.
//
// It relies on what characters.h has checked: printable UTF-8, a CR only before an LF, no other
// character that YAML counts as a line break.
#pragma once

#include <cstdint>
#include <string_view>

#include "input/parse.h"
#include "input/tree_builder.h"

namespace meshcheck {

class YamlScanner {
 public:
  YamlScanner(std::string_view text, std::uint64_t begin, std::uint64_t end,
              const ParseLimits& limits, TreeBuilder& tree)
      : base_(text.data()),
        at_(base_ + begin),
        end_(base_ + end),
        line_(at_),
        limits_(limits),
        tree_(tree) {}

  // False: declined. `empty` is set where there is nothing but comments.
  bool run(bool& empty);

 private:
  // Part of one line that may be a plain scalar: [at_, end), trimmed; what ended it stands at
  // `stop`.
  struct PlainRun {
    const char* end = nullptr;  // null: a tab, which the scanner does not judge
    const char* stop = nullptr;
    bool colon = false;    // ended by `: `
    bool comment = false;  // ended by ` #`
  };

  // Lines (yaml_scanner.cpp).
  bool open_document();
  bool next_content();
  bool finish_line();
  const char* next_line(const char* at) const;
  bool is_marker(const char* at) const;
  char peek(const char* at) const { return at < end_ ? *at : '\n'; }
  bool is_blank_or_end(const char* at) const {
    return at >= end_ || *at == ' ' || *at == '\n' || *at == '\r' || *at == '\t';
  }
  bool is_line_end(const char* at) const { return at >= end_ || *at == '\n' || *at == '\r'; }
  void skip_spaces() {
    while (at_ < end_ && *at_ == ' ') ++at_;
  }
  bool take(char byte) {
    if (*at_ != byte) return false;
    ++at_;
    return true;
  }
  std::uint32_t offset(const char* at) const { return static_cast<std::uint32_t>(at - base_); }
  std::int64_t column() const { return at_ - line_; }

  // Block structure (yaml_scanner_block.cpp). `parent` is the column of the enclosing collection,
  // -1 at the root; `fresh` says that the node begins its line, but for `- ` before it, so that it
  // may be a collection.
  bool node(std::int64_t parent, bool fresh);
  bool node_at(std::int64_t parent, bool fresh);
  bool plain_node(std::int64_t parent, bool fresh);
  bool quoted_node(bool fresh);
  bool anchored_node(std::int64_t parent);
  bool alias();
  bool flow_node();
  bool mapping(std::int64_t column, const PlainRun& first_key);
  bool quoted_mapping(std::int64_t column);
  bool mapping_rest(std::int64_t column, TreeBuilder::Open& open);
  bool key(TreeBuilder::Open& open);
  static bool is_plain_key(std::string_view text);
  bool plain_key(const PlainRun& run, TreeBuilder::Open& open);
  bool quoted_key(TreeBuilder::Open& open);
  bool mapping_value(std::int64_t column);
  bool sequence(std::int64_t column);
  bool is_item(const char* at) const { return peek(at) == '-' && is_blank_or_end(at + 1); }

  // Flow collections (yaml_scanner_flow.cpp).
  bool flow();
  bool flow_sequence(TreeBuilder::Open& open);
  bool flow_mapping(TreeBuilder::Open& open);
  bool flow_key(TreeBuilder::Open& open);
  bool flow_value();
  const char* flow_plain_stop() const;
  bool flow_plain();
  bool flow_separation();
  bool flow_next(char close, bool& closed);

  // Scalars (yaml_scanner_scalar.cpp).
  PlainRun plain_run() const;
  bool plain_start() const;
  bool plain_value(const PlainRun& run, std::int64_t parent);
  bool plain_lines(const PlainRun& first, std::int64_t parent);
  const char* closing_quote() const;
  bool quoted();
  bool quoted_slowly(const char* from);
  const char* fold_quoted_break(const char* at, std::size_t begin, bool escaped);
  const char* escape(const char* at, std::size_t begin);
  std::string_view anchor_name() const;

  // Block scalars (yaml_scanner_literal.cpp).
  bool block_scalar(std::int64_t parent);
  bool block_header(std::int64_t& indentation, char& chomping);
  bool block_indentation(std::int64_t parent, std::int64_t& indentation) const;
  const char* block_lines(std::int64_t indentation, bool folded, std::size_t& breaks);

  const char* base_;
  const char* at_;
  const char* end_;
  const char* line_;  // begin of the line that holds at_
  const ParseLimits& limits_;
  TreeBuilder& tree_;
  bool at_end_ = false;
  bool after_comment_ = false;  // a comment stands before the content that next_content() found
  std::uint32_t breaks_ = 0;    // blank lines before it
  std::uint32_t depth_ = 0;
  std::size_t escape_end_ = 0;  // one past what the last escape of a quoted scalar stands for
};

}  // namespace meshcheck
